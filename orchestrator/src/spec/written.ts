// What checks read, an experiment as it is written, and what they say of it.
import type { Path } from '../errors/problem.ts'
import type { Files } from './resolve.ts'
import type { Violation } from './validate.ts'

/** An experiment as it is written, and which of its parts fit the schema. */
export interface Written {
  value: Record<string, unknown>
  fits(path: Path): boolean
  files: Files
}

export function violation(
  path: Path,
  expected: string,
  found: string,
  rest: Partial<Pick<Violation, 'suggestion' | 'message' | 'at'>> = {},
): Violation {
  return { path, at: 'value', expected, found, message: `expected ${expected}, got ${found}`, ...rest }
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
