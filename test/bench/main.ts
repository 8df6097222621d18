// `pnpm bench [NAME …]`: runs the named benches, or all. `throughput` takes --model, --batch and --threads (a number or
// "all"), each as often as wanted, and --rounds.
import { parseArgs } from 'node:util'
import { groups } from './groups.ts'
import { overhead } from './overhead.ts'
import { throughput, throughputDefaults } from './throughput.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', multiple: true, default: throughputDefaults.models },
    batch: { type: 'string', multiple: true, default: throughputDefaults.batches.map(String) },
    threads: { type: 'string', multiple: true, default: throughputDefaults.threads },
    rounds: { type: 'string', default: String(throughputDefaults.rounds) },
  },
})

const benches: Record<string, () => Promise<void>> = {
  overhead,
  groups,
  throughput: () =>
    throughput({
      models: values.model,
      batches: values.batch.map(Number),
      threads: values.threads,
      rounds: Number(values.rounds),
    }),
}
const names = positionals.length > 0 ? positionals : Object.keys(benches)
const unknown = names.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
for (const name of names) await benches[name]!()
