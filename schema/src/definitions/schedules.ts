// How the learning rate changes over the steps.
import { oneOf, tagged } from './kind.ts'
import { schema } from './schema.ts'

export const warmupEpochs = schema({
  name: 'WarmupEpochs',
  description: 'Epochs, or a part of one, over which the learning rate rises linearly from zero.',
  type: 'number',
  minimum: 0,
  default: 0,
  examples: [1],
})

export const constantSchedule = tagged('Schedule', {
  type: 'constant',
  title: 'A constant learning rate.',
  description: 'The same learning rate at every step after the warm-up.',
  settings: {
    warmupEpochs: warmupEpochs,
  },
})

export const cosineSchedule = tagged('Schedule', {
  type: 'cosine',
  title: 'Cosine annealing.',
  description:
    'Half a cosine from the learning rate down to `finalFraction` of it (arXiv:1608.03983, without restarts).',
  settings: {
    warmupEpochs: warmupEpochs,
    finalFraction: {
      description: 'The last learning rate as a share of the highest.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      maximum: 1,
      default: 0,
      examples: [0.01],
    },
  },
})

export const stepSchedule = tagged('Schedule', {
  type: 'step',
  title: 'A learning rate that falls in steps.',
  description: 'The learning rate, multiplied by `factor` after each of the milestones.',
  required: ['milestones'],
  settings: {
    warmupEpochs: warmupEpochs,
    milestones: {
      description: 'Epochs after which the learning rate falls, counted from the beginning of the training.',
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'integer', minimum: 1, maximum: 100000 },
      examples: [[150, 180, 210]],
    },
    factor: {
      description: 'What the learning rate is multiplied by.',
      type: 'number',
      float32: 'itself',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.1,
      examples: [0.1],
    },
  },
})

export const schedules = [constantSchedule, cosineSchedule, stepSchedule] as const

export const scheduleSchema = oneOf(schedules, {
  name: 'Schedule',
  description: 'How the learning rate changes over the steps.',
  default: { type: 'constant' },
  examples: [{ type: 'cosine', warmupEpochs: 1 }],
})
