// `retort list`: the sweeps of a store.
import { openForReading } from '@retort/schema/open'
import { listSweeps } from '@retort/schema/store/read/sweeps'
import { count, moment, percent } from './format.ts'
import { printJson, printTable } from './output.ts'

export function list({ json, store }: { json?: boolean; store: string }): void {
  const sweeps = listSweeps(openForReading(store))
  if (json) return printJson(sweeps)
  if (sweeps.length === 0) return console.log('No sweep yet: `retort run SPEC` starts one.')
  printTable(
    ['sweep', 'status', 'done', 'failed', 'trials', 'best validation', 'started'],
    sweeps.map((sweep) => [
      sweep.id,
      sweep.status,
      count(sweep.done),
      count(sweep.failed),
      count(sweep.trials),
      percent(sweep.bestValidationAccuracy),
      moment(sweep.startedAt),
    ]),
    [2, 3, 4, 5],
  )
}
