// Finds out how many channels lie together in onnxruntime's convolutions in blocks, which depends on the processor:
// reorders numbered channels and looks where the second pixel went.
import { InferenceSession } from 'onnxruntime-node'
import { apply } from '../graph/build.ts'
import { encode } from '../graph/encode.ts'
import { placeholder } from '../graph/value.ts'
import { runtime, sessionOptions } from './runtime.ts'
import { tensorOf } from './state.ts'

const CHANNELS = 64

let known: Promise<number | undefined> | undefined

/** The length of a block, or undefined if this processor or this onnxruntime has no such convolutions. */
export function blockLength(): Promise<number | undefined> {
  known ??= measure()
  return known
}

async function measure(): Promise<number | undefined> {
  const shape = [1, CHANNELS, 1, 2]
  const x = placeholder('x', shape, 'float32')
  const y = apply('ToBlocks', [x], { channels_last: 0 })
  try {
    const model = encode({ inputs: [{ name: 'x', value: x }], outputs: [{ name: 'y', value: y }] }, { name: 'blocks' })
    const session = await InferenceSession.create(model, sessionOptions(runtime('cpu', 1)))
    const pixels = Float32Array.from({ length: 2 * CHANNELS }, (_, i) => i)
    const result = await session.run({ x: tensorOf('float32', pixels, shape) })
    await session.release()
    const length = (result.y!.data as Float32Array).indexOf(1)
    return length > 1 && length <= CHANNELS ? length : undefined
  } catch {
    // An onnxruntime without these operators refuses the model: there the standard ones run.
    return undefined
  }
}
