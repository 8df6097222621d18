// A source that is a model: its logits are forward passes.
import type { ResolvedNormalisation } from '@retort/schema/given'
import { type Data, type Samples, sizeOf } from '../../data/data.ts'
import type { Values } from '../../engine/engine.ts'
import { logitsOf } from '../evaluate.ts'
import type { Predictor } from '../predictor.ts'
import { isTable, normaliser, rowsFor } from './normalise.ts'
import type { Source } from './source.ts'

/** A model of somebody else's. */
export interface Model {
  /**
   * @param inputs of a batch of samples, normalised
   * @returns raw logits [batch, ...labelShape, classes]
   */
  run(inputs: Values | Float64Array): Promise<Float32Array>
  batch: number
}

/** One that is loaded, and what is known of it. */
export interface OpenModel extends Pick<Source, 'sizes' | 'notes' | 'close'> {
  model: Model
}

export const modelOf = ({ predict, predictBatch }: Predictor): Model => ({
  run: async (inputs) => {
    const images = inputs instanceof Float64Array ? Float32Array.from(inputs) : inputs
    return (await predict.run({ images })).logits as Float32Array
  },
  batch: predictBatch,
})

/** @throws GivenProblem where the normalisation does not fit the data */
export function logitsBy(model: Model, to: ResolvedNormalisation, data: Data): Source['logits'] {
  const normalise = normaliser(to, data)
  const predictor = {
    predict: { run: async ({ images }: Record<string, Values>) => ({ logits: await model.run(normalise(images!)) }) },
    predictBatch: model.batch,
  }
  const rows = isTable(data) ? rowsFor(to, data) : null
  return (_, samples, between, view) =>
    rows === null || (view !== undefined && data.augmentation !== null)
      ? logitsOf(predictor, data, samples, between, view)
      : logitsOfRows(model, rows, data, samples, between)
}

/** As `logitsOf`, from a table's numbers as they are. */
async function logitsOfRows(
  { run, batch }: Model,
  rows: ReturnType<typeof rowsFor>,
  { labelShape, classes }: Data,
  samples: Samples,
  between: () => void,
): Promise<Float32Array> {
  const { indices } = samples
  const width = sizeOf(labelShape) * classes
  const logits = new Float32Array(indices.length * width)
  for (let start = 0; start < indices.length; start += batch) {
    const part = indices.subarray(start, start + batch)
    // The last batch is filled up, since a model may take whole batches alone.
    const places = new Int32Array(batch).fill(part[0]!)
    places.set(part)
    logits.set((await run(rows(samples, places))).subarray(0, part.length * width), start * width)
    between()
  }
  return logits
}
