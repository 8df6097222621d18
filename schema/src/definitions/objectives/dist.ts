// The objective `dist`; orchestrator/src/objectives/dist.ts computes it.
import { objective } from '../objective.ts'

export const dist = objective({
  type: 'dist',
  title: 'Distillation from a stronger teacher (arXiv:2205.10536).',
  description:
    "One minus Pearson's correlation of the predictions, T^2 * (inter * over the classes of each sample + intra * over the samples of each class).",
  settings: {
    inter: {
      description: 'Weight of the correlation over the classes of each sample.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      default: 1,
      examples: [1],
    },
    intra: {
      description: "Weight of the correlation over the batch's samples of each class.",
      type: 'number',
      float32: 'itself',
      minimum: 0,
      default: 1,
      examples: [1],
    },
  },
  readsTemperature: true,
  readsClasses: false,
  acrossVocabularies: false,
  allowsMasks: true,
  formula: ({ inter, intra }) =>
    `T^2 * (${inter} * (1 - corr over classes) + ${intra} * (1 - corr over the batch))(softmax(z_s / T), softmax(z_t / T))`,
})
