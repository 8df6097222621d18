// What the two parts of a loss weigh.
import { weightCourse } from './courses.ts'
import { schema } from './schema.ts'

export const lossWeights = schema({
  name: 'LossWeights',
  description: "loss = hard * the labels' part + soft * the sum of the objectives, each times its own weight",
  type: 'object',
  required: ['hard', 'soft'],
  additionalProperties: false,
  properties: {
    hard: {
      description: "Weight of the labels' part, `training.labelLoss`.",
      oneOf: [{ type: 'number', float32: 'itself', minimum: 0 }, weightCourse],
      examples: [0.1],
    },
    soft: {
      description: 'Weight of what is learned from the teacher, `objective`.',
      oneOf: [{ type: 'number', float32: 'itself', minimum: 0 }, weightCourse],
      examples: [0.9, { from: 0.9, to: 0.1 }],
    },
  },
  examples: [{ hard: 0.1, soft: 0.9 }],
})
