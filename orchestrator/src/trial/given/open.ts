// The table of teachers that are not trained here: one line for each kind.
import type { ResolvedGiven } from '@retort/schema/given'
import { openEnsemble } from './ensemble.ts'
import { openLogits } from './logits.ts'
import { openOnnx } from './onnx.ts'
import { checked } from './rows.ts'
import type { Setting, Source } from './source.ts'
import { openTfjs } from './tfjs.ts'

type Type = ResolvedGiven['type']
type Open<Given> = (given: Given, setting: Setting) => Promise<Source>

const openers: { [K in Type]: Open<Extract<ResolvedGiven, { type: K }>> } = {
  tfjs: openTfjs,
  onnx: openOnnx,
  logits: openLogits,
  ensemble: openEnsemble,
}

/** @throws GivenProblem or ArchitectureProblem where it cannot be used with the data */
export async function openGiven(given: ResolvedGiven, setting: Setting): Promise<Source> {
  const source = await (openers[given.type] as Open<ResolvedGiven>)(given, setting)
  return checked(source, setting.data, 'file' in given ? ['file'] : [])
}
