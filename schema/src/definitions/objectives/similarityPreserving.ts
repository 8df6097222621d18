// The objective `similarity-preserving`; orchestrator/src/objectives/similarityPreserving.ts computes it.
import { featureObjective } from '../objective.ts'

export const similarityPreserving = featureObjective({
  type: 'similarity-preserving',
  title: 'Similarity-preserving distillation (arXiv:1907.09682).',
  description:
    'Squares between the similarities that teacher and student see between the samples of a batch, averaged over batch x batch. A usual weight is 3000.',
  settings: {},
  ofPair: (student, teacher) => `|G(${student}) - G(${teacher})|^2 / batch^2`,
  layersNeed: () => undefined,
})
