// What is wrong with an input, where it stands, and how people and programs are told.

/** From the file's root to a value: names of properties and positions in lists. */
export type Path = (string | number)[]

export interface Problem {
  file: string
  /** From 1; null where there is no text to point at, such as a file that cannot be read. */
  line: number | null
  /** From 1, in UTF-16 units, as editors count. */
  column: number | null
  /** As people write it: `students[2].architecture.hidden`; empty for the whole file. */
  path: string
  expected: string
  found: string
  /** The nearest valid name, where the one found looks like a slip. */
  suggestion?: string
  /** The sentence to show; it holds what was expected and what was found. */
  message: string
}

/** Input that cannot be used. It holds every problem that was found, in the order of the file. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly exitCode = 2
  readonly problems: Problem[]

  constructor(problems: Problem[]) {
    super(formatProblems(problems))
    this.problems = problems
  }
}

/** One line: `experiments/x.json:12:5  students[2].architecture.hidden: expected …, got …`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === null ? problem.file : `${problem.file}:${problem.line}:${problem.column}`
  const hint = problem.suggestion === undefined ? '' : `; did you mean ${showValue(problem.suggestion)}?`
  return [place, `${problem.path === '' ? '' : `${problem.path}: `}${problem.message}${hint}`]
    .filter((part) => part !== '')
    .join('  ')
}

/** One line for each problem. */
export function formatProblems(problems: Problem[]): string {
  return problems.map(formatProblem).join('\n')
}

export function showPath(path: Path): string {
  return path.reduce<string>((shown, key) => {
    if (typeof key === 'number') return `${shown}[${key}]`
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${shown}[${visible(JSON.stringify(key))}]`
    return shown === '' ? key : `${shown}.${key}`
  }, '')
}

/** A value as JSON, cut where it gets long. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  // JSON has no infinity; a number that overflowed is shown by the caller, who has its text.
  const text = visible(JSON.stringify(value))
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}

/**
 * JSON leaves some control characters as they are, and a terminal would obey them; others, such as a zero-width space,
 * nobody would see.
 */
function visible(json: string): string {
  return json.replace(
    /[\p{Cc}\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060\ufeff]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`; a long list is cut. */
export function alternatives(items: string[]): string {
  if (items.length > 20) return `${items.slice(0, 19).join(', ')} or one of ${items.length - 19} others`
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`
}
