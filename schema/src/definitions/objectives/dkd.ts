// The objective `dkd`; orchestrator/src/objectives/dkd.ts computes it.
import { objective } from '../objective.ts'

export const dkd = objective({
  type: 'dkd',
  title: 'Decoupled knowledge distillation (arXiv:2203.08679).',
  description:
    'Decoupled distillation: T^2 * (alpha * target-class part + beta * non-target part), averaged over the batch.',
  settings: {
    alpha: {
      description: 'Weight of the target class against all others.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      default: 1,
      examples: [1],
    },
    beta: {
      description: 'Weight of the classes among themselves that are not the target.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      default: 8,
      examples: [8],
    },
  },
  readsTemperature: true,
  readsClasses: true,
  acrossVocabularies: false,
  allowsMasks: true,
  formula: ({ alpha, beta }) => `T^2 * (${alpha} * TCKD + ${beta} * NCKD)(softmax(z_t / T) || softmax(z_s / T))`,
})
