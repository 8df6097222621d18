// `retort validate SPEC`: everything that is wrong with a file, or what it asks for.
import { count } from './format.ts'
import { printJson } from './output.ts'
import { prepare } from './prepare.ts'
import { withWorker } from './worker.ts'

export async function validate(file: string, { json }: { json?: boolean }): Promise<void> {
  const { plan, models } = await withWorker((ask) => prepare(file, ask))
  if (json) return printJson({ valid: true, name: plan.name, trials: plan.trials.length, problems: [] })
  console.log(`${file} is valid: sweep "${plan.name}" of ${count(plan.trials.length)} trials, ${models.length} models`)
}
