// The objective `rkd-distance`; orchestrator/src/objectives/rkdDistance.ts computes it.
import { featureObjective } from '../objective.ts'

export const rkdDistance = featureObjective({
  type: 'rkd-distance',
  title: 'Relational distillation by distances (arXiv:1904.05068).',
  description:
    'Huber loss between the distances of every two samples of a batch, averaged over batch x batch. A usual weight is 25.',
  settings: {},
  ofPair: (student, teacher) => `Huber(distances(${student}), distances(${teacher}))`,
  layersNeed: () => undefined,
})
