// Initial weights. A weight's values depend on the seed and on its place in the model only.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { fill, randomNormal, randomUniform, type Tensor, tidy, util } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { drawNamed } from './kerasInitializers.ts'

/** Far more than any model has; keeps the seeds of two models' weights apart. */
const weightsPerSeed = 2 ** 16

/** Sets all of a model's weights to those of the seed: for building a model, and for using it for another trial. */
export function initialise(model: LayersModel, architecture: ResolvedArchitecture, seed: number): void {
  if (architecture.type === 'keras') return drawNamed(model, (place) => seedOf(seed, place))
  const rectified = architecture.type === 'resnet' || ['relu', 'elu'].includes(architecture.activation)
  for (const [place, weight] of model.weights.entries()) {
    const name = weight.originalName
    const shape = weight.shape as number[]
    tidy(() => {
      if (!name.endsWith('/kernel')) {
        const one = name.endsWith('/gamma') || name.endsWith('/moving_variance')
        weight.write(fill(shape, one ? 1 : 0))
      } else {
        const draw = rectified && name !== 'logits/kernel' ? heNormal : glorotUniform
        weight.write(draw(shape, seedOf(seed, place)))
      }
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
