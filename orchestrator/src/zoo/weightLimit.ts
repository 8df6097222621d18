// Models whose weights no ONNX file holds are refused before memory is taken for them.
import { util } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'

/** Bytes of a protobuf message, less some for all that is no weight. */
const limit = 2 ** 31 - 2 ** 24
const most = limit / Float32Array.BYTES_PER_ELEMENT

interface AddsWeights {
  addWeight(name: string, shape: number[], ...rest: unknown[]): unknown
}

/**
 * Builds a model, and counts each weight before it is there.
 * @param path what the problem is one of
 * @throws ArchitectureProblem as soon as there are more than an ONNX file holds
 */
export function withinLimit<T>(path: string[], build: () => T): T {
  const prototype = layers.Layer.prototype as unknown as AddsWeights
  const own = prototype.addWeight
  let count = 0
  prototype.addWeight = function (name, shape, ...rest) {
    count += util.sizeFromShape(shape)
    if (count > most) {
      const expected = `at most ${millions(most)} million parameters, the 2 GB that an ONNX file holds`
      throw new ArchitectureProblem(`expected ${expected}, got more than ${millions(count - 1)} million`, path)
    }
    return own.call(this, name, shape, ...rest)
  }
  try {
    return build()
  } finally {
    prototype.addWeight = own
  }
}

const millions = (count: number): string => Math.floor(count / 1e6).toLocaleString('en')
