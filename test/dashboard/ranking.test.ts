// Command line, report and dashboard tell one ranking: who is first, who is tied, and in which order, ties in plenty.
import { makePlan } from '@retort/orchestrator/plan/makePlan'
import { createRecorder } from '@retort/orchestrator/store/record'
import { openStore } from '@retort/orchestrator/store/store'
import { endSweep, saveSweep } from '@retort/orchestrator/store/sweeps'
import type { Reader } from '@retort/schema/open'
import { openForReading } from '@retort/schema/open'
import { comparisonOf } from '@retort/schema/store/read/ranking'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { leaderboard, resultsOf } from '../../dashboard/store/leaderboard.ts'
import { parseSweepQuery } from '../../dashboard/view/sweepQuery.ts'
import { rank } from '../../orchestrator/src/cli/rank.ts'
import { reportOf } from '../../orchestrator/src/cli/reportText.ts'
import { readValue } from '../plan/arbitrary.ts'
import { temporaryFolder } from '../trial/fixture.ts'
import { metricsOf } from './seedResults.ts'

const sweep = 'tied'
const plan = makePlan(
  readValue({
    name: sweep,
    dataset: { type: 'mnist' },
    teachers: [{ id: 'big', architecture: { type: 'mlp', hidden: [99] } }],
    students: [8, 9, 10].map((width) => ({ id: `mlp-${width}`, architecture: { type: 'mlp', hidden: [width] } })),
    temperatures: [1, 4],
    seeds: [1, 2, 3],
  }),
)
/** Of which the mean of three depends on the order in which they are added. */
const accuracies = [0.1, 0.2, 0.3, 0.7]
const outcomes = fc.array(fc.option(fc.constantFrom(...accuracies)), {
  minLength: plan.trials.length,
  maxLength: plan.trials.length,
})

function storeOf(results: (number | null)[]): string {
  const file = `${temporaryFolder()}/retort.db`
  const store = openStore(file)
  saveSweep(store, plan)
  const recorder = createRecorder(store)
  for (const [place, { id, model }] of plan.trials.entries()) {
    const validationAccuracy = results[place]
    if (validationAccuracy == null) continue
    // Two of the students are of one size.
    const metrics = metricsOf({ validationAccuracy, parameters: model === 'mlp-10' ? 20 : 10 })
    recorder.trialEnded(id, { status: 'done', reason: null, results: { metrics, artifacts: [] } })
  }
  store.flush()
  endSweep(store, sweep, 'done')
  store.close()
  return file
}

interface Line {
  configuration: string
  rank: number
}

function ofCommand(file: string): Line[] {
  const told: string[] = []
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(String(text)) > 0)
  try {
    rank(sweep, { json: true, store: file, sort: 'accuracy' })
  } finally {
    out.mockRestore()
  }
  const { configurations } = JSON.parse(told.join('')) as { configurations: Line[] }
  return configurations.map(({ configuration, rank }) => ({ configuration, rank }))
}

function ofLeaderboard(db: Reader): Line[] {
  const { query } = parseSweepQuery({}, { students: [], teachers: [] })
  const { rows } = leaderboard(db, sweep, query, comparisonOf(db, sweep))
  return rows.flatMap(({ configuration, rank }) => (rank === null ? [] : [{ configuration, rank }]))
}

const ofChart = (db: Reader): Line[] =>
  resultsOf(db, sweep, comparisonOf(db, sweep)).map(({ configuration, rank }) => ({ configuration, rank: rank! }))

/** The first column of the report's table, whose rows stand in the ranking's order. */
function ranksInReport(db: Reader): number[] {
  const [, table = ''] = reportOf(db, sweep).split('## Configurations')
  return [...table.split('\n## ')[0]!.matchAll(/^\| +(\d+)/gm)].map(([, rank]) => Number(rank))
}

it('is the same everywhere', () => {
  fc.assert(
    fc.property(outcomes, (results) => {
      const file = storeOf(results)
      const db = openForReading(file)
      const told = ofCommand(file)
      expect(ofLeaderboard(db)).toEqual(told)
      expect(ofChart(db)).toEqual(told)
      const { configurations } = comparisonOf(db, sweep)
      for (const [place, { rank, validation }] of configurations.entries()) {
        const above = configurations[place - 1]
        const ties = above !== undefined && Math.abs(above.validation.mean - validation.mean) < 1e-9
        expect(rank).toBe(ties ? above.rank : place + 1)
      }
      expect(ranksInReport(db)).toEqual(told.map(({ rank }) => rank))
    }),
    { numRuns: 40 },
  )
})
