// Further axes of a sweep.
import { schema } from './schema.ts'

export const axis = schema({
  name: 'Axis',
  description: 'An axis of the sweep.',
  type: 'object',
  required: ['values'],
  additionalProperties: false,
  properties: {
    values: {
      description: 'The values to try, each of which must be valid where the path points.',
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {},
      examples: [[0.001, 0.0003]],
    },
  },
  examples: [{ values: [0.001, 0.0003] }],
})
