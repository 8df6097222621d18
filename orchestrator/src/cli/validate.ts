// `retort validate SPEC`: everything that is wrong with a file, or what it asks for.
import { count } from './format.ts'
import { printJson, printWarnings } from './output.ts'
import { prepare } from './prepare.ts'
import { withWorker } from './worker.ts'

interface ValidateOptions {
  json?: boolean
  strict?: boolean
}

export async function validate(file: string, { json, strict }: ValidateOptions): Promise<void> {
  const { plan, models, warnings } = await withWorker((ask) => prepare(file, ask, { strict }))
  if (json) return printJson({ valid: true, name: plan.name, trials: plan.trials.length, problems: [], warnings })
  printWarnings(warnings)
  console.log(`${file} is valid: sweep "${plan.name}" of ${count(plan.trials.length)} trials, ${models.length} models`)
}
