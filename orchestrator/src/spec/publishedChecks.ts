// Figures of the literature: of models that there are, each one figure or finding, of something.
import type { Path } from '../errors/problem.ts'
import { alternatives, showValue } from '../errors/problem.ts'
import { unknownIds } from './checks.ts'
import { isRecord } from './schema.ts'
import type { Violation } from './validate.ts'
import { listOf, violation, type Written } from './written.ts'

const figures = ['testAccuracy', 'testErrors', 'temperatures']

export function checkPublished({ value, fits }: Written): Violation[] {
  const unknown = unknownIds(value)
  return listOf(value.published).flatMap((published, index) => {
    if (!isRecord(published)) return []
    const path: Path = ['published', index]
    const missing = unknown(published, path)
    return fits(path) ? [...missing, ...contradictions(published, path)] : missing
  })
}

function contradictions(published: Record<string, unknown>, path: Path): Violation[] {
  const found: Violation[] = []
  const named = Object.keys(published)
  const said = figures.filter((name) => named.includes(name))
  const has = (...names: string[]) => names.every((name) => named.includes(name))
  if (said.length !== 1) {
    const got = said.length === 0 ? 'none' : said.map(showValue).join(' and ')
    found.push(violation(path, `one of ${alternatives(figures.map(showValue))}`, got))
  }
  if (!has('student') && !has('teacher')) found.push(violation(path, 'a student, a teacher, or both', 'neither'))
  const pair = has('student', 'teacher')
  for (const name of ['temperature', 'temperatures']) {
    if (pair || !has(name) || !(has('student') || has('teacher'))) continue
    const got = has('student') ? 'a student alone' : 'a teacher alone'
    found.push(violation([...path, name], 'a student and its teacher beside it', got))
  }
  if (isRecord(published.temperatures)) found.push(...rangeProblems(published, published.temperatures, path))
  const { testErrors } = published
  if (isRecord(testErrors) && (testErrors.errors as number) > (testErrors.of as number)) {
    const expected = `at most ${testErrors.of}, the samples`
    found.push(violation([...path, 'testErrors', 'errors'], expected, String(testErrors.errors)))
  }
  return found
}

function rangeProblems(
  published: Record<string, unknown>,
  { from, above, to }: Record<string, unknown>,
  path: Path,
): Violation[] {
  const place = [...path, 'temperatures']
  const found: Violation[] = []
  if (from !== undefined && above !== undefined) {
    found.push(violation(place, '"from" or "above"', 'both'))
  }
  if (from === undefined && above === undefined && to === undefined) {
    found.push(violation(place, 'a bound: "from" or "above", or "to"', 'none'))
  }
  const lowest = (from ?? above ?? 0) as number
  if (to !== undefined && lowest > (to as number)) {
    found.push(violation([...place, 'to'], `at least ${lowest}, the lowest`, String(to)))
  }
  for (const name of ['temperature', 'class', 'biasCorrected']) {
    if (!Object.hasOwn(published, name)) continue
    found.push(violation([...path, name], 'none beside "temperatures"', showValue(published[name])))
  }
  return found
}
