// The layers that objectives on features compare.
import { schema, type ValueOf } from './schema.ts'

export const layerPair = schema({
  name: 'LayerPair',
  description: 'A layer of each model, by its name in the model.',
  type: 'object',
  required: ['student', 'teacher'],
  additionalProperties: false,
  properties: {
    student: {
      description: "The student's layer. An unknown name is answered with those there are.",
      type: 'string',
      examples: ['conv2_relu'],
    },
    teacher: { description: "The teacher's layer.", type: 'string', examples: ['stage3_block1_relu'] },
  },
  examples: [{ student: 'conv2_relu', teacher: 'conv2_relu' }],
})

export const layerPairs = schema({
  name: 'LayerPairs',
  description:
    "Layers whose features are compared, summed over the pairs. The teacher runs in the student's training step, with the weights it was trained to.",
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: layerPair,
  examples: [[{ student: 'conv2_relu', teacher: 'conv2_relu' }]],
})

export type LayerPair = ValueOf<typeof layerPair>
