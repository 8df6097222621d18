// Experiments of every shape for property tests, and reading one that is a value.
import { parseExperiment } from '@retort/orchestrator/spec/read'
import fc from 'fast-check'

export const readValue = (experiment: unknown) => parseExperiment(JSON.stringify(experiment), 'x.json')

const upTo = (maximum: number) => fc.integer({ min: 1, max: maximum })
const distinct = <T>(item: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
  fc.uniqueArray(item, { minLength, maxLength, selector: (value) => JSON.stringify(value) })

const architecture = fc.oneof(
  fc.record({ type: fc.constant('mlp'), hidden: fc.array(upTo(64), { maxLength: 3 }) }),
  fc.record({ type: fc.constant('cnn'), filters: fc.array(upTo(32), { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant('resnet'), depth: fc.constantFrom(8, 14, 20), width: upTo(16) }),
  fc.record({ type: fc.constant('shufflenet'), blocks: fc.tuple(upTo(8), upTo(8), upTo(8)) }),
  fc.record({ type: fc.constant('transformer'), depth: upTo(4), causal: fc.boolean() }),
)

const axes = fc.record(
  {
    'training.epochs': distinct(upTo(9), 1, 3),
    'training.optimizer.learningRate': distinct(fc.constantFrom(0.1, 0.01, 0.001), 1, 3),
    'training.schedule.type': distinct(fc.constantFrom('constant', 'cosine'), 1, 2),
    objective: distinct<object>(
      fc.constantFrom<object>(
        { type: 'soft-targets' },
        { type: 'logit-mse' },
        [{ type: 'logit-mse' }, { type: 'dkd', beta: 2 }],
        [{ type: 'jsd', beta: 0 }],
      ),
      1,
      4,
    ),
  },
  { requiredKeys: [] },
)

/** A valid experiment as it would be written. Its architectures differ, so that no model has two names. */
export const experiments = fc
  .record({
    architectures: distinct(architecture, 2, 6),
    teachers: fc.nat({ max: 2 }),
    temperatures: distinct(fc.constantFrom(0.5, 1, 2, 4, 8), 1, 4),
    lossWeights: distinct(fc.record({ hard: fc.constantFrom(0, 0.1, 1), soft: fc.constantFrom(0.5, 0.9) }), 1, 3),
    seeds: distinct(fc.nat({ max: 9 }), 1, 3),
    optimizer: fc.constantFrom('sgd', 'adam', 'adamw'),
    axes,
    some: fc.boolean(),
    baselines: fc.subarray(['scratch', 'label-smoothing', 'tf-kd']),
    /** Of each student: whether it learns from the student after it in the file, and for how many generations. */
    chain: fc.array(fc.nat(2), { maxLength: 5 }),
    bornAgain: fc.nat(2),
  })
  .map((drawn) => {
    const models = drawn.architectures.map((each, index) => ({ id: `model-${index}`, architecture: each }))
    const teachers = models.slice(0, Math.min(drawn.teachers, models.length - 1))
    const students = models.slice(teachers.length)
    const pairs = students.flatMap((student, index) => {
      const teacher = teachers[index % teachers.length]
      return teacher === undefined ? [] : [{ teacher: teacher.id, student: student.id }]
    })
    const [last] = students.slice(-1)
    const baselines = drawn.baselines.length === 0 && teachers.length === 0 ? ['scratch'] : drawn.baselines
    const scratch = baselines.includes('scratch')
    const chained = drawn.some && (scratch || teachers.length > 0) ? chainOf(students, drawn.chain) : []
    if (drawn.some && drawn.bornAgain > 0 && scratch) {
      chained.push({ teacher: { student: last!.id }, student: last!.id, generations: drawn.bornAgain })
    }
    return {
      name: 'drawn',
      dataset: { type: 'mnist', split: { train: 1000 } },
      teachers,
      students,
      ...(drawn.some && pairs.length + chained.length > 0 ? { pairs: [...pairs, ...chained] } : {}),
      temperatures: drawn.temperatures,
      lossWeights: drawn.lossWeights,
      seeds: drawn.seeds,
      training: { optimizer: { type: drawn.optimizer } },
      baselines,
      sweep: Object.fromEntries(Object.entries(drawn.axes).map(([path, values]) => [path, { values }])),
    }
  })

function chainOf(students: { id: string }[], generations: number[]): object[] {
  return students.slice(1).flatMap((teacher, index) => {
    const times = generations[index] ?? 0
    if (times === 0) return []
    return [{ teacher: { student: teacher.id }, student: students[index]!.id, generations: times }]
  })
}

/** The same value with the keys of every object in another order. */
export function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, shuffled(part)]),
  )
}
