// The objective `attention-transfer`; orchestrator/src/objectives/attentionTransfer.ts computes it.
import { featureObjective } from '../objective.ts'

export const attentionTransfer = featureObjective({
  type: 'attention-transfer',
  title: 'Attention transfer (arXiv:1612.03928).',
  description:
    'Mean squares between the maps of where teacher and student are active, each of length 1, averaged over batch and positions. A usual weight is 1000.',
  settings: {
    resize: {
      description:
        "What makes two sizes one: the teacher's map is resized to the student's size, bilinearly; or the larger features are averaged down to the smaller's size before their map is taken, as RepDistiller's code does, whose `convention` has it so.",
      enum: ['map', 'features'],
      default: 'map',
      examples: ['features'],
    },
  },
  ofPair: (student, teacher) => `mean((Q(${student}) - Q(${teacher}))^2)`,
  note: ({ resize }) => (resize === 'features' ? ' with the larger features averaged down to the smaller' : ''),
  layersNeed: (student, teacher) =>
    student.length === 3 && teacher.length === 3 ? undefined : 'two layers of height x width x channels',
})
