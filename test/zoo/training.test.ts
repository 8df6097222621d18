// Every architecture of the zoo trains: the same on both engines, and to something on real digits; what is exported
// of it gives the same logits elsewhere.
import '@tensorflow/tfjs-backend-cpu'
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
import { cases } from './cases.ts'
import { build, classes, difference, inputOf, trained } from './trained.ts'

const folder = temporaryFolder()
let engine: Engine

beforeAll(async () => {
  engine = await openEngine(placement)
})
afterAll(() => engine.close())

describe.each(cases)('$name', ({ name, architecture, sample }) => {
  const given = resolved(architecture)

  it('trains the same on both engines', async () => {
    await tf.setBackend('cpu')
    const about = { name: 'tensorflow', device: 'cpu', threads: 1, versions: {} } as const
    // Batch norm magnifies what rounding leaves, so image networks are compared after one step.
    const steps = sample.shape.length === 3 ? 1 : 3
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
