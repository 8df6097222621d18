// Tensors in the memory of the GPU that WebGPU uses. onnxruntime-node moves them only as inputs and outputs of a
// session, so two sessions that change nothing carry them there and back.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { apply } from '../graph/build.ts'
import { encode } from '../graph/encode.ts'
import { type Data, placeholder, size } from '../graph/value.ts'

export interface GpuMemory {
  /** From now on, and not only while there are steps, onnxruntime keeps the device and the shaders it has compiled. */
  open(): Promise<void>
  /** A copy of values there; where a tensor is only to be written, any will do. */
  upload(data: Float32Array, shape: readonly number[]): Promise<Tensor>
  /** A copy of a tensor's values. */
  download(tensor: Tensor): Promise<Data>
  close(): Promise<void>
}

export function gpuMemory(options: InferenceSession.SessionOptions): GpuMemory {
  let upwards: Promise<InferenceSession> | undefined
  let downwards: Promise<InferenceSession> | undefined
  return {
    async open() {
      upwards ??= carrier({ ...options, preferredOutputLocation: 'gpu-buffer' })
      downwards ??= carrier(options)
      await Promise.all([upwards, downwards])
    },
    async upload(data, shape) {
      // onnxruntime gives no buffer to an empty tensor, and cannot take one back.
      if (data.length === 0) return new Tensor('float32', data, shape)
      const { y } = await (await opened(upwards)).run({ x: new Tensor('float32', data, [data.length]) })
      return shaped(y!, shape)
    },
    async download(tensor) {
      if (tensor.location === 'cpu') return (tensor.data as Float32Array).slice()
      const { y } = await (await opened(downwards)).run({ x: shaped(tensor, [size(tensor.dims)]) })
      return y!.data as Float32Array
    },
    async close() {
      const sessions = [await upwards, await downwards]
      upwards = downwards = undefined
      for (const session of sessions) await session?.release()
    },
  }
}

function opened(session: Promise<InferenceSession> | undefined): Promise<InferenceSession> {
  if (!session) throw new Error('The engine is closed')
  return session
}

/** The same memory under another shape. */
function shaped(tensor: Tensor, shape: readonly number[]): Tensor {
  return Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType: 'float32', dims: [...shape] })
}

function carrier(options: InferenceSession.SessionOptions): Promise<InferenceSession> {
  const x = placeholder('x', [1], 'float32')
  const graph = { inputs: [{ name: 'x', value: x }], outputs: [{ name: 'y', value: apply('Identity', [x]) }] }
  return InferenceSession.create(encode(graph, { name: 'carrier', shape: () => ['length'] }), options)
}
