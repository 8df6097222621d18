// The objective `soft-targets`; orchestrator/src/objectives/softTargets.ts computes it.
import { objective } from '../objective.ts'

export const softTargets = objective({
  type: 'soft-targets',
  title: "Hinton's soft targets (arXiv:1503.02531).",
  description:
    "Hinton's soft targets: T^2 * KL(softmax(z_t / T) || softmax(z_s / T)), summed over classes, averaged over the batch.",
  settings: {
    standardise: {
      description:
        "Logit standardisation (arXiv:2403.01427): each sample's logits, the teacher's and the student's, less their mean and over their standard deviation before the temperature.",
      type: 'boolean',
      default: false,
      examples: [true],
    },
  },
  readsTemperature: true,
  readsClasses: false,
  acrossVocabularies: false,
  allowsMasks: {
    where: ({ standardise }) => !standardise,
    allowed: 'soft-targets',
    refused: 'soft-targets with standardise',
  },
  formula: ({ standardise }) =>
    standardise
      ? 'T^2 * KL(softmax(Z(z_t) / T) || softmax(Z(z_s) / T)) with Z(z) = (z - mean(z)) / std(z)'
      : 'T^2 * KL(softmax(z_t / T) || softmax(z_s / T))',
})
