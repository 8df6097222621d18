// `pnpm bench [NAME …]`: runs the named benches, or all.
import { overhead } from './overhead.ts'
import { throughput } from './throughput.ts'

const benches: Record<string, () => Promise<void>> = { overhead, throughput }
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches)
const unknown = names.filter((name) => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}
for (const name of names) await benches[name]!()
