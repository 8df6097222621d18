// The objective `jsd`; orchestrator/src/objectives/jsd.ts computes it.
import { objective } from '../objective.ts'

export const jsd = objective({
  type: 'jsd',
  title: 'Generalised Jensen-Shannon divergence (arXiv:2306.13649).',
  description:
    'T^2 times the generalised Jensen-Shannon divergence of teacher and student at temperature T, averaged over the batch.',
  settings: {
    beta: {
      description:
        'Share of the teacher in the mixture. 0 and 1 stand for what the divergence over beta, or over 1 - beta, comes to: the divergence from the teacher, and the one from the student.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      maximum: 1,
      default: 0.5,
      examples: [0.5],
    },
  },
  readsTemperature: true,
  readsClasses: false,
  acrossVocabularies: false,
  allowsMasks: { where: ({ beta }) => beta < 1, allowed: 'jsd with beta below 1', refused: 'jsd with beta 1' },
  formula: ({ beta }) => `T^2 * JSD_${beta}(softmax(z_t / T) || softmax(z_s / T))`,
})
