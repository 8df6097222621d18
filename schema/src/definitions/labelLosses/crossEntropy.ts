// The label loss `cross-entropy`.
import { labelLoss } from '../labelLoss.ts'

export const crossEntropy = labelLoss({
  type: 'cross-entropy',
  title: 'Cross entropy.',
  description: '-log softmax(z)[y], averaged over the batch.',
  settings: {},
  formula: (_, y) => `CE(${y}, z_s)`,
})
