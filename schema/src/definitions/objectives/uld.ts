// The objective `uld`; orchestrator/src/objectives/uld.ts computes it.
import { objective } from '../objective.ts'

export const uld = objective({
  type: 'uld',
  title: 'Universal logit distillation (arXiv:2402.12030).',
  description:
    "T times the L1 distance of the teacher's and the student's probabilities at temperature T, each sorted by size: summed over classes, averaged over the batch. The factor T keeps the gradient, which shrinks as 1 / T, on the labels' scale; the paper has T = 1. It does not see which class has which, so the labels need a weight of their own.",
  settings: {},
  readsTemperature: true,
  readsClasses: false,
  acrossVocabularies: true,
  allowsMasks: true,
  formula: () => 'T * |sorted(softmax(z_s / T)) - sorted(softmax(z_t / T))|_1',
})
