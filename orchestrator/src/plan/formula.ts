// The loss that a sweep minimises, written out with its numbers as people write it.
import type { Experiment, Objective } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'

/** What the student learns from the teacher, per objective: direction, temperature factor and all. */
const fromTeacher: { [Type in Objective['type']]: string } = {
  'soft-targets': 'T^2 * KL(softmax(z_t / T) || softmax(z_s / T))',
}

const hard = 'CE(y, z_s)'
const reduction = 'mean over the batch'

/** y are the labels, z_s and z_t the logits of student and teacher. */
export function formula(experiment: Resolved<Experiment>): string {
  const { objective, temperatures, lossWeights, teachers, pairs, baselines } = experiment
  const alone = `loss = ${hard}, ${reduction}`
  // Without teachers, students may teach each other.
  if (teachers.length === 0 && pairs === 'all') return alone
  const weights = lossWeights.map((weight) => `(${weight.hard}, ${weight.soft})`)
  const distilled =
    `loss = w_hard * ${hard} + w_soft * ${fromTeacher[objective.type]}, ${reduction}; ` +
    `T in {${temperatures.join(', ')}}, (w_hard, w_soft) in {${weights.join(', ')}}`
  return baselines.length === 0 ? distilled : `${distilled}; teachers and baselines: ${alone}`
}
