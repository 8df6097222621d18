// What the schema cannot say: names that must exist or be unique, sizes that must fit, settings that must apply.
// Every check takes the parts that fit the schema, so that one slip does not hide the others.
import { datasetFacts } from '@retort/schema/definitions/datasets'
import type { Dataset, Experiment, LossWeights, Student, Teacher, Training } from '@retort/schema/experiment'
import type { Resolved, TrainedTeacher } from '@retort/schema/resolved'
import canonicalize from 'canonicalize'
import { nearest } from '../errors/nearest.ts'
import { alternatives, type Path, type Problem, showPath, showValue } from '../errors/problem.ts'
import { labelLossOf } from './baselines.ts'
import { circlesOf } from './lines.ts'
import { isTrained, resolveStudent, resolveTeacher } from './resolve.ts'
import { branchFor, definition, fill, isRecord } from './schema.ts'
import { validationSamples } from './split.ts'
import type { Violation } from './validate.ts'
import { listOf, violation, type Written } from './written.ts'

export interface Model {
  kind: 'teachers' | 'students'
  index: number
  id: string
  resolved: TrainedTeacher | Resolved<Student>
}

/**
 * The teachers and students that are trained here, fit the schema and have files that can be used, with what they train
 * with; none where the file's training does not fit.
 */
export function models(written: Written): Model[] {
  const { value, fits, files } = written
  if (!fits(['training'])) return []
  const training = value.training as Training
  const of = <Raw extends Teacher | Student>(kind: Model['kind'], resolve: (model: Raw) => Model['resolved']) =>
    listOf(value[kind]).flatMap((raw, index): Model[] => {
      if (!fits([kind, index])) return []
      const model = raw as Raw
      if (!isTrained(model)) return []
      const { architecture } = model
      if (architecture.type === 'keras' && !('resolved' in files.readModel(architecture.file))) return []
      const tokenizer = 'tokenizer' in model ? model.tokenizer : undefined
      if (tokenizer && 'file' in tokenizer && 'missing' in files.readTokenizer(tokenizer.file)) return []
      return [{ kind, index, id: model.id, resolved: resolve(model) }]
    })
  return [
    ...of('teachers', (teacher: Teacher) => resolveTeacher(teacher, training, files) as TrainedTeacher),
    ...of('students', (student: Student) => resolveStudent(student, training, files)),
  ]
}

export function checkIds({ value }: Written): Violation[] {
  const first = new Map<string, Path>()
  const found: Violation[] = []
  for (const kind of ['teachers', 'students'] as const) {
    for (const [index, model] of listOf(value[kind]).entries()) {
      if (!isRecord(model) || typeof model.id !== 'string') continue
      const other = first.get(model.id)
      if (other === undefined) first.set(model.id, [kind, index])
      else {
        const owner = `${showValue(model.id)}, the id of ${showPath(other)}`
        found.push(violation([kind, index, 'id'], 'an id that no other teacher or student has', owner))
      }
    }
  }
  return found
}

/** @returns a function that finds the teacher's and the student's names in a part of the file which no model has */
export function unknownIds(value: Written['value']) {
  const idsOf = (kind: string) =>
    new Set(listOf(value[kind]).flatMap((model) => (isRecord(model) && typeof model.id === 'string' ? [model.id] : [])))
  const ids = { teacher: idsOf('teachers'), student: idsOf('students') }
  return (part: Record<string, unknown>, place: Path): Violation[] => {
    const assistant = isRecord(part.teacher) ? part.teacher.student : undefined
    const named: { side: 'teacher' | 'student'; name: unknown; path: Path }[] = [
      { side: 'teacher', name: part.teacher, path: [...place, 'teacher'] },
      { side: 'student', name: assistant, path: [...place, 'teacher', 'student'] },
      { side: 'student', name: part.student, path: [...place, 'student'] },
    ]
    return named.flatMap(({ side, name, path }) => {
      if (typeof name !== 'string' || ids[side].has(name)) return []
      if (side === 'teacher' && place[0] === 'pairs' && ids.student.has(name)) {
        const found = `${showValue(name)}, a student`
        const expected = `a teacher, or ${showValue({ student: name })} where the student is to teach`
        return [violation(path, expected, found)]
      }
      if (ids[side].size === 0)
        return [violation(path, `a ${side} of this file`, `${showValue(name)}, and it has none`)]
      const expected = `the id of a ${side}: ${alternatives([...ids[side]].map(showValue))}`
      const suggestion = nearest(name, ids[side])
      return [violation(path, expected, showValue(name), suggestion === undefined ? {} : { suggestion })]
    })
  }
}

