// The objective `rkd-angle`; orchestrator/src/objectives/rkdAngle.ts computes it.
import { featureObjective } from '../objective.ts'

export const rkdAngle = featureObjective({
  type: 'rkd-angle',
  title: 'Relational distillation by angles (arXiv:1904.05068).',
  description:
    'Huber loss between the angles of every three samples of a batch, averaged over batch^3. A usual weight is 50.',
  settings: {},
  ofPair: (student, teacher) => `Huber(angles(${student}), angles(${teacher}))`,
  layersNeed: () => undefined,
})
