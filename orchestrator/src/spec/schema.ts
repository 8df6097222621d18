// The experiment's JSON Schema as a thing to walk: following references, choosing branches, filling defaults.
import { experimentSchema, type JsonSchema } from '@retort/schema/definitions/jsonSchema'
import type { Path } from '../errors/problem.ts'

export { experimentSchema }

export type Schema = JsonSchema

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The definition of a name in `$defs`. */
export function definition(name: string): Schema {
  const found = experimentSchema.$defs?.[name]
  if (found === undefined) throw new Error(`experiment.schema.json has no definition ${name}`)
  return found
}

/** A schema with its reference followed; what stands beside the reference goes before what it leads to. */
export function follow(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  const { $ref, ...beside } = schema
  return { ...follow(definition($ref.replace('#/$defs/', ''))), ...beside }
}

/**
 * The branch of a `oneOf` that a value is meant for: by its discriminator, else by its type, and of several objects by
 * what they must have; undefined for none.
 */
export function branchFor(schema: Schema, value: unknown): Schema | undefined {
  const branches = (schema.oneOf ?? []).map(follow)
  const tag = schema.discriminator?.propertyName
  if (tag === undefined) {
    const fitting = branches.filter((branch) => ('const' in branch ? branch.const === value : isOfType(branch, value)))
    return fitting.find((branch) => isMeant(branch, value)) ?? fitting[0]
  }
  return branches.find((branch) => isRecord(value) && branch.properties?.[tag]?.const === value[tag])
}

function isMeant({ required = [], properties = {} }: Schema, value: unknown): boolean {
  if (!isRecord(value)) return true
  const contradicted = Object.entries(properties).some(
    ([name, property]) => 'const' in property && Object.hasOwn(value, name) && value[name] !== property.const,
  )
  return !contradicted && required.every((name) => Object.hasOwn(value, name))
}

function isOfType({ type }: Schema, value: unknown): boolean {
  if (type === 'object') return isRecord(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return typeof value === 'number'
  return typeof value === type
}

/** The tags that a discriminated schema has branches for. */
export function tagsOf(schema: Schema): string[] {
  const tag = schema.discriminator?.propertyName ?? 'type'
  return (schema.oneOf ?? []).map((branch) => String(follow(branch).properties?.[tag]?.const))
}

/**
 * A value with every default filled in, in the schema's order, and a course that stays where it is as the number. ajv
 * does not fill in below `oneOf`. Parts that do not fit the schema are left as they are.
 */
export function fill(schema: Schema, value: unknown): unknown {
  const followed = follow(schema)
  const given = value === undefined ? structuredClone(followed.default) : value
  if (followed.oneOf !== undefined) {
    const branch = branchFor(followed, given)
    return branch === undefined ? given : fill(branch, given)
  }
  if (Array.isArray(given))
    return followed.items === undefined ? given : given.map((item) => fill(followed.items!, item))
  if (!isRecord(given)) return given
  const filled: Record<string, unknown> = {}
  for (const [key, property] of Object.entries(followed.properties ?? {})) {
    const part = fill(property, given[key])
    if (part !== undefined) filled[key] = part
  }
  const rest = followed.additionalProperties
  for (const [key, part] of Object.entries(given)) {
    if (!Object.hasOwn(filled, key)) filled[key] = isRecord(rest) ? fill(rest, part) : part
  }
  return isCourse(followed) && filled.from === filled.to ? filled.from : filled
}

/** The schema of a temperature or weight that changes from epoch to epoch. */
const isCourse = ({ properties = {} }: Schema): boolean => 'from' in properties && 'shape' in properties

/**
 * The schema of the part at a path, branches chosen by the value that is there; undefined where the path leads
 * out of the schema.
 */
export function schemaAt(schema: Schema, value: unknown, path: Path): Schema | undefined {
  const followed = follow(schema)
  if (path.length === 0) return schema
  if (followed.oneOf !== undefined) {
    const branch = branchFor(followed, value)
    return branch && schemaAt(branch, value, path)
  }
  const [key, ...rest] = path as [string | number, ...Path]
  if (Array.isArray(value)) {
    return followed.items && /^\d+$/.test(String(key)) ? schemaAt(followed.items, value[Number(key)], rest) : undefined
  }
  const properties = followed.properties ?? {}
  if (!isRecord(value) || !Object.hasOwn(properties, key)) return undefined
  return schemaAt(properties[key]!, value[key], rest)
}
