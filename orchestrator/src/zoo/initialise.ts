// Initial weights. A weight's values depend on the seed and on its place in the model only.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { fill, randomNormal, randomUniform, reshape, type Tensor, tidy, util } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { drawNamed } from './kerasInitializers.ts'

/** Far more than any model has; keeps the seeds of two models' weights apart. */
const weightsPerSeed = 2 ** 16

/** Sets all of a model's weights to those of the seed: for building a model, and for using it for another trial. */
export function initialise(model: LayersModel, architecture: ResolvedArchitecture, seed: number): void {
  if (architecture.type === 'keras') return drawNamed(model, (place) => seedOf(seed, place))
  const rectified = !('activation' in architecture) || ['relu', 'elu'].includes(architecture.activation)
  for (const [place, weight] of model.weights.entries()) {
    const name = weight.originalName
    const shape = weight.shape as number[]
    tidy(() => {
      const part = name.slice(name.lastIndexOf('/') + 1)
      const seeded = seedOf(seed, place)
      if (part === 'depthwise_kernel') {
        // Each filter sees its own channel only.
        weight.write(reshape(heNormal([...shape.slice(0, 2), 1, shape[2]! * shape[3]!], seeded), shape))
      } else if (part === 'kernel') {
        weight.write((rectified && name !== 'logits/kernel' ? heNormal : glorotUniform)(shape, seeded))
      } else weight.write(fill(shape, part === 'gamma' || part === 'moving_variance' ? 1 : 0))
    })
  }
}

/** TensorFlow.js takes 0 for no seed at all; no weight has the last place. */
const seedOf = (seed: number, place: number): number => seed * weightsPerSeed + place || weightsPerSeed - 1

/** Normal with variance 2 / fan in (He et al., arXiv:1502.01852). */
function heNormal(shape: number[], seed: number): Tensor {
  return randomNormal(shape, 0, Math.sqrt(2 / fans(shape)[0]), 'float32', seed)
}

/** Uniform within sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010). */
function glorotUniform(shape: number[], seed: number): Tensor {
  const [fanIn, fanOut] = fans(shape)
  const limit = Math.sqrt(6 / (fanIn + fanOut))
  return randomUniform(shape, -limit, limit, 'float32', seed)
}

/** Of a kernel [...window, in, out]. */
function fans(shape: number[]): [number, number] {
  const window = util.sizeFromShape(shape.slice(0, -2))
  return [window * (shape.at(-2) as number), window * (shape.at(-1) as number)]
}
