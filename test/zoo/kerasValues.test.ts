// Layers and settings of Keras against Keras itself, in values, gradients and counts of parameters.
//
// topologies/kerasValues.json, and kerasModels.json with whole files that Keras wrote, hold what Keras 3.15 (or 2.15 where it
// says so) gives in float64 on TensorFlow, and in float32 for pooling of volumes, which that has not otherwise: the
// outputs for three samples, and of each trained weight one number that its whole gradient enters. Samples are
// sin(0.9 (i + 1)) or token ids, the k-th weight, from 1, is sin(1.3 (i + 1) + 0.7 k) / 2, the loss is the sum of
// outputs[i] cos(0.37 (i + 1)), and a gradient's number the sum of gradient[i] cos(0.11 (i + 1)).
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { onnxOf } from '../../orchestrator/src/trial/exportModel.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import { architectureOf } from './topologies/build.ts'
import { all, close, modelOf, samplesOf, stepOf } from './topologies/kerasCases.ts'

describe('TensorFlow.js', () => {
  it.each(all)('computes as Keras, and again what is written of it: $name', async (each) => {
    await tf.setBackend('cpu')
    const model = modelOf(each)
    expect(parameterCount(model)).toBe(each.parameters)
    const { shape, tokens } = each
    const samples = tf.tensor(samplesOf(each), [3, ...shape], tokens ? 'int32' : 'float32')
    const results = tf.tidy(() => stepOf(model)({ samples }))
    close(results.outputs!.dataSync(), each.outputs)
    close(results.gradients!.dataSync(), each.gradients)
    const written = { modelTopology: model.toJSON(null, false), format: 'layers-model' }
    const again = buildModel(architectureOf(written), shape, 3, 2, tokens ? 9 : null)
    again.setWeights(model.getWeights())
    close((again.predict(samples) as tf.Tensor).dataSync(), each.outputs)
    model.dispose()
  })
})

describe('the onnx engine', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await openEngine({ engine: 'onnx', device: 'cpu', threads: 1 })
  })
  afterAll(() => engine.close())

  it.each(all)('computes as Keras, and onnxruntime what is exported: $name', async (each) => {
    const model = modelOf(each)
    const { shape, tokens } = each
    const dtype = tokens ? 'int32' : 'float32'
    const step = await engine.compile(stepOf(model), { samples: { shape: [3, ...shape], dtype } })
    const { outputs, gradients } = await step.run({ samples: samplesOf(each) })
    close(outputs!, each.outputs)
    close(gradients!, each.gradients)
    step.dispose()
    const about = {
      preprocessing: null,
      vocabulary: null,
      tokenizer: null,
      classes: 3,
      classNames: null,
      columnNames: null,
    }
    const session = await InferenceSession.create(await onnxOf(model, about as never))
    const samples = new Tensor(dtype, samplesOf(each) as never, [3, ...shape])
    close((await session.run({ input: samples })).logits!.data as Float32Array, each.outputs)
    model.dispose()
  })
})
