// The objective `hints`; orchestrator/src/objectives/hints.ts computes it.
import { featureObjective, type LayerShape } from '../objective.ts'

export const hints = featureObjective({
  type: 'hints',
  title: "FitNets' hints (arXiv:1412.6550).",
  description:
    "Mean squares between the teacher's features and a regression of them from the student's, averaged over batch and features. The regressor is trained with the student and is no part of it. Height and width must be equal.",
  settings: {},
  ofPair: (student, teacher) => `mean((r(${student}) - ${teacher})^2)`,
  layersNeed: (student, teacher) => {
    const sizes = (shape: LayerShape) => JSON.stringify(shape.slice(0, -1))
    const alike = [1, 3].includes(student.length) && sizes(student) === sizes(teacher)
    return alike ? undefined : 'two layers of units, or two of channels of equal height and width'
  },
})