export function checkPairs({ value }: Written): Violation[] {
  const unknown = unknownIds(value)
  const first = new Map<string, number>()
  return listOf(value.pairs).flatMap((pair, index) => {
    if (!isRecord(pair)) return []
    const missing = unknown(pair, ['pairs', index])
    const key = JSON.stringify([pair.teacher, pair.student])
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, index)
    else missing.push(violation(['pairs', index], 'each pair once', `${showValue(pair)} again after pairs[${earlier}]`))
    return missing
  })
}

/** Students that teach: not in a circle, and somebody must have trained them. */
export function checkTeachingStudents({ value, fits }: Written): Violation[] {
  const all = listOf(value.pairs).flatMap((pair, index) => {
    if (!isRecord(pair) || typeof pair.student !== 'string') return []
    const teacher = isRecord(pair.teacher) ? pair.teacher.student : null
    return typeof teacher === 'string' || typeof pair.teacher === 'string'
      ? [{ index, teacher: typeof teacher === 'string' ? teacher : null, student: pair.student }]
      : []
  })
  const teaching = all.flatMap(({ teacher, ...pair }) => (teacher === null ? [] : [{ teacher, ...pair }]))
  const at = (index: number): Path => ['pairs', index, 'teacher', 'student']
  const circles = circlesOf(teaching).map(({ pair, circle }) => {
    const found = circle.map(showValue).join(' teaches ')
    return violation(at(teaching[pair]!.index), 'students that do not teach each other in a circle', found)
  })
  const { baselines } = value
  if (!Array.isArray(baselines) || baselines.includes('scratch') || !fits(['baselines'])) return circles
  const untaught = teaching.flatMap(({ index, teacher, student }) => {
    if (teacher !== student && all.some((pair) => pair.student === teacher)) return []
    const name = showValue(teacher)
    const scratch = 'the baseline "scratch"'
    const expected = teacher === student ? `${scratch} to begin with` : `a pair that teaches ${name}, or ${scratch}`
    const found = `"baselines": ${showValue(baselines)}`
    const message = `nothing trains ${name} as a teacher: expected ${expected}, got ${found}`
    return [violation(at(index), expected, found, { message })]
  })
  return [...circles, ...untaught]
}

/** Files of models: those that cannot be read are told of where they are named, what is wrong inside them there. */
export function checkModelFiles({ value, fits, files: { readModel } }: Written): {
  found: Violation[]
  problems: Problem[]
} {
  const found: Violation[] = []
  const problems = new Set<Problem>()
  for (const kind of ['teachers', 'students'] as const) {
    for (const [index, model] of listOf(value[kind]).entries()) {
      const architecture = isRecord(model) && fits([kind, index, 'architecture']) ? model.architecture : undefined
      if (!isRecord(architecture) || architecture.type !== 'keras') continue
      const file = architecture.file as string
      const read = readModel(file)
      const path = [kind, index, 'architecture', 'file']
      if ('missing' in read) found.push(violation(path, 'the file of a model', `${showValue(file)}: ${read.missing}`))
      if ('problems' in read) for (const problem of read.problems) problems.add(problem)
    }
  }
  return { found, problems: [...problems] }
}

/** A student that no teacher and no baseline trains is a slip: it would not appear at all. */
export function checkNothingToTrain({ value, fits }: Written): Violation[] {
  const { pairs = 'all', baselines, teachers = [] } = value
  if (!Array.isArray(baselines) || baselines.length > 0 || !Array.isArray(teachers) || !fits(['pairs'])) return []
  if (teachers.length === 0) {
    const message = 'nothing to train: the file has neither teachers nor baselines'
    return [violation(['baselines'], 'a baseline, or a teacher in the file', '[]', { message })]
  }
  if (pairs === 'all') return []
  const taught = new Set(listOf(pairs).map((pair) => isRecord(pair) && pair.student))
  return listOf(value.students).flatMap((student, index) => {
    if (!isRecord(student) || typeof student.id !== 'string' || taught.has(student.id)) return []
    const expected = `a pair with ${showValue(student.id)}, or a baseline`
    return [violation(['students', index], expected, 'neither: nothing trains it')]
  })
}

/** A baseline that is another one, or the scratch baseline, under a second name. */
export function checkBaselines({ value, fits }: Written, all: Model[]): Violation[] {
  const sweep = isRecord(value.sweep) ? Object.keys(value.sweep) : []
  const axis = sweep.find((path) => /^training\.labelLoss(\.|$)/.test(path))
  const first = new Map<string | undefined, unknown>()
  return listOf(value.baselines).flatMap((baseline, index) => {
    const path: Path = ['baselines', index]
    if (!fits(path)) return []
    const labelLoss = labelLossOf(baseline as Resolved<Experiment>['baselines'][number])
    const key = canonicalize(labelLoss)
    const other = first.get(key)
    if (other === undefined) first.set(key, baseline)
    // The schema tells of those that are written alike.
    else if (canonicalize(other) !== canonicalize(baseline)) {
      return [violation(path, 'each baseline once', `${showValue(baseline)}, the same as ${showValue(other)}`)]
    }
    if (labelLoss === null) return []
    if (axis !== undefined) {
      const message = `${showValue(baseline)} has a label loss of its own, and the axis ${showValue(axis)} sets another`
      return [violation(path, `"scratch" beside the axis ${showValue(axis)}`, showValue(baseline), { message })]
    }
    const same = all.find(
      ({ kind, resolved }) => kind === 'students' && canonicalize(resolved.training.labelLoss) === key,
    )
    if (same === undefined) return []
    const expected = `a label loss that student ${showValue(same.id)} does not have itself`
    return [violation(path, expected, showValue(baseline))]
  })
}

