// The label loss `tf-kd`.
import { labelLoss, rest } from '../labelLoss.ts'

export const tfKd = labelLoss({
  type: 'tf-kd',
  title: 'Teacher-free regularisation.',
  description:
    'Teacher-free regularisation (arXiv:1909.11723): (1 - alpha) * cross entropy + alpha * T^2 * KL from a virtual teacher that is right with probability `correct`, both at temperature T.',
  settings: {
    alpha: {
      description: 'Weight of the virtual teacher; the labels have the rest.',
      type: 'number',
      float32: 'itself',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.1,
      examples: [0.1],
    },
    correct: {
      description: 'The probability that the virtual teacher gives the right class; the others share the rest evenly.',
      type: 'number',
      float32: 'itself',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.99,
      examples: [0.99],
    },
    temperature: {
      description: 'Softens the virtual teacher and the student; no part of `temperatures`.',
      type: 'number',
      float32: 'squared',
      exclusiveMinimum: 0,
      default: 20,
      examples: [20],
    },
  },
  formula: ({ alpha, correct, temperature: T }, y) =>
    `(${rest(alpha)} * CE(${y}, z_s) + ${alpha} * ${T}^2 * KL(p_${correct}(${y})^(1 / ${T}) / norm || softmax(z_s / ${T})))`,
})
