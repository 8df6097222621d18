// The label loss `label-smoothing`.
import { labelLoss, rest } from '../labelLoss.ts'

export const labelSmoothing = labelLoss({
  type: 'label-smoothing',
  title: 'Label smoothing.',
  description:
    'Cross entropy to labels of which a share is spread evenly over all classes (arXiv:1512.00567, section 7).',
  settings: {
    epsilon: {
      description: 'The share that is spread.',
      type: 'number',
      float32: 'itself',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.1,
      examples: [0.1],
    },
  },
  formula: ({ epsilon }, y) => `CE(${rest(epsilon)} * ${y} + ${epsilon} / classes, z_s)`,
})