export function checkLossWeights({ value, fits }: Written): Violation[] {
  return listOf(value.lossWeights).flatMap((weights, index) => {
    if (!isRecord(weights) || !fits(['lossWeights', index])) return []
    const { hard, soft } = fill(definition('LossWeights'), weights) as Resolved<LossWeights>
    if (hard !== 0 || soft !== 0) return []
    return [violation(['lossWeights', index], 'a weight above 0', 'two zeros: a loss that is always 0')]
  })
}

/** How many samples are trained on, where that is known without reading files. */
export function trainSamples({ value, fits }: Written): number | undefined {
  if (!fits(['dataset']) || !isRecord(value.dataset)) return undefined
  const { type, split } = fill(definition('Dataset'), value.dataset) as Resolved<Dataset>
  const size = datasetFacts(type).samples
  if (split.train !== 'rest') return split.train
  return size === null ? undefined : size.train - validationSamples(split, size.train)
}

export function checkSplit(written: Written): Violation[] {
  if (!written.fits(['dataset']) || !isRecord(written.value.dataset)) return []
  const { type, split } = fill(definition('Dataset'), written.value.dataset) as Resolved<Dataset>
  const size = datasetFacts(type).samples
  if (size === null) return []
  const at = (part: string): Path => ['dataset', 'split', part]
  const found: Violation[] = []
  const validation = validationSamples(split, size.train)
  const left = size.train - validation
  if (left < 1) {
    const expected = `at most ${size.train - 1} samples, which leaves one of ${type}'s ${size.train} to train on`
    found.push(violation(at('validation'), expected, String(split.validation)))
  } else if (split.train !== 'rest' && split.train > left) {
    const expected = `at most ${left} samples (${type} has ${size.train}, of which validation takes ${validation})`
    found.push(violation(at('train'), expected, String(split.train)))
  }
  if (split.test !== 'all' && split.test > size.test) {
    found.push(
      violation(at('test'), `at most ${size.test} samples (${type} has no more for testing)`, String(split.test)),
    )
  }
  return found
}

/** An epoch without a single full batch would train nothing. */
export function checkBatchSizes(written: Written, all: Model[]): Violation[] {
  const samples = trainSamples(written)
  if (samples === undefined || checkSplit(written).length > 0) return []
  const places = new Map<string, { path: Path; size: number }>()
  const add = (path: Path, size: number) => places.set(showPath(path), { path, size })
  const axis = isRecord(written.value.sweep) ? written.value.sweep['training.batchSize'] : undefined
  for (const { kind, index, resolved } of all) {
    // The axis replaces what the students have.
    if (kind === 'students' && axis !== undefined) continue
    const raw = listOf(written.value[kind])[index] as Teacher | Student
    const own = raw.training?.batchSize !== undefined
    add(own ? [kind, index, 'training', 'batchSize'] : ['training', 'batchSize'], resolved.training.batchSize)
  }
  for (const [index, size] of listOf(isRecord(axis) ? axis.values : undefined).entries()) {
    if (typeof size === 'number') add(['sweep', 'training.batchSize', 'values', index], size)
  }
  return [...places.values()].flatMap(({ path, size }) => {
    if (size <= samples) return []
    return [violation(path, `at most ${samples}, the samples that are trained on`, String(size))]
  })
}

/** A setting that the model's optimizer does not have. */
export function checkOptimizers({ value }: Written, all: Model[]): Violation[] {
  return all.flatMap(({ kind, index, resolved }) => {
    const override = (listOf(value[kind])[index] as Teacher | Student).training?.optimizer ?? {}
    const { type } = resolved.training.optimizer
    const names = Object.keys(branchFor(definition('Optimizer'), { type })?.properties ?? {})
    return Object.keys(override).flatMap((name) => {
      if (names.includes(name)) return []
      const path = [kind, index, 'training', 'optimizer', name]
      const found = showValue(name)
      const expected = alternatives(names.map(showValue))
      const message = `${type} has no ${found}; expected ${expected}`
      return [violation(path, expected, found, { at: 'name', message })]
    })
  })
}
