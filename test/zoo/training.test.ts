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

const cases: Case[] = [
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

const folder = temporaryFolder()
let engine: Engine

beforeAll(async () => {
  engine = await openEngine(placement)
})
afterAll(() => engine.close())

describe.each(cases)('$name', ({ architecture, sample }) => {
  const given = resolved(architecture)

  it('trains the same on both engines', async () => {
    await tf.setBackend('cpu')
    const about = { name: 'tensorflow', device: 'cpu', threads: 1, versions: {} } as const
    const eager = await trained(eagerEngine(about), given, sample, 1)
    await tf.setBackend('retort')
    const onnx = await trained(engine, given, sample, 1)
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
    const described = { preprocessing, classes, classNames: null, columnNames: null }
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
      const expected = (loaded.predict(tf.tensor(values, shape)) as tf.Tensor).dataSync() as Float32Array
      const { logits } = await session.run({ input: new Tensor('float32', values as Float32Array, shape) })
      expect(logits!.dims).toEqual([samples, classes])
      expect(difference(expected, logits!.data as Float32Array)).toBeLessThan(1e-4)
      expect(new Set(expected).size).toBe(samples * classes)
    }
    await session.release()
    loaded.dispose()
  })

  it('learns from digits', async () => {
    const trial = config({
      dataset: digits(),
      architecture: given,
      training: { epochs: 3, batchSize: 32, optimizer: adam() },
    })
    const { result } = await run(request(folder, architecture.type, trial))
    // Three epochs of 640 digits; chance is 0.1.
    expect(expectDone(result).metrics.testAccuracy).toBeGreaterThan(0.3)
  })
})
