// The `onnx` engine: records TensorFlow.js steps as graphs and runs them with onnxruntime's native kernels.
import * as tf from '@tensorflow/tfjs-core'
import onnxruntime from 'onnxruntime-node'
import type { Engine } from './engine.ts'
import { constant } from './graph/value.ts'
import { activate } from './record/kernels.ts'
import { trace } from './record/trace.ts'
import { blockLength } from './session/blockLength.ts'
import { compile } from './session/compile.ts'
import { evaluate } from './session/evaluate.ts'
import { openGroup } from './session/group.ts'
import { profile } from './session/profile.ts'
import { type Runtime, runtime } from './session/runtime.ts'

export interface OnnxOptions {
  device: Runtime['device']
  threads: number
}

/** Opens the engine. Throws if the device does not work here, with onnxruntime's reason. */
export async function openOnnxEngine({ device, threads }: OnnxOptions): Promise<Engine> {
  const backend = await activate()
  const own = runtime(device, threads)
  await own.gpu?.open()
  const compute = evaluate(own)
  await compute({ value: constant(new Float32Array(1), [1], 'float32'), shape: [1], dtype: 'float32', layout: 'plain' })
  const target = { device, block: device === 'cpu' ? await blockLength() : undefined }
  backend.target = target
  backend.evaluate = compute
  return {
    name: 'onnx',
    device,
    threads,
    versions: { onnxruntime: onnxruntime.env.versions.node ?? 'unknown', 'tfjs-core': tf.version_core },
    compile: async (step, inputs) => {
      backend.target = target
      return compile(backend, own, trace(backend, step, inputs))
    },
    profile: async (step, inputs) => {
      backend.target = target
      return profile(backend, own, trace(backend, step, inputs))
    },
    openGroup: (members) => {
      const group = openGroup(backend, own, members)
      return {
        ...group,
        compile: (...given) => {
          // Members become groups of one convolution, for which blocks of channels do not pay.
          backend.target = { ...target, block: undefined }
          return group.compile(...given)
        },
      }
    },
    close: async () => {
      if (backend.evaluate === compute) backend.evaluate = undefined
      await own.gpu?.close()
    },
  }
}
