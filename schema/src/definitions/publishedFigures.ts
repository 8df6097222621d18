// What others have reported, to put beside the results.
import { schema } from './schema.ts'

export const testErrors = schema({
  name: 'TestErrors',
  description: 'How many samples of a test set were named wrong.',
  type: 'object',
  required: ['errors', 'of'],
  additionalProperties: false,
  properties: {
    errors: { description: 'Wrong answers.', type: 'integer', minimum: 0, examples: [67] },
    of: { description: 'Of how many samples.', type: 'integer', minimum: 1, examples: [10000] },
  },
  examples: [{ errors: 67, of: 10000 }],
})

export const temperaturesFinding = schema({
  name: 'TemperaturesFinding',
  description:
    'A range of temperatures that were the "best", or all "alike". The report tests it on the test accuracies, seed by seed: the range\'s mean against each of the other temperatures, or all in the range against each other.',
  type: 'object',
  required: ['are'],
  additionalProperties: false,
  properties: {
    from: {
      description: 'The lowest temperature. Left out, `above` may say where the range begins.',
      type: 'number',
      minimum: 0,
      examples: [2.5],
    },
    above: {
      description: 'What all are higher than, in the place of `from`. Left out, `from` may say where the range begins.',
      type: 'number',
      minimum: 0,
      examples: [8],
    },
    to: {
      description: 'The highest temperature. Left out, the range has no end.',
      type: 'number',
      exclusiveMinimum: 0,
      examples: [4],
    },
    are: { description: 'What was found of them.', enum: ['best', 'alike'], examples: ['best'] },
  },
  examples: [
    { from: 2.5, to: 4, are: 'best' },
    { above: 8, are: 'alike' },
  ],
})

export const published = schema({
  name: 'Published',
  description:
    'A figure or finding that others have reported: of the student taught by the teacher, of the student alone where no teacher is named, or of the teacher itself where no student is. It is one of `testAccuracy`, `testErrors` and `temperatures`.',
  type: 'object',
  required: ['source'],
  additionalProperties: false,
  properties: {
    student: { description: "The student's id.", type: 'string', examples: ['tiny'] },
    teacher: { description: "The teacher's id.", type: 'string', examples: ['big'] },
    temperature: {
      description:
        'The temperature; without it the most accurate configuration, by validation, is put beside the figure.',
      type: 'number',
      exclusiveMinimum: 0,
      examples: [4],
    },
    testAccuracy: {
      description: 'As a share: 0.9869 is 98.69 %.',
      type: 'number',
      minimum: 0,
      maximum: 1,
      examples: [0.9869],
    },
    testErrors: testErrors,
    class: {
      description: "Of which class's test samples the figure is; without it, of all.",
      type: 'integer',
      minimum: 0,
      examples: [3],
    },
    biasCorrected: {
      description:
        'Whether the figure is of the model after its biases were corrected (`training.correctBias`), or before. Without it, of the model as it ends.',
      type: 'boolean',
      examples: [false],
    },
    temperatures: temperaturesFinding,
    source: { description: 'Where the figure is from.', type: 'string', examples: ['arXiv:1503.02531'] },
  },
  examples: [
    { student: 'tiny', teacher: 'big', temperature: 20, testAccuracy: 0.9926, source: 'arXiv:1503.02531' },
    { teacher: 'big', testErrors: { errors: 67, of: 10000 }, source: 'arXiv:1503.02531' },
  ],
})
