// All that a sweep's page shows, read from one snapshot of the store.
import type { Reader } from '@retort/schema/open'
import { comparisonOf } from '@retort/schema/store/read/ranking'
import { type SweepRow, sweepOf } from '@retort/schema/store/read/sweeps'
import { enginesIn, logitsOf } from '@retort/schema/store/read/trials'
import { parseSweepQuery, type SearchParams, type StatusGroup } from '../view/sweepQuery.ts'
import { leaderboard, pageSize, resultsOf } from './leaderboard.ts'
import { publishedOf } from './published.ts'
import { modelsOf, teachersOf } from './sweeps.ts'
import { failuresOf, listTrials, trialsPageSize } from './trials.ts'

/** What the reader has not chosen: what needs attention comes first. */
const usualGroup = (sweep: SweepRow): StatusGroup =>
  sweep.failed > 0 ? 'failed' : sweep.running > 0 ? 'running' : sweep.done > 0 ? 'done' : 'pending'

/** Null where there is no such sweep. */
export function sweepPage(db: Reader, id: string, asked: SearchParams) {
  const sweep = sweepOf(db, id)
  if (sweep === undefined) return null
  const { students, teachers } = modelsOf(sweep)
  const { query, notes } = parseSweepQuery(asked, { students, teachers })

  /** The last page where a later one is asked for, as when a filter has shortened the list. */
  const within = (name: 'page' | 'trialsPage', total: number, size: number) => {
    const last = Math.max(1, Math.ceil(total / size))
    if (query[name] <= last) return
    notes.push(`${name}=${query[name]} is past the end; this is page ${last}.`)
    query[name] = last
  }
  const comparison = comparisonOf(db, id)
  let ranking = leaderboard(db, id, query, comparison)
  if (ranking.rows.length === 0) {
    within('page', ranking.total, pageSize)
    ranking = leaderboard(db, id, query, comparison)
  }
  const group = query.trials ?? usualGroup(sweep)
  within('trialsPage', sweep[group], trialsPageSize)
  return {
    sweep,
    query,
    notes,
    students,
    teachers,
    ranking,
    results: resultsOf(db, id, comparison),
    comparison,
    published: publishedOf(db, sweep, comparison),
    ceilings: teachersOf(db, id),
    trials: { group, rows: listTrials(db, id, group, query.trialsPage), total: sweep[group] },
    failures: failuresOf(db, id),
    logits: logitsOf(db, id),
    engines: enginesIn(db, id),
  }
}
export type SweepPageData = NonNullable<ReturnType<typeof sweepPage>>
