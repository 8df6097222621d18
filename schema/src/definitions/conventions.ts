// Weights and temperatures as other projects' code means them.
import { oneOf, tagged } from './kind.ts'
import { schema } from './schema.ts'

export const conventionTemperature = schema({
  name: 'ConventionTemperature',
  description: 'The temperature.',
  type: 'number',
  float32: 'squared',
  exclusiveMinimum: 0,
  default: 4,
  examples: [4],
})

export const retortConvention = tagged('Convention', {
  type: 'retort',
  title: "Retort's own weights.",
  description: "Retort's own: `lossWeights` and `temperatures`.",
  settings: {},
})

export const repdistillerConvention = tagged('Convention', {
  type: 'repdistiller',
  title: 'As RepDistiller has it.',
  description: "RepDistiller's train_student.py: gamma * CE + alpha * T^2 * KL + beta * the other objectives.",
  required: ['alpha'],
  settings: {
    gamma: {
      description: 'Weight of the cross entropy (-r).',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      default: 1,
      examples: [0.1],
    },
    alpha: {
      description: 'Weight of the soft targets (-a).',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      examples: [0.9],
    },
    beta: {
      description: 'Factor of the weights of all objectives but soft targets (-b).',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      default: 0,
      examples: [1000],
    },
    temperature: conventionTemperature,
  },
})

export const torchdistillConvention = tagged('Convention', {
  type: 'torchdistill',
  title: 'As torchdistill has it.',
  description:
    "torchdistill's KDLoss with its reduction batchmean: alpha * CE + beta * T^2 * KL; but for alpha = 0, where its code gives KL alone, without beta and T^2.",
  required: ['alpha'],
  settings: {
    alpha: {
      description: 'Weight of the cross entropy.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      examples: [0.5],
    },
    beta: {
      description: 'Weight of the soft targets.',
      oneOf: [{ const: '1 - alpha' }, { type: 'number', float32: 'itself', minimum: 0 }],
      default: '1 - alpha',
      examples: [0.5],
    },
    temperature: conventionTemperature,
  },
})

export const takdConvention = tagged('Convention', {
  type: 'takd',
  title: "As the teacher assistants' code has it.",
  description:
    "The code of teacher assistants (arXiv:1902.03393): (1 - lambda) * CE + lambda * T^2 * KL, where KL is averaged over the classes too (PyTorch's default), so that the soft targets weigh lambda / classes.",
  required: ['lambda', 'classes'],
  settings: {
    lambda: {
      description: 'Weight of the teacher; the labels have the rest.',
      type: 'number',
      float32: 'itself',
      minimum: 0,
      maximum: 1,
      examples: [0.5],
    },
    classes: { description: "Number of the data's classes.", type: 'integer', minimum: 2, examples: [10] },
    temperature: conventionTemperature,
  },
})

export const conventions = [retortConvention, repdistillerConvention, torchdistillConvention, takdConvention] as const

export const conventionSchema = oneOf(conventions, {
  name: 'Convention',
  description:
    "Weights and a temperature as another project's code means them, in the place of `lossWeights` and `temperatures`. Retort translates them, and `retort plan` shows how.",
  default: { type: 'retort' },
  examples: [{ type: 'torchdistill', alpha: 0.5, temperature: 4 }],
})
