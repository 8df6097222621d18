// The optimizers and their settings.
import { oneOf, tagged } from './kind.ts'
import { schema } from './schema.ts'

export const learningRate = schema({
  name: 'LearningRate',
  description: 'The highest learning rate of the schedule.',
  type: 'number',
  float32: 'itself',
  exclusiveMinimum: 0,
  examples: [0.001],
})

export const momentum = schema({
  name: 'Momentum',
  description: "Share of the last update's direction that is kept.",
  type: 'number',
  float32: 'itself',
  minimum: 0,
  exclusiveMaximum: 1,
  default: 0.9,
  examples: [0.9],
})

export const nesterov = schema({
  name: 'Nesterov',
  description: 'Whether to look ahead along the momentum.',
  type: 'boolean',
  default: false,
  examples: [true],
})

export const beta1 = schema({
  name: 'Beta1',
  description: "Decay of the gradient's running mean.",
  type: 'number',
  float32: 'itself',
  minimum: 0,
  exclusiveMaximum: 1,
  default: 0.9,
  examples: [0.9],
})

export const beta2 = schema({
  name: 'Beta2',
  description: "Decay of the squared gradient's running mean.",
  type: 'number',
  float32: 'itself',
  minimum: 0,
  exclusiveMaximum: 1,
  default: 0.999,
  examples: [0.999],
})

export const epsilon = schema({
  name: 'Epsilon',
  description: 'Keeps the division defined.',
  type: 'number',
  float32: 'itself',
  exclusiveMinimum: 0,
  default: 1e-8,
  examples: [1e-8],
})

export const weightDecay = schema({
  name: 'WeightDecay',
  description: 'Pull of the kernels towards zero; biases and batch norm are not decayed.',
  type: 'number',
  float32: 'itself',
  minimum: 0,
  default: 0,
  examples: [0.0005],
})

export const optimizerOverride = schema({
  name: 'OptimizerOverride',
  description: "Settings that replace those of the file's optimizer.",
  type: 'object',
  additionalProperties: false,
  properties: {
    type: { description: 'Another optimizer.', enum: ['sgd', 'adam', 'adamw'], examples: ['sgd'] },
    learningRate: learningRate,
    momentum: momentum,
    nesterov: nesterov,
    beta1: beta1,
    beta2: beta2,
    epsilon: epsilon,
    weightDecay: weightDecay,
  },
  examples: [{ learningRate: 0.0003 }],
})

export const sgdOptimizer = tagged('Optimizer', {
  type: 'sgd',
  title: 'Stochastic gradient descent.',
  description:
    "Stochastic gradient descent; v = momentum * v + g + weightDecay * w, w -= learningRate * v (PyTorch's convention).",
  settings: {
    learningRate: { $ref: learningRate, default: 0.1 },
    momentum: momentum,
    nesterov: nesterov,
    weightDecay: weightDecay,
  },
})

export const adamOptimizer = tagged('Optimizer', {
  type: 'adam',
  title: 'The Adam optimizer.',
  description: 'Adam (arXiv:1412.6980), weight decay added to the gradient.',
  settings: {
    learningRate: { $ref: learningRate, default: 0.001 },
    beta1: beta1,
    beta2: beta2,
    epsilon: epsilon,
    weightDecay: weightDecay,
  },
})

export const adamwOptimizer = tagged('Optimizer', {
  type: 'adamw',
  title: 'The AdamW optimizer.',
  description: 'Adam with decoupled weight decay (arXiv:1711.05101), scaled by the learning rate.',
  settings: {
    learningRate: { $ref: learningRate, default: 0.001 },
    beta1: beta1,
    beta2: beta2,
    epsilon: epsilon,
    weightDecay: { $ref: weightDecay, default: 0.01 },
  },
})

export const optimizers = [sgdOptimizer, adamOptimizer, adamwOptimizer] as const

export const optimizerSchema = oneOf(optimizers, {
  name: 'Optimizer',
  description: 'The optimizer and its settings.',
  default: { type: 'adam' },
  examples: [{ type: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.0005 }],
})
