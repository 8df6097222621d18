// `pnpm bench [NAME …]`: runs the named benches, or all. `throughput` takes --model, --batch and --threads (a number or
// "all"), each as often as wanted, and --rounds; so does `engines`, and `zoo`, but for --threads; `gpu` takes --model.
import { parseArgs } from 'node:util'
import { engines, enginesDefaults } from './engines.ts'
import { gpu } from './gpu.ts'
import { groups } from './groups.ts'
import { overhead } from './overhead.ts'
import { throughput, throughputDefaults } from './throughput.ts'
import { zoo, zooDefaults } from './zoo.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', multiple: true },
    batch: { type: 'string', multiple: true },
    threads: { type: 'string', multiple: true, default: throughputDefaults.threads },
    rounds: { type: 'string' },
  },
})
/** What is not said is as the bench has it. */
const options = <Options extends { models: string[]; batches: number[]; rounds: number }>(defaults: Options) => ({
  ...defaults,
  models: values.model ?? defaults.models,
  batches: values.batch?.map(Number) ?? defaults.batches,
  rounds: values.rounds === undefined ? defaults.rounds : Number(values.rounds),
})

const benches: Record<string, () => Promise<void>> = {
  overhead,
  groups,
  throughput: () => throughput({ ...options(throughputDefaults), threads: values.threads }),
  engines: () => engines({ ...options(enginesDefaults), threads: values.threads }),
  gpu: () => gpu(values.model),
  zoo: () => zoo(options(zooDefaults)),
}
const names = positionals.length > 0 ? positionals : Object.keys(benches)
const unknown = names.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
for (const name of names) await benches[name]!()
