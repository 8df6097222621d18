// Initial weights. A weight's values depend on the seed and on its place in the model only.
import { architectureFacts } from '@retort/schema/definitions/architectures'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { concat, fill, randomNormal, randomUniform, reshape, type Tensor, tidy, util } from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { drawNamed, orthogonal } from './keras/initializers.ts'

/** Far more than any model has; keeps the seeds of two models' weights apart. */
const weightsPerSeed = 2 ** 16

/** Sets all of a model's weights to those of the seed: for building a model, and for using it for another trial. */
export function initialise(model: LayersModel, architecture: ResolvedArchitecture, seed: number): void {
  if (architecture.type === 'keras') return drawNamed(model, (place) => seedOf(seed, place))
  const rectified = isRectified(architecture)
  const names = model.weights.map(({ originalName }) => originalName)
  for (const [place, weight] of model.weights.entries()) {
    const name = names[place]!
    const [, layer, part] = /^(.*)\/(.*)$/.exec(name) as unknown as [string, string, string]
    const shape = weight.shape as number[]
    const draws = draw[part === 'kernel' && rectified && layer !== 'logits' ? 'rectified kernel' : part] ?? zeros
    const recurrent = part === 'bias' && names.includes(`${layer}/recurrent_kernel`)
    tidy(() => void weight.write(recurrent ? rememberingBias(shape) : draws(shape, seedOf(seed, place))))
  }
}

/** Whether half of what a kernel gives is about to be cut off. */
function isRectified(architecture: Exclude<ResolvedArchitecture, { type: 'keras' }>): boolean {
  if (architectureFacts(architecture.type).kernels === 'glorot') return false
  return !('activation' in architecture) || ['relu', 'elu'].includes(architecture.activation)
}

/** TensorFlow.js takes 0 for no seed at all; no weight has the last place. */
const seedOf = (seed: number, place: number): number => seed * weightsPerSeed + place || weightsPerSeed - 1

type Draw = (shape: number[], seed: number) => Tensor

const zeros: Draw = (shape) => fill(shape, 0)
const ones: Draw = (shape) => fill(shape, 1)

/** By what a weight is to its layer; all others are zeros. */
const draw: Record<string, Draw> = {
  gamma: ones,
  moving_variance: ones,
  kernel: glorotUniform,
  'rectified kernel': heNormal,
  // [height, width, channels, 1], whose filters see their own channel only.
  depthwise_kernel: (shape, seed) => reshape(heNormal([...shape.slice(0, 2), 1, shape[2]! * shape[3]!], seed), shape),
  recurrent_kernel: (shape, seed) => orthogonal(shape, {}, seed),
  // As Keras draws them.
  embeddings: (shape, seed) => randomUniform(shape, -0.05, 0.05, 'float32', seed),
}

/** Ones for the forget gate, the second of an LSTM's four (Jozefowicz et al., 2015). */
function rememberingBias([length]: number[]): Tensor {
  const units = length! / 4
  return concat([fill([units], 0), fill([units], 1), fill([2 * units], 0)])
}

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
