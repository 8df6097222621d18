// The objective `top-k`; orchestrator/src/objectives/topK.ts computes it.
import { objective } from '../objective.ts'

export const topK = objective({
  type: 'top-k',
  title: "The top of the teacher's predictions.",
  description:
    "Soft targets of the teacher's k likeliest classes and of all others as one: T^2 * KL(teacher || student) at temperature T over these k + 1, averaged over the batch.",
  required: ['k'],
  settings: {
    k: {
      description: 'How many classes of each sample are told apart; at most as many as the data has.',
      type: 'integer',
      minimum: 1,
      maximum: 1000000,
      examples: [32],
    },
  },
  readsTemperature: true,
  readsClasses: false,
  acrossVocabularies: false,
  allowsMasks: true,
  formula: ({ k }) => `T^2 * KL(top_${k}(softmax(z_t / T)) || the same of softmax(z_s / T)), the rest as one`,
  classProblem: ({ k }, classes) =>
    k <= classes ? undefined : { setting: 'k', expected: `at most the data's ${classes} classes`, found: k },
})
