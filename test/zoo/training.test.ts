// Every architecture of the zoo trains: the same on both engines, and to something on real digits; what is exported
// of it gives the same logits elsewhere.
import '@tensorflow/tfjs-backend-cpu'
import type { Architecture } from '@retort/schema/experiment'
import * as tf from '@tensorflow/tfjs-core'
import { loadLayersModel } from '@tensorflow/tfjs-layers'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eagerEngine } from '../../orchestrator/src/engine/eager.ts'
import type { Engine } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { onnxOf, tfjsOf } from '../../orchestrator/src/trial/exportModel.ts'
import { adam, config, digits, expectDone, placement, request, run, temporaryFolder } from '../trial/fixture.ts'
import { resolved } from './architectures.ts'
import { build, classes, difference, inputOf, type Sample, trained } from './trained.ts'

type Own = Exclude<Architecture, { type: 'keras' }>

const image = (side: number): Sample => ({ shape: [side, side, 3] })

interface Case {
  name: string
  architecture: Own
  /** At which maps are still more than one pixel: over a few numbers alone batch norm magnifies what rounding leaves. */
  sample: Sample
}

const images: Case[] = [
  {
    name: 'a ResNet with a stem of its own',
    architecture: { type: 'resnet', depth: 8, width: 8, stem: 4, dropout: 0.1 },
    sample: image(8),
  },
  {
    name: 'a ResNet of bottlenecks',
    architecture: { type: 'bottleneck-resnet', depth: 26, width: 4 },
    sample: image(16),
  },
  {
    name: 'a wide ResNet with dropout',
    architecture: { type: 'wrn', depth: 10, widen: 1, dropout: 0.2 },
    sample: image(8),
  },
  {
    name: 'a VGG',
    architecture: { type: 'vgg', depth: 8, widthMultiplier: 0.1, dropout: 0.1 },
    sample: image(16),
  },
  {
    name: 'a MobileNet',
    architecture: { type: 'mobilenet', blocks: 5, widthMultiplier: 0.5, dropout: 0.1 },
    sample: image(8),
  },
  {
    name: 'a MobileNetV2',
    architecture: { type: 'mobilenet-v2', blocks: [1, 1, 2, 1, 1, 1, 1], widthMultiplier: 0.5, expansion: 3 },
    sample: image(32),
  },
  {
    name: 'a ShuffleNet',
    architecture: { type: 'shufflenet', blocks: [2, 1, 1], groups: 2 },
    sample: image(16),
  },
  {
    name: 'a ShuffleNetV2',
    architecture: { type: 'shufflenet-v2', blocks: [2, 2, 1], widthMultiplier: 0.5 },
    sample: image(16),
  },
]

const tokens: Sample = { shape: [9], vocabulary: 23 }
const texts: Sample = { ...tokens, padding: 1 }
/** As many tokens as classes, of which each is the next one's. */
const text: Sample = { shape: [9], vocabulary: classes, labelShape: [9] }
const vectors: Sample = { shape: [9, 5] }

const sequences: Case[] = [
  {
    name: 'a CNN over tokens',
    architecture: { type: 'text-cnn', embedding: 8, kernelSizes: [2, 4], filters: 24, dropout: 0.1 },
    sample: tokens,
  },
  {
    name: 'a CNN over vectors',
    architecture: { type: 'text-cnn', kernelSizes: [3], filters: 24, dense: [16], activation: 'tanh' },
    sample: vectors,
  },
  {
    name: 'an LSTM over tokens',
    architecture: { type: 'lstm', embedding: 6, units: [16], dropout: 0.1 },
    sample: tokens,
  },
  {
    name: 'an LSTM of two layers in both directions, over vectors',
    architecture: { type: 'lstm', units: [12, 10], bidirectional: true },
    sample: vectors,
  },
  {
    name: 'a transformer over tokens',
    architecture: { type: 'transformer', width: 16, heads: 4, expansion: 2, dropout: 0.1 },
    sample: tokens,
  },
  {
    name: 'a causal transformer over vectors',
    architecture: { type: 'transformer', width: 12, depth: 1, heads: 3, causal: true },
    sample: vectors,
  },
]

