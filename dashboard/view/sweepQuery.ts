// The state of a sweep's page, which lives in its URL: what is shown, in which order, on which axes.
import { type Verdict, verdicts } from '@retort/schema/comparison/verdicts'
import { type KeyIn, shownIn, usualOrder } from '@retort/schema/definitions/derived'
import { type Accuracy, accuracies, type Size, sizes } from './axes.ts'

export type Order = 'asc' | 'desc'

/** By which columns the leaderboard may be sorted, and how first: those of a configuration, and its metrics. */
const ownColumns = {
  rank: 'asc',
  student: 'asc',
  teacher: 'asc',
  temperature: 'asc',
  weights: 'asc',
  n: 'desc',
  verdict: 'asc',
} as const satisfies Record<string, Order>
export type OwnColumn = keyof typeof ownColumns
export type SortColumn = OwnColumn | KeyIn<'leaderboard'>

export const sortColumns = {
  ...ownColumns,
  ...Object.fromEntries(
    shownIn('leaderboard').flatMap(({ metric }) =>
      metric.key === undefined ? [] : [[metric.key, usualOrder(metric)] as const],
    ),
  ),
} as { [Column in SortColumn]: Order }

export const roles = ['student', 'baseline', 'teacher'] as const
/** Groups of trial statuses: stopped early by the search; failed is whatever else ended, but not as done. */
export const statuses = ['done', 'stopped', 'running', 'pending', 'failed'] as const
export type StatusGroup = (typeof statuses)[number]
/** Percentage points. */
export const tolerances = [0.25, 0.5, 1, 2] as const

export interface SweepQuery {
  sort: SortColumn
  order: Order
  /** From 1. */
  page: number
  student: string | null
  teacher: string | null
  role: (typeof roles)[number] | null
  status: StatusGroup | null
  verdict: Verdict | null
  maxParameters: number | null
  size: Size
  accuracy: Accuracy
  within: (typeof tolerances)[number]
  /** Which trials are listed; null leaves it to the page. */
  trials: StatusGroup | null
  trialsPage: number
}

export const defaults: SweepQuery = {
  sort: 'rank',
  order: 'asc',
  page: 1,
  student: null,
  teacher: null,
  role: null,
  status: null,
  verdict: null,
  maxParameters: null,
  size: 'parameters',
  accuracy: 'validation',
  within: 0.5,
  trials: null,
  trialsPage: 1,
}

const keysOf = <Key>(axes: readonly { key: Key }[]): Key[] => axes.map(({ key }) => key)

export type SearchParams = Record<string, string | string[] | undefined>

/**
 * Reads a page's search parameters. What is invalid is replaced by its default and named in a note for the reader.
 * @param known what the sweep has, since a filter for anything else would show an empty page
 */
export function parseSweepQuery(
  params: SearchParams,
  known: { students: readonly string[]; teachers: readonly string[] },
): { query: SweepQuery; notes: string[] } {
  const notes: string[] = []

  /** The parameter's value; null where it is absent or, as forms send it, empty. */
  const given = (name: string): string | null => {
    const value = params[name]
    const first = Array.isArray(value) ? value[0] : value
    if (Array.isArray(value) && value.length > 1)
      notes.push(`${name} is given ${value.length} times; the first is used.`)
    return first === undefined || first === '' ? null : first
  }
  const invalid = (name: string, value: string, expected: string) => {
    notes.push(`${name}=${value.slice(0, 60)} is ignored: expected ${expected}.`)
  }
  const oneOf = <T extends string | number, Otherwise>(name: string, options: readonly T[], otherwise: Otherwise) => {
    const value = given(name)
    if (value === null) return otherwise
    const found = options.find((option) => String(option) === value)
    if (found === undefined) invalid(name, value, options.length === 0 ? 'nothing here' : options.join(', '))
    return found ?? otherwise
  }
  const whole = <Otherwise>(name: string, otherwise: Otherwise) => {
    const value = given(name)
    if (value === null) return otherwise
    // People paste 50,000 as it is written on the page.
    const number = Number(value.replaceAll(',', ''))
    if (Number.isSafeInteger(number) && number >= 1) return number
    invalid(name, value, 'a whole number of at least 1')
    return otherwise
  }

  const sort = oneOf('sort', Object.keys(sortColumns) as SortColumn[], defaults.sort)
  const query: SweepQuery = {
    sort,
    order: oneOf('order', ['asc', 'desc'] as const, sortColumns[sort]),
    page: whole('page', defaults.page),
    student: oneOf('student', known.students, null),
    teacher: oneOf('teacher', known.teachers, null),
    role: oneOf('role', roles, null),
    status: oneOf('status', statuses, null),
    verdict: oneOf('verdict', verdicts, null),
    maxParameters: whole('maxParameters', null),
    size: oneOf('size', keysOf(sizes), defaults.size),
    accuracy: oneOf('accuracy', keysOf(accuracies), defaults.accuracy),
    within: oneOf('within', tolerances, defaults.within),
    trials: oneOf('trials', statuses, null),
    trialsPage: whole('trialsPage', defaults.trialsPage),
  }
  return { query, notes }
}

/** The search string of a changed state, without what is as it is by default; empty where all is. */
export function search(query: SweepQuery, changes: Partial<SweepQuery> = {}): string {
  const next = { ...query, ...changes }
  const params = new URLSearchParams()
  for (const key of Object.keys(defaults) as (keyof SweepQuery)[]) {
    const usual = key === 'order' ? sortColumns[next.sort] : defaults[key]
    if (next[key] !== null && next[key] !== usual) params.set(key, String(next[key]))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}

/** What clicking a column's header does: its usual order first, then the other one. */
export function sortBy(query: SweepQuery, column: SortColumn): Partial<SweepQuery> {
  const turned = query.order === 'asc' ? 'desc' : 'asc'
  return { sort: column, order: query.sort === column ? turned : sortColumns[column], page: 1 }
}

export const noFilter = {
  student: null,
  teacher: null,
  role: null,
  status: null,
  verdict: null,
  maxParameters: null,
  page: 1,
} as const

export const isFiltered = (query: SweepQuery): boolean =>
  query.student !== null ||
  query.teacher !== null ||
  query.role !== null ||
  query.status !== null ||
  query.verdict !== null ||
  query.maxParameters !== null
