// Students, and who teaches whom.
import { architectureSchema } from './architectures.ts'
import { id } from './id.ts'
import { schema } from './schema.ts'
import { trainingOverride } from './training.ts'

export const student = schema({
  name: 'Student',
  description: 'A candidate to ship.',
  type: 'object',
  required: ['id', 'architecture'],
  additionalProperties: false,
  properties: { id: id, architecture: architectureSchema, training: trainingOverride },
  examples: [{ id: 'tiny', architecture: { type: 'mlp', hidden: [32] } }],
})

export const teachingStudent = schema({
  name: 'TeachingStudent',
  description:
    'A student that teaches another (a teacher assistant, arXiv:1902.03393). Each trial of the one that learns has as its teacher the trial of this one with the same seed, temperature, loss weights and values of the axes that both have; where this one has several teachers, or axes of its own, one for each. It teaches as its last generation, and as its baseline where no pair teaches it, or where it is to teach itself.',
  type: 'object',
  required: ['student'],
  additionalProperties: false,
  properties: {
    student: { description: 'The id of the student that teaches.', type: 'string', examples: ['assistant'] },
  },
  examples: [{ student: 'assistant' }],
})

export const pair = schema({
  name: 'Pair',
  description: 'Who teaches whom.',
  type: 'object',
  required: ['teacher', 'student'],
  additionalProperties: false,
  properties: {
    teacher: {
      description: "A teacher's id, or a student that teaches.",
      oneOf: [{ type: 'string' }, teachingStudent],
      examples: ['big', { student: 'assistant' }],
    },
    student: { description: "The student's id.", type: 'string', examples: ['tiny'] },
    generations: {
      description:
        'Trains the student so many times in a row: the first generation learns from the teacher, each later one from the one before (born-again networks, arXiv:1805.04770). Each trial learns from the trial of the generation before with the same seed, temperature, loss weights and axes.',
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 1,
      examples: [3],
    },
  },
  examples: [
    { teacher: 'big', student: 'tiny' },
    { teacher: { student: 'assistant' }, student: 'tiny' },
  ],
})
