// The objective `logit-mse`; orchestrator/src/objectives/logitMse.ts computes it.
import { objective } from '../objective.ts'

export const logitMse = objective({
  type: 'logit-mse',
  title: "Regression of the teacher's logits (arXiv:1312.6184).",
  description:
    'Half the squared distance of the logits, summed over classes, averaged over the batch. Knows no temperature.',
  settings: {},
  readsTemperature: false,
  readsClasses: false,
  acrossVocabularies: false,
  allowsMasks: false,
  formula: () => '|z_s - z_t|^2 / 2',
})
