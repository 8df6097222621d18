// Temperatures and weights that change from epoch to epoch.
import { schema } from './schema.ts'

export const stepShape = schema({
  name: 'StepShape',
  description:
    "The first value up to some epoch, then the last: stages of training, such as FitNets' hints before soft targets.",
  type: 'object',
  required: ['type', 'at'],
  additionalProperties: false,
  properties: {
    type: { description: 'All at once.', const: 'step', examples: ['step'] },
    at: {
      description: 'Share of the epochs that have the first value, rounded to whole epochs; at least one has each.',
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      examples: [0.25],
    },
  },
  examples: [{ type: 'step', at: 0.25 }],
})

export const courseShape = schema({
  name: 'CourseShape',
  description: 'How it gets there: by equal steps; along half a cosine, slowly at both ends; or all at once.',
  oneOf: [{ enum: ['linear', 'cosine'] }, stepShape],
  default: 'linear',
  examples: ['cosine', { type: 'step', at: 0.25 }],
})

export const temperatureCourse = schema({
  name: 'TemperatureCourse',
  description: 'A temperature that changes from epoch to epoch.',
  type: 'object',
  required: ['from', 'to'],
  additionalProperties: false,
  properties: {
    from: {
      description: 'In the first epoch.',
      type: 'number',
      float32: 'squared',
      exclusiveMinimum: 0,
      examples: [8],
    },
    to: { description: 'In the last epoch.', type: 'number', float32: 'squared', exclusiveMinimum: 0, examples: [1] },
    shape: courseShape,
  },
  examples: [{ from: 8, to: 1, shape: 'linear' }],
})

export const weightCourse = schema({
  name: 'WeightCourse',
  description: 'A weight that changes from epoch to epoch.',
  type: 'object',
  required: ['from', 'to'],
  additionalProperties: false,
  properties: {
    from: { description: 'In the first epoch.', type: 'number', float32: 'itself', minimum: 0, examples: [0.9] },
    to: { description: 'In the last epoch.', type: 'number', float32: 'itself', minimum: 0, examples: [0.1] },
    shape: courseShape,
  },
  examples: [{ from: 0.9, to: 0.1, shape: 'cosine' }],
})
