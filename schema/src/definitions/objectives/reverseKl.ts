// The objective `reverse-kl`; orchestrator/src/objectives/reverseKl.ts computes it.
import { objective } from '../objective.ts'

export const reverseKl = objective({
  type: 'reverse-kl',
  title: 'The divergence the other way round (arXiv:2306.08543, arXiv:2306.13649).',
  description:
    'T^2 * KL(softmax(z_s / T) || softmax(z_t / T)), summed over classes, averaged over the batch: from the student to the teacher.',
  settings: {},
  readsTemperature: true,
  readsClasses: false,
  acrossVocabularies: false,
  allowsMasks: false,
  formula: () => 'T^2 * KL(softmax(z_s / T) || softmax(z_t / T))',
})
