// What the JSON parser complains of, in words for people, without the complaints that only follow from others.
import { getLocation, type Node, type ParseError, printParseErrorCode } from 'jsonc-parser'
import { type Problem, showPath } from '../errors/problem.ts'
import type { Positions } from './positions.ts'

/** What JSON asks for, by the parser's name of the error. */
const expectations: Record<string, string> = {
  PropertyNameExpected: 'a name in double quotes',
  ValueExpected: 'a value',
  ColonExpected: 'a colon',
  CommaExpected: 'a comma',
  CloseBraceExpected: 'a closing }',
  CloseBracketExpected: 'a closing ]',
  EndOfFileExpected: 'the end of the file',
  InvalidSymbol: 'a value',
  InvalidNumberFormat: 'a number',
  InvalidCommentToken: 'no comments, which JSON does not have',
  UnexpectedEndOfComment: 'no comments, which JSON does not have',
  UnexpectedEndOfString: 'a closing double quote',
  UnexpectedEndOfNumber: 'a digit',
  InvalidUnicode: 'four hexadecimal digits after \\u',
  InvalidEscapeCharacter: 'one of " \\ / b f n r t u after the backslash',
  InvalidCharacter: 'control characters written as \\u0000',
}

/** Each syntax error once, in the order of the text. */
export function syntaxProblems(
  file: string,
  text: string,
  errors: ParseError[],
  root: Node | undefined,
  position: Positions,
): Problem[] {
  const end = root === undefined ? text.length : root.offset + root.length
  const problems: Problem[] = []
  let last: number | undefined
  for (const error of [...errors].sort((a, b) => a.offset - b.offset)) {
    const name = printParseErrorCode(error.error)
    // The parser recovers at the next comma; until there it complains of what the first error left behind.
    const cascades = last !== undefined && !/[,\n]/.test(text.slice(last, error.offset))
    const separator = name === 'CommaExpected' || name === 'ColonExpected'
    if (cascades && (!separator || last === error.offset)) continue
    last = error.offset
    const { offset, expected, found } = describe(text, error, name, end)
    const path = showPath(getLocation(text, offset).path.filter((key) => key !== ''))
    const message = `broken JSON: expected ${expected}, got ${found}`
    problems.push({ file, ...position(offset), path, expected, found, message })
  }
  return problems
}

function describe(text: string, { offset, length }: ParseError, name: string, end: number) {
  if (offset >= text.length) return { offset, expected: expectations[name] ?? 'JSON', found: 'the end of the file' }
  const token = text.slice(offset, offset + Math.max(length, 1))
  const found = quote(token)
  const comma = /,\s*$/.exec(text.slice(0, offset))
  if (comma !== null && (token === '}' || token === ']')) {
    return { offset: comma.index, expected: `no comma before the closing ${token}`, found: 'one' }
  }
  if (name === 'InvalidSymbol') {
    if (offset >= end) return { offset, expected: 'the end of the file', found }
    if (/^\s*:/.test(text.slice(offset + length))) return { offset, expected: 'a name in double quotes', found }
    if (token.startsWith("'")) return { offset, expected: 'text in double quotes', found }
  }
  return { offset, expected: expectations[name] ?? 'JSON', found }
}

/** A piece of the text as it stands there, its control characters made visible. */
function quote(token: string): string {
  const clipped = token.length <= 80 ? token : `${token.slice(0, 79)}…`
  const shown = clipped.replace(/\p{Cc}/gu, (c) => `\\u00${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return shown.startsWith('"') ? shown : `"${shown}"`
}
