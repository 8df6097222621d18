// How the trials run.
import { schema } from './schema.ts'

export const execution = schema({
  name: 'Execution',
  description: 'How the trials run here; it does not change what they compute, and is no part of their identity.',
  type: 'object',
  additionalProperties: false,
  properties: {
    concurrency: {
      description: 'Trials at a time: "auto" is one for each GPU, or one for each core.',
      oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 1024 }],
      default: 'auto',
      examples: [2],
    },
    threadsPerTrial: {
      description:
        'Threads of a trial: "auto" is cores / concurrency. With one thread a trial\'s weights are the same, bit for bit, at every run.',
      oneOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 1024 }],
      default: 'auto',
      examples: [1],
    },
    grouping: {
      description:
        '"auto" times whether trials of one student that differ in seed, temperature, loss weights, learning rate or schedule train faster as one graph, and trains them so where it pays; under objectives on features those of one seed where there are enough, for all of which the teacher then runs once. Their results equal those they get alone but for rounding. "off" trains each by itself.',
      enum: ['auto', 'off'],
      default: 'auto',
      examples: ['off'],
    },
    retries: {
      description: 'How often a trial whose process died or hung is tried again before it counts as crashed.',
      type: 'integer',
      minimum: 0,
      maximum: 100,
      default: 2,
      examples: [2],
    },
    stallSeconds: {
      description: 'A trial that reports nothing for so long is ended and tried again.',
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 2147483,
      default: 300,
      examples: [300],
    },
    maximumTrials: {
      description: 'A plan with more trials than this is refused, since a large grid is more often a slip than a wish.',
      type: 'integer',
      minimum: 1,
      default: 1000000,
      examples: [5000000],
    },
  },
  default: {},
  examples: [{ concurrency: 2, threadsPerTrial: 1 }],
})
