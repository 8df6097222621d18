// The whole of an experiment’s file.
import { conventionSchema } from './conventions.ts'
import { temperatureCourse } from './courses.ts'
import { datasetSchema } from './datasets.ts'
import { execution } from './execution.ts'
import { labelLossSchema } from './labelLosses.ts'
import { lossWeights } from './lossWeights.ts'
import { objectiveSchema } from './objectives.ts'
import { published } from './publishedFigures.ts'
import { schema } from './schema.ts'
import { pair, student } from './students.ts'
import { axis } from './sweep.ts'
import { teacher } from './teachers.ts'
import { training } from './training.ts'

export const experiment = schema({
  description:
    'A knowledge-distillation sweep: which teachers teach which students, at which temperatures and loss weights. Retort trains every teacher once and every student in every combination.',
  type: 'object',
  required: ['name', 'dataset', 'students'],
  additionalProperties: false,
  properties: {
    $schema: {
      description: 'Where this schema is, so that editors complete and check the file.',
      type: 'string',
      examples: ['../schema/experiment.schema.json'],
    },
    name: {
      description:
        "The sweep's name, unique in a store. Running a changed file under the same name continues the same sweep: only what is new gets trained.",
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9._-]{0,79}$',
      patternErrorMessage:
        'up to 80 lower-case letters, digits, dots, dashes and underscores that begin with a letter or digit',
      examples: ['mnist-quickstart'],
    },
    description: {
      description: 'What the sweep is to find out, in a sentence or two. Shown on the dashboard.',
      type: 'string',
      default: '',
      examples: ["Which small MNIST model keeps 99 % of the teacher's accuracy?"],
    },
    dataset: datasetSchema,
    teachers: {
      description: 'The models that teach. Each is trained once, or taken as it is, and its logits are computed once.',
      type: 'array',
      items: teacher,
      default: [],
      examples: [[{ id: 'big', architecture: { type: 'cnn', filters: [32, 64], dense: [128] } }]],
    },
    students: {
      description: 'The models that learn: the candidates to ship.',
      type: 'array',
      minItems: 1,
      items: student,
      examples: [[{ id: 'tiny', architecture: { type: 'mlp', hidden: [32] } }]],
    },
    pairs: {
      description:
        'Which teacher teaches which student: "all" (every teacher every student), or a list of pairs, in which students may teach, too.',
      oneOf: [{ const: 'all' }, { type: 'array', minItems: 1, items: pair }],
      default: 'all',
      examples: ['all', [{ teacher: 'big', student: 'tiny' }]],
    },
    objective: {
      description:
        'What the student learns from the teacher: one objective, or a list whose weighted sum is the soft part of the loss. An axis "objective" under `sweep` compares several.',
      oneOf: [objectiveSchema, { type: 'array', minItems: 1, uniqueItems: true, items: objectiveSchema }],
      default: { type: 'soft-targets' },
      examples: [{ type: 'soft-targets' }, [{ type: 'soft-targets' }, { type: 'dist', weight: 2 }]],
    },
    temperatures: {
      description:
        "Temperatures T that soften teacher's and student's logits; an axis of the sweep. One may change from epoch to epoch.",
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: {
        description: 'A temperature.',
        oneOf: [{ type: 'number', float32: 'squared', exclusiveMinimum: 0 }, temperatureCourse],
      },
      default: [4],
      examples: [
        [1, 2, 4, 8],
        [4, { from: 8, to: 1, shape: 'linear' }],
      ],
    },
    lossWeights: {
      description: 'Weights of the two parts of the loss; an axis of the sweep.',
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: lossWeights,
      default: [{ hard: 0.1, soft: 0.9 }],
      examples: [
        [
          { hard: 0.5, soft: 0.5 },
          { hard: 0.1, soft: 0.9 },
        ],
      ],
    },
    convention: conventionSchema,
    training: training,
    seeds: {
      description:
        'One replicate of every student and baseline for each seed. A seed fixes initial weights, the order of the samples and dropout. One seed tells no gain from chance, 2 are the least that can, 5 are a good start.',
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: 'integer', minimum: 0, maximum: 4294967295 },
      default: [1],
      examples: [[1, 2, 3]],
    },
    baselines: {
      description:
        'What every student is compared to, with the same budget and the same seeds, without a teacher. "scratch": the student trained on the labels alone; gains are measured against it. "label-smoothing" and "tf-kd": the same with another `labelLoss`, as an object to set more than its name.',
      type: 'array',
      uniqueItems: true,
      items: {
        description: 'A baseline.',
        oneOf: [{ enum: ['scratch', 'label-smoothing', 'tf-kd'] }, labelLossSchema],
      },
      default: ['scratch'],
      examples: [['scratch', 'label-smoothing', { type: 'tf-kd', temperature: 10 }], []],
    },
    sweep: {
      description:
        'Further axes: any path into a student trial\'s configuration ("training…" or "architecture…"), or "objective", with the values to try.',
      type: 'object',
      additionalProperties: axis,
      default: {},
      examples: [{ 'training.optimizer.learningRate': { values: [0.001, 0.0003] } }],
    },
    published: {
      description:
        'Figures of the literature, which `retort report` prints beside the measured ones. They decide nothing.',
      type: 'array',
      items: published,
      default: [],
      examples: [[{ student: 'tiny', teacher: 'big', testAccuracy: 0.9869, source: 'arXiv:1503.02531' }]],
    },
    engine: {
      description:
        'What runs the training step: "onnx" (onnxruntime, everywhere), "tensorflow" (tfjs-node-gpu or tfjs-node where installed), or the fastest that works here.',
      enum: ['auto', 'onnx', 'tensorflow'],
      default: 'auto',
      examples: ['auto'],
    },
    device: {
      description:
        'Where the engine runs. With "auto", here or as the engine, a step of the largest student is timed on each that works here, and the fastest taken. Retort says which it took.',
      enum: ['auto', 'cpu', 'webgpu', 'cuda'],
      default: 'auto',
      examples: ['cpu'],
    },
    execution: execution,
  },
})