const padded: Case[] = [
  {
    name: 'a CNN over padded texts',
    architecture: { type: 'text-cnn', embedding: 8, kernelSizes: [2, 8], filters: 24, activation: 'tanh' },
    sample: texts,
  },
  {
    name: 'an LSTM of two layers in both directions over padded texts',
    architecture: { type: 'lstm', embedding: 6, units: [8, 6], bidirectional: true, dropout: 0.1 },
    sample: texts,
  },
  {
    name: 'a transformer over padded texts',
    architecture: { type: 'transformer', width: 16, heads: 4, expansion: 2, dropout: 0.1 },
    sample: texts,
  },
]

const causal: Case[] = [
  {
    name: 'a causal transformer whose output is tied',
    architecture: { type: 'causal-transformer', width: 12, heads: 3, expansion: 2, dropout: 0.1 },
    sample: text,
  },
  {
    name: 'a causal transformer whose output is not',
    architecture: { type: 'causal-transformer', width: 8, depth: 1, heads: 2, tied: false },
    sample: text,
  },
]

const folder = temporaryFolder()
let engine: Engine

beforeAll(async () => {
  engine = await openEngine(placement)
})
afterAll(() => engine.close())

describe.each([...images, ...sequences, ...padded, ...causal])('$name', ({ name, architecture, sample }) => {
  const given = resolved(architecture)

  it('trains the same on both engines', async () => {
    await tf.setBackend('cpu')
    const about = { name: 'tensorflow', device: 'cpu', threads: 1, versions: {} } as const
    // Batch norm magnifies what rounding leaves, so image networks are compared after one step.
    const steps = images.some((each) => each.sample === sample) ? 1 : 3
    const eager = await trained(eagerEngine(about), given, sample, steps)
    await tf.setBackend('retort')
    const onnx = await trained(engine, given, sample, steps)
    expect(difference(eager.losses, onnx.losses)).toBeLessThan(1e-4)
    expect(difference(eager.logits, onnx.logits)).toBeLessThan(1e-3)
    expect(onnx.variables.length).toBe(eager.variables.length)
    for (const [index, values] of eager.variables.entries())
      expect(difference(values, onnx.variables[index]!)).toBeLessThan(1e-3)
  })

  it('gives the same logits as ONNX in plain onnxruntime and as files of TensorFlow.js', async () => {
    await tf.setBackend('retort')
    const model = build(given, sample)
    const preprocessing = { divisor: 1, mean: [0], deviation: [1] }
    const described = { preprocessing, vocabulary: null, tokenizer: null, classes, classNames: null, columnNames: null }
    const bytes = await onnxOf(model, described)
    const { topology, weights } = await tfjsOf(model, described)
    model.dispose()
    await tf.setBackend('cpu')
    const json = JSON.parse(Buffer.from(topology).toString())
    const loaded = await loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: Uint8Array.from(weights).buffer,
      }),
    )
    const session = await InferenceSession.create(bytes)
    for (const samples of [1, 3]) {
      const values = inputOf(sample, samples, 9)
      const shape = [samples, ...sample.shape]
      const dtype = sample.vocabulary === undefined ? 'float32' : 'int32'
      const expected = (loaded.predict(tf.tensor(values, shape, dtype)) as tf.Tensor).dataSync() as Float32Array
      const input =
        values instanceof Int32Array ? new Tensor('int32', values, shape) : new Tensor('float32', values, shape)
      const { logits } = await session.run({ input })
      expect(logits!.dims).toEqual([samples, ...(sample.labelShape ?? []), classes])
      expect(difference(expected, logits!.data as Float32Array)).toBeLessThan(1e-4)
      // Positions that have seen the same tokens have the same logits.
      if (sample.labelShape) expect(new Set(expected).size).toBeGreaterThan(samples * classes)
      else expect(new Set(expected).size).toBe(samples * classes)
    }
    await session.release()
    loaded.dispose()
  })

  // Models of positions have no one class to tell, and digits have no padding.
  if (sample.labelShape || sample.padding !== undefined) return
  it('learns from digits', async () => {
    const trial = config({
      // Sequence models read a digit's rows.
      dataset: digits(),
      architecture: given,
      training: { epochs: 3, batchSize: 32, optimizer: adam() },
    })
    const { result } = await run(request(folder, name, trial))
    // Three epochs of 640 digits; chance is 0.1.
    expect(expectDone(result).metrics.testAccuracy).toBeGreaterThan(0.3)
  })
})
