// A JSON file as a value that knows where its parts stand. It checks what JSON itself asks for, and refuses what
// programs read differently: names given twice, names that reach into an object's prototype, numbers that overflow.
import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { pathProblem } from '@retort/schema/pathProblem'
import { createScanner, findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser'
import { InputError, type Path, type Problem, showPath, showValue } from '../errors/problem.ts'
import { type Positions, positions } from './positions.ts'
import { syntaxProblems } from './syntax.ts'

export interface Source {
  file: string
  value: unknown
  /** Problems of single parts, which are left out of the value; the rest can still be checked. */
  problems: Problem[]
  /** A problem at a value or, with `at: 'name'`, at the name of the property that the path ends in. */
  problem(path: Path, what: Omit<Problem, 'file' | 'line' | 'column' | 'path'>, at?: 'name' | 'value'): Problem
  /** Line and column, from 1, of the value at a path; of the nearest part that holds it where it is not written. */
  locate(path: Path): { line: number; column: number }
}

/** Names that reach an object's prototype in JavaScript. */
export const forbiddenNames = ['__proto__', 'constructor', 'prototype']

// Far above any experiment, far below what overflows the stack of a recursive parser.
const deepest = 100

/** Throws InputError where the file cannot be read or is no text. */
export function readText(file: string): string {
  const bytes = readBytes(file)
  if (!isUtf8(bytes)) throw unreadable(file, 'text in UTF-8', 'other bytes')
  return bytes.toString('utf8')
}

/** Throws InputError where the file cannot be read. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const found = unread[code ?? ''] ?? pathProblem(error) ?? String(error)
    throw unreadable(file, 'a readable file', found)
  }
}

const unread: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'a file that may not be read',
  ERR_FS_FILE_TOO_LARGE: 'a file of more than 2 GiB',
}

function unreadable(file: string, expected: string, found: string): InputError {
  return new InputError([
    { file, line: null, column: null, path: '', expected, found, message: `expected ${expected}, got ${found}` },
  ])
}

/** Throws InputError with every syntax error where the text is no JSON. */
export function parseSource(file: string, textOrBom: string): Source {
  const text = textOrBom.replace(/^\uFEFF/, '')
  const position = positions(text)
  checkDepth(file, text, position)
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  if (errors.length > 0 || root === undefined) {
    throw new InputError(syntaxProblems(file, text, errors, root, position))
  }

  const problems: Problem[] = []
  const problemAt = (offset: number, path: Path, expected: string, found: string, message: string) =>
    problems.push({ file, ...position(offset), path: showPath(path), expected, found, message })

  const partOf = (node: Node, path: Path): unknown => {
    if (node.type === 'array') return (node.children ?? []).map((item, index) => partOf(item, [...path, index]))
    if (node.type === 'object') return objectOf(node, path)
    if (node.type === 'number' && !Number.isFinite(node.value)) {
      const written = text.slice(node.offset, node.offset + node.length)
      const expected = 'a number that fits into 64 bits'
      problemAt(node.offset, path, expected, written, `expected ${expected}, got ${written}`)
      return undefined
    }
    return node.value
  }
  const objectOf = (node: Node, path: Path): Record<string, unknown> => {
    const object: Record<string, unknown> = {}
    const seen = new Map<string, number>()
    for (const property of node.children ?? []) {
      const [name, value] = property.children as [Node, Node]
      const key: string = name.value
      const first = seen.get(key)
      if (forbiddenNames.includes(key)) {
        const message = `the name ${showValue(key)} is refused, since it means something else to programs`
        problemAt(name.offset, [...path, key], 'another name', showValue(key), message)
      } else if (first !== undefined) {
        const where = `line ${position(first).line}`
        const message = `expected each name once, got ${showValue(key)} again after ${where}`
        problemAt(name.offset, [...path, key], 'each name once', `${showValue(key)} again`, message)
      } else {
        object[key] = partOf(value, [...path, key])
      }
      if (first === undefined) seen.set(key, name.offset)
    }
    return object
  }

  const locate = (path: Path) => position(nodeAt(root, path).offset)
  return {
    file,
    value: partOf(root, []),
    problems,
    locate,
    problem: (path, what, at = 'value') => {
      const node = nodeAt(root, path)
      // A property's value has the property as its parent, whose first child is the name.
      const name = at === 'name' && node.parent?.type === 'property' ? node.parent : node
      return { file, ...position(name.offset), path: showPath(path), ...what }
    },
  }
}

/** The node at a path, or the innermost one around it. */
function nodeAt(root: Node, path: Path): Node {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length))
    if (node !== undefined) return node
  }
  return root
}

function checkDepth(file: string, text: string, position: Positions): void {
  const scanner = createScanner(text, true)
  let depth = 0
  while (scanner.getPosition() < text.length) {
    scanner.scan()
    const token = text[scanner.getTokenOffset()]
    if (scanner.getTokenLength() === 1 && (token === '{' || token === '[')) depth++
    if (scanner.getTokenLength() === 1 && (token === '}' || token === ']')) depth--
    if (depth > deepest) {
      const place = { file, ...position(scanner.getTokenOffset()), path: '' }
      const expected = `at most ${deepest} levels of lists and objects`
      throw new InputError([{ ...place, expected, found: 'more', message: `expected ${expected}, got more` }])
    }
  }
}
