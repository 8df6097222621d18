// Computes the logits of a trial that is done, over the training file and the reported test samples.
import type { LogitsRequest, LogitsResult } from '@retort/schema/trial'
import type { Data } from '../data/data.ts'
import { buildModel } from '../zoo/buildModel.ts'
import { readArtifact } from './artifacts.ts'
import { classify, Interrupted } from './failure.ts'
import { computeLogits } from './logits.ts'
import { openPredictor, setWeights } from './predictor.ts'
import type { Channel } from './train.ts'
import type { Workshop } from './workshop.ts'

/** Often enough for a progress bar, seldom enough to cost nothing. */
const progressMilliseconds = 250

/** Never rejects: how it fails is its result. */
export async function runLogits(request: LogitsRequest, channel: Channel, workshop: Workshop): Promise<LogitsResult> {
  try {
    return await run(request, channel, workshop)
  } catch (error) {
    return classify(error)
  }
}

async function run(request: LogitsRequest, channel: Channel, workshop: Workshop): Promise<LogitsResult> {
  const { config, artifacts: folder, weights } = request
  const data = await workshop.data(config.dataset)
  const engine = await workshop.engine(request.placement)
  const model = buildModel(config.architecture, data.inputShape, data.classes, config.seed)
  setWeights(model, await readArtifact(folder, weights))
  const teacher = await openPredictor(engine, model, data)
  try {
    const between = betweenBatches(channel, data, teacher.predictBatch)
    return { outcome: 'computed', ...(await computeLogits(folder, teacher, data, weights, between)) }
  } finally {
    await teacher.dispose()
  }
}

/** Tells how far it is, and ends where that is asked for: nothing is lost but what was computed. */
function betweenBatches(channel: Channel, { trainFileSamples, test }: Data, batch: number): () => void {
  const steps = Math.ceil(trainFileSamples / batch) + Math.ceil(test.indices.length / batch)
  let step = 0
  let told = Number.NEGATIVE_INFINITY
  return () => {
    step++
    if (channel.stopRequested()) throw new Interrupted()
    if (performance.now() - told < progressMilliseconds) return
    told = performance.now()
    channel.emit({ type: 'progress', epoch: 1, epochs: 1, step, steps })
  }
}
