// How samples are split into those that train, choose and test.
import { schema } from './schema.ts'

export const size = schema({
  name: 'Size',
  description: 'Height and width in pixels.',
  type: 'object',
  required: ['height', 'width'],
  additionalProperties: false,
  properties: {
    height: { description: 'Rows of pixels.', type: 'integer', minimum: 1, maximum: 16384, examples: [64] },
    width: { description: 'Pixels of a row.', type: 'integer', minimum: 1, maximum: 16384, examples: [64] },
  },
  examples: [{ height: 64, width: 64 }],
})

export const split = schema({
  name: 'Split',
  description:
    "How the training file is divided. Validation samples are drawn from it by the split's seed; the test file is never trained or selected on.",
  type: 'object',
  additionalProperties: false,
  properties: {
    train: {
      description: 'How many samples to train on, or "rest": all that validation leaves.',
      oneOf: [{ const: 'rest' }, { type: 'integer', minimum: 1 }],
      default: 'rest',
      examples: [20000, 'rest'],
    },
    validation: {
      description:
        'How many samples to hold out for validation, by which students are chosen, or which share of the training file, below 1.',
      oneOf: [
        { type: 'integer', minimum: 1 },
        { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      ],
      default: 5000,
      examples: [5000, 0.1],
    },
    test: {
      description: 'How many samples of the test file to report on, from its start, or "all".',
      oneOf: [{ const: 'all' }, { type: 'integer', minimum: 1 }],
      default: 'all',
      examples: ['all'],
    },
    seed: {
      description: 'Fixes which samples go where.',
      type: 'integer',
      minimum: 0,
      maximum: 4294967295,
      default: 0,
      examples: [0],
    },
  },
  default: {},
  examples: [{ train: 20000, validation: 5000 }],
})

export const windowSplit = schema({
  name: 'WindowSplit',
  description:
    'How a text is divided, in windows. Each part is one piece of the text; the test text is never trained or selected on.',
  type: 'object',
  additionalProperties: false,
  properties: {
    train: {
      description: 'How many windows to train on, from the text\'s beginning, or "rest": all that validation leaves.',
      oneOf: [{ const: 'rest' }, { type: 'integer', minimum: 1 }],
      default: 'rest',
      examples: [5000, 'rest'],
    },
    validation: {
      description: 'How many windows to hold out for validation, behind those to train on.',
      type: 'integer',
      minimum: 1,
      default: 500,
      examples: [500],
    },
    test: {
      description: 'How many windows of the test text to report on, from its start, or "all".',
      oneOf: [{ const: 'all' }, { type: 'integer', minimum: 1 }],
      default: 'all',
      examples: ['all'],
    },
  },
  default: {},
  examples: [{ train: 5000, validation: 500 }],
})
