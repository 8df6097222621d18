// Writes the tables of experiment.md from experiment.schema.json: what stands between a line
// `<!-- settings: Teacher, Student -->`, which names definitions, and `<!-- end of settings -->`. `pnpm generate` runs it.
import { readFileSync, writeFileSync } from 'node:fs'
import { alternatives, showValue } from '../orchestrator/src/errors/problem.ts'
import { describe } from '../orchestrator/src/spec/describe.ts'
import { experimentSchema, follow, type Schema } from '../orchestrator/src/spec/schema.ts'

const page = new URL('experiment.md', import.meta.url)
const block = /(<!-- settings: ([\w, ]+) -->\n)[\s\S]*?(<!-- end of settings -->)/g

const definitions: Record<string, Schema> = { Experiment: experimentSchema, ...experimentSchema.$defs }

/** Definitions that have a place of their own on the page; the others stand in the rows of those that refer to them. */
const isShown = (name: string): boolean => {
  const { properties, discriminator } = definitions[name]!
  return properties !== undefined || discriminator !== undefined
}

/** A definition of its own is known by the name that its reference leads to. */
const nameOf = ({ $ref }: Schema): string | undefined => $ref?.replace('#/$defs/', '')

const branchesOf = (name: string): string[] =>
  definitions[name]!.discriminator === undefined ? [] : definitions[name]!.oneOf!.map((each) => nameOf(each)!)

/**
 * The page with its tables made anew.
 * @throws Error where a definition has no place on the page, or several
 */
export function withTables(text: string): string {
  const placed: string[] = []
  const made = text.replace(block, (_, start: string, names: string, end: string) => {
    const parts = names.split(', ').map((name) => {
      if (definitions[name] === undefined) throw new Error(`experiment.md: there is no definition ${name} to show`)
      placed.push(name, ...branchesOf(name))
      return sectionOf(name)
    })
    return `${start}\n${parts.join('\n\n')}\n\n${end}`
  })
  for (const name of Object.keys(definitions).filter(isShown)) {
    const times = placed.filter((each) => each === name).length
    if (times !== 1) throw new Error(`experiment.md: expected one place for the settings of ${name}, got ${times}`)
  }
  return made
}

/** A definition with its heading: its settings, or those of each of its types. */
function sectionOf(name: string): string {
  const schema = definitions[name]!
  const head = `### ${titleOf(name)}\n\n${schema.description}`
  if (schema.discriminator === undefined) return `${head}\n\n${table(rowsOf(schema))}`
  const tag = schema.discriminator.propertyName
  const branches = schema.oneOf!.map(follow)
  const shared = Object.keys(branches[0]!.properties!).filter(
    (key) => key !== tag && branches.every((branch) => isAlike(branch, branches[0]!, key)),
  )
  const ofAll =
    shared.length === 0 ? [] : [`Each of them has\n\n${table(rowsOf(branches[0]!, (key) => shared.includes(key)))}`]
  const ofEach = branches.map((branch) => {
    const rows = rowsOf(branch, (key) => key !== tag && !shared.includes(key))
    const text = `**${code(showValue(branch.properties![tag]!.const))}**: ${branch.description}`
    return rows.length === 0 ? text : `${text}\n\n${table(rows)}`
  })
  return [head, ...ofAll, ...ofEach].join('\n\n')
}

const isAlike = (one: Schema, other: Schema, key: string): boolean =>
  JSON.stringify(one.properties![key]) === JSON.stringify(other.properties![key]) &&
  one.required?.includes(key) === other.required?.includes(key)

/** `LayerPair` is headed `Layer pair`. */
function titleOf(name: string): string {
  return name.replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

const linkTo = (name: string): string =>
  `[${titleOf(name).toLowerCase()}](#${titleOf(name).toLowerCase().replaceAll(' ', '-')})`

function rowsOf({ properties = {}, required = [] }: Schema, isWanted = (_: string) => true): string[][] {
  return Object.entries(properties)
    .filter(([key]) => isWanted(key))
    .map(([key, property]) => {
      const { description, default: usual } = follow(property)
      const otherwise = usual === undefined ? '' : code(showValue(usual))
      return [code(key), takes(property), required.includes(key) ? 'required' : otherwise, description!]
    })
}

/** What a setting takes, in the words of the messages about it, and where more of it stands. */
function takes(schema: Schema): string {
  const name = nameOf(schema)
  if (name !== undefined && isShown(name)) return linkTo(name)
  const followed = follow(schema)
  if (followed.type === 'array')
    return isAnything(followed.items!) ? 'a list' : `a list, each ${takes(followed.items!)}`
  if (followed.oneOf !== undefined) return alternatives(followed.oneOf.map(takes))
  if (typeof followed.additionalProperties === 'object')
    return `an object of names, each with ${takes(followed.additionalProperties)}`
  return describe(followed).replace(/"(?:[^"\\]|\\.)*"/g, code)
}

/** What an axis sets is checked where its path leads. */
const isAnything = (schema: Schema): boolean => Object.keys(schema).length === 0

const code = (text: string): string => `\`${text}\``

/** Aligned as the formatter aligns it. */
function table(rows: string[][]): string {
  const lines = [['setting', 'takes', 'default', 'what it is'], ...rows].map((row) =>
    row.map((cell) => cell.replaceAll('|', '\\|')),
  )
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  const written = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [written[0], rule, ...written.slice(1)].join('\n')
}

if (process.argv[1] === import.meta.filename) writeFileSync(page, withTables(readFileSync(page, 'utf8')))
