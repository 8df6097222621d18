// What models train with.
import { labelLossSchema } from './labelLosses.ts'
import { optimizerOverride, optimizerSchema } from './optimizers.ts'
import { scheduleSchema } from './schedules.ts'
import { schema } from './schema.ts'

export const training = schema({
  name: 'Training',
  description: 'How models are trained; teachers and students may override any part of it.',
  type: 'object',
  additionalProperties: false,
  properties: {
    epochs: {
      description: 'Passes over the training split.',
      type: 'integer',
      minimum: 1,
      maximum: 100000,
      default: 3,
      examples: [3],
    },
    batchSize: {
      description: 'Samples of a step. A last, smaller batch of an epoch is left out.',
      type: 'integer',
      minimum: 1,
      maximum: 65536,
      default: 128,
      examples: [128],
    },
    omitClasses: {
      description:
        "Classes, by number from 0, whose samples are left out of training; validation and test keep them. Left out for students alone, what they know of these classes comes from the teacher: Hinton's incomplete transfer sets (arXiv:1503.02531, section 3).",
      type: 'array',
      uniqueItems: true,
      items: { type: 'integer', minimum: 0 },
      default: [],
      examples: [[3]],
    },
    correctBias: {
      description:
        "Whether, after training, the last layer's biases of the classes left out by `omitClasses` are shifted until the mean probability of each over the validation split's inputs is its share of the training split before the omission. No validation label is read, and nothing of the test split. Figures before and after are both reported; the best epoch (`keep`) is chosen before.",
      type: 'boolean',
      default: false,
      examples: [true],
    },
    outOfMemory: {
      description:
        'What becomes of a trial that runs out of memory. "fail": it is tried again as it is, as often as `execution.retries` says. "halve-batch": it starts anew with half the batch size, and so on down to 2, which batch norm and objectives that compare samples need; retries are not used up by it. Everything else stays as written, the learning rate too, so an epoch has twice the steps; the batch size that a trial trained with is stored and shown with its results. Of a group of trials each is first tried by itself. A later run goes on with the size that an interrupted trial had come to. Where it was a forward pass that memory was short for, in validation or for a teacher\'s logits, fewer samples are first predicted at once, with either setting: that changes no result.',
      enum: ['fail', 'halve-batch'],
      default: 'fail',
      examples: ['halve-batch'],
    },
    optimizer: optimizerSchema,
    schedule: scheduleSchema,
    keep: {
      description:
        'Which epoch\'s weights a trial ends with: the "last" one\'s, or those of the "best" validation accuracy, of equals the first. The best is chosen on the validation split, whose accuracy then flatters a little; that of the test split does not.',
      enum: ['last', 'best'],
      default: 'last',
      examples: ['best'],
    },
    labelLoss: labelLossSchema,
  },
  default: {},
  examples: [{ epochs: 3, batchSize: 128, optimizer: { type: 'adam', learningRate: 0.001 } }],
})

export const trainingOverride = schema({
  name: 'TrainingOverride',
  description:
    "What this model trains with instead of the file's `training`; parts left out stay as they are there. An optimizer or schedule of another type replaces the whole of it.",
  type: 'object',
  additionalProperties: false,
  properties: {
    epochs: {
      description: 'Passes over the training split.',
      type: 'integer',
      minimum: 1,
      maximum: 100000,
      examples: [10],
    },
    batchSize: { description: 'Samples of a step.', type: 'integer', minimum: 1, maximum: 65536, examples: [64] },
    omitClasses: {
      description: "Classes whose samples are left out of this model's training.",
      type: 'array',
      uniqueItems: true,
      items: { type: 'integer', minimum: 0 },
      examples: [[3]],
    },
    correctBias: {
      description: 'Whether the biases of the classes left out are corrected after training.',
      type: 'boolean',
      examples: [true],
    },
    outOfMemory: {
      description:
        'What becomes of a trial of this model that runs out of memory: it is tried again as it is ("fail"), or with half the batch size ("halve-batch").',
      enum: ['fail', 'halve-batch'],
      examples: ['halve-batch'],
    },
    optimizer: optimizerOverride,
    schedule: scheduleSchema,
    keep: {
      description:
        'Which epoch\'s weights a trial ends with: the "last" one\'s, or those of the "best" validation accuracy.',
      enum: ['last', 'best'],
      examples: ['best'],
    },
    labelLoss: labelLossSchema,
  },
  default: {},
  examples: [{ epochs: 10, optimizer: { learningRate: 0.0003 } }],
})
