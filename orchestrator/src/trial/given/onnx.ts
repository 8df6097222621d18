// A trained model as an ONNX file, run by onnxruntime as it is.

import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ResolvedNormalisation, ResolvedOnnx } from '@retort/schema/given'
import { InferenceSession } from 'onnxruntime-node'
import type { Data } from '../../data/data.ts'
import type { Engine } from '../../engine/engine.ts'
import { sessionOptions } from '../../engine/session/runtime.ts'
import { readGiven } from '../../spec/given/files.ts'
import { isShortage } from '../failure.ts'
import { predictionBatch } from '../workbench.ts'
import { normalisationOf, refuseForTokens, settledNormalisation } from './normalise.ts'
import { arrayInputs } from './onnxArrays.ts'
import { checkUnchanged, externalFiles } from './onnxExternal.ts'
import { failureOf } from './onnxFailure.ts'
import { metadataOf, parametersOf, readModel } from './onnxFile.ts'
import { classesNamed, outputOf, unzipped, zippedIn } from './onnxOutput.ts'
import { tokenInputs } from './onnxTokens.ts'
import { logitsBy, type Model } from './predicted.ts'
import { otherReadings } from './readings.ts'
import { GivenProblem, type Setting, type Source } from './source.ts'
import { checkTokens } from './tokens.ts'

/** @throws GivenProblem where it is no model for this data, or what it takes and gives is not clear */
export async function openOnnx(
  given: ResolvedOnnx,
  { data, engine, predictionBatch: atMost }: Setting,
): Promise<Source> {
  const bytes = readGiven(given)
  const proto = readModel(bytes)
  const external = externalFiles(proto, given)
  if (given.external !== undefined) checkUnchanged(given.external, external)
  const { preprocessing, tokenizer } = metadataOf(proto)
  checkTokens(given.tokenizer, tokenizer, data)
  checkClasses(classesNamed(proto), data)
  refuseForTokens(given, data)
  const zipped = zippedIn(proto)
  // What goes wrong is told at its place, and needs no line of onnxruntime's beside that.
  const options = { ...sessionOptions(placeOf(engine)), logSeverityLevel: 4 } as const
  const inFolder = { model_external_initializers_file_folder_path: dirname(given.path) }
  const session = await InferenceSession.create(unzipped(bytes, zipped, proto), {
    ...options,
    ...(external.length > 0 && {
      extra: { ...options.extra, session: { ...(options.extra?.session as object), ...inFolder } },
    }),
  }).catch((error: Error) => {
    throw failureOf(error, 'load')
  })
  try {
    const modelAs = (inputLayout: ResolvedOnnx['inputLayout']) =>
      modelOf(session, { ...given, inputLayout }, data, zipped, atMost)
    const model = modelAs(given.inputLayout)
    // Bytes cannot be standardised and stay bytes.
    const metadata = preprocessing ?? (model.isWhole && data.preprocessing !== null ? 'none' : null)
    const normalisation = normalisationOf(given, metadata, data)
    const sizes = {
      parameters: parametersOf(proto),
      multiplyAccumulates: null,
      onnxBytes: external.reduce((sum, { path }) => sum + statSync(path).size, bytes.length),
    }
    const as = (reading: { normalisation: ResolvedNormalisation; inputLayout: ResolvedOnnx['inputLayout'] }) =>
      logitsBy(modelAs(reading.inputLayout), reading.normalisation, data)
    return {
      sizes: async () => sizes,
      notes: [],
      settled: {
        ...(external.length > 0 && { external }),
        ...settledNormalisation(given, preprocessing, normalisation),
      },
      logits: logitsBy(model, normalisation, data),
      readings: otherReadings({ normalisation, inputLayout: given.inputLayout }, data, as),
      close: async () => session.release(),
    }
  } catch (error) {
    await session.release()
    throw error
  }
}

/** Where the sweep's trials run; the tensorflow engine's models have no onnxruntime on their device. */
const placeOf = ({ name, device, threads }: Engine) => ({
  device: name === 'onnx' ? (device as 'cpu' | 'webgpu' | 'cuda') : ('cpu' as const),
  threads,
})

/** @throws GivenProblem where it has the data's classes in another order, and so would be learned from amiss */
function checkClasses(lists: string[][], { classNames, classes }: Data): void {
  const ours = classNames ?? Array.from({ length: classes }, (_, index) => String(index))
  const isOurs = (list: string[]) => list.length === classes && list.every((name) => ours.includes(name))
  const other = lists.filter(isOurs).find((list) => list.some((name, index) => name !== ours[index]))
  if (other === undefined) return
  const shown = (names: string[]) => names.map((name) => JSON.stringify(name)).join(', ')
  throw new GivenProblem(`expected scores of the classes ${shown(ours)}, in the data's order, got ${shown(other)}`, [
    'file',
  ])
}

function modelOf(
  session: InferenceSession,
  given: ResolvedOnnx,
  data: Data,
  zipped: Map<string, string>,
  atMost?: number,
): Model & { isWhole: boolean } {
  const input = data.vocabulary === null ? arrayInputs(session, given, data) : tokenInputs(session, given, data)
  const output = outputOf(session, given, data, zipped)
  const batch = input.batch ?? predictionBatch(data, atMost)
  const run: Model['run'] = async (inputs) => {
    const feeds = input.feeds(inputs, batch)
    const results = await session.run(feeds, [output.name]).catch((error: Error) => {
      throw isShortage(error) ? error : failureOf(error, 'run')
    })
    return output.logits(results[output.name]!, batch)
  }
  return { run, batch, isWhole: input.isWhole }
}
