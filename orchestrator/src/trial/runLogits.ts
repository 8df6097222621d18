// Computes the logits of a trial that is done, over the training file and the reported test samples.
import type { ArtifactHash } from '@retort/schema/artifact'
import type { LogitsRequest, LogitsResult } from '@retort/schema/messages'
import type { RetokenizedDataset, TrialConfig } from '@retort/schema/trial'
import { type Data, viewsOf } from '../data/data.ts'
import { retokenize } from '../data/retokenized.ts'
import { tokenCache } from '../data/text/tokenCache.ts'
import type { Engine } from '../engine/engine.ts'
import { contentOf } from '../spec/given/content.ts'
import { studentsDataset } from '../spec/studentsDataset.ts'
import { buildModel } from '../zoo/buildModel.ts'
import { computeAligned } from './alignedLogits.ts'
import { readArtifact, sha256 } from './artifacts.ts'
import { logitsOf } from './evaluate.ts'
import { classify, Interrupted } from './failure.ts'
import { openGiven } from './given/open.ts'
import { type Source, unknownSizes } from './given/source.ts'
import { computeLogits } from './logits.ts'
import { openPredictor, setWeights } from './predictor.ts'
import type { Channel } from './train.ts'
import { predictionBatch } from './workbench.ts'
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
  const { config, artifacts: folder, members, predictionBatch: atMost } = request
  const data = await workshop.data(studentsDataset(config.dataset), { folder })
  const engine = await workshop.engine(request.placement)
  const { dataset } = config
  if (dataset.type === 'retokenized') return runAligned(request, { dataset, data, engine }, channel)
  const teacher =
    config.role === 'given'
      ? await openGiven(config.architecture, { data, engine, folder, members, predictionBatch: atMost })
      : await openTrained(config, await readArtifact(folder, weightsOf(request)), data, engine, atMost)
  try {
    // A model that takes other batches only tells more often.
    const batch = predictionBatch(data, atMost)
    const samples = [...new Array<number>(viewsOf(data)).fill(data.trainFileSamples), data.test.indices.length]
    const between = betweenBatches(
      channel,
      samples.reduce((sum, count) => sum + Math.ceil(count / batch), 0),
    )
    return { outcome: 'computed', ...(await computeLogits(folder, teacher, data, hashOf(request), between)) }
  } finally {
    await teacher.close()
  }
}

/** Of a teacher that reads the text by a tokenizer of its own. */
async function runAligned(
  request: LogitsRequest,
  { dataset, data, engine }: { dataset: RetokenizedDataset; data: Data; engine: Engine },
  channel: Channel,
): Promise<LogitsResult> {
  const { config, artifacts: folder, members, predictionBatch: atMost } = request
  const cache = tokenCache(folder, console.warn)
  const { data: own, alignment } = await retokenize(dataset, cache)
  await cache.write()
  const teacher =
    config.role === 'given'
      ? await openGiven(config.architecture, { data: own, engine, folder, members, predictionBatch: atMost })
      : await openTrained(config, await readArtifact(folder, weightsOf(request)), own, engine, atMost)
  try {
    const between = betweenBatches(channel, Math.ceil(data.trainFileSamples / predictionBatch(own, atMost)))
    const computed = await computeAligned(folder, teacher, own, alignment, data, hashOf(request), between)
    return { outcome: 'computed', ...computed }
  } finally {
    await teacher.close()
  }
}

function weightsOf({ weights, trial }: LogitsRequest): ArtifactHash {
  if (weights === null) throw new Error(`expected the weights that trial ${trial} has left, got none`)
  return weights
}

/** What stands for the teacher in the key of its logits. */
const hashOf = (request: LogitsRequest): ArtifactHash =>
  request.config.role === 'given'
    ? sha256(Buffer.from(JSON.stringify(contentOf(request.config.architecture))))
    : weightsOf(request)

async function openTrained(
  config: TrialConfig,
  weights: Buffer,
  data: Data,
  engine: Engine,
  atMost?: number,
): Promise<Source> {
  const model = buildModel(
    config.architecture,
    data.inputShape,
    data.classes,
    config.seed,
    data.vocabulary,
    data.padding,
  )
  setWeights(model, weights)
  const predictor = await openPredictor(engine, model, data, atMost)
  return {
    sizes: unknownSizes,
    notes: [],
    logits: (_, samples, between, view) => logitsOf(predictor, data, samples, between, view),
    close: async () => predictor.dispose(),
  }
}

/** Tells how far it is, and ends where that is asked for: nothing is lost but what was computed. */
function betweenBatches(channel: Channel, steps: number): () => void {
  let step = 0
  let told = Number.NEGATIVE_INFINITY
  return () => {
    step = Math.min(step + 1, steps)
    if (channel.stopRequested()) throw new Interrupted()
    if (performance.now() - told < progressMilliseconds) return
    told = performance.now()
    channel.emit({ type: 'progress', epoch: 1, epochs: 1, step, steps })
  }
}
