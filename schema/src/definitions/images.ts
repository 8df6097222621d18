// Settings of arrays that are images.
import { schema } from './schema.ts'

export const imageShape = schema({
  name: 'ImageShape',
  description: "An image's size.",
  type: 'object',
  required: ['height', 'width', 'channels'],
  additionalProperties: false,
  properties: {
    height: { description: 'Rows of pixels.', type: 'integer', minimum: 1, maximum: 16384, examples: [28] },
    width: { description: 'Pixels of a row.', type: 'integer', minimum: 1, maximum: 16384, examples: [28] },
    channels: { description: 'Numbers of a pixel.', type: 'integer', minimum: 1, maximum: 1024, examples: [1, 3] },
  },
  examples: [{ height: 28, width: 28, channels: 1 }],
})

export const layout = schema({
  name: 'Layout',
  description:
    'Where images have their channels: [n, height, width, channels] or [n, channels, height, width]; with either, [n, height, width] has one channel. "auto" takes the last axis, and asks where the second looks like them.',
  enum: ['auto', 'channels-last', 'channels-first'],
  default: 'auto',
  examples: ['channels-first'],
})
