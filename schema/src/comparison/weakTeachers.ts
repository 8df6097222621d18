// Teachers that know less than a student learns without them: what they were meant to say is most likely read amiss.

/** What of a trial is looked at. */
interface Measured {
  role: 'teacher' | 'student' | 'baseline'
  model: string
  configuration: string
  status: string
  validationAccuracy: number | null
  /** Of a teacher. */
  config: { dataset: { type: string } } | null
}

export interface WeakTeacher {
  model: string
  validationAccuracy: number
  /** The student that alone has the best mean validation accuracy over its seeds. */
  student: string
  alone: number
}

/**
 * A teacher counts as weak where it is right on at least 10 points fewer validation samples than the best student alone,
 * and wrong on at least half as many again. One that reads the text by tokens of its own names other classes.
 */
export function weakTeachers(trials: Measured[]): WeakTeacher[] {
  const done = trials.filter(({ status, validationAccuracy }) => status === 'done' && validationAccuracy !== null)
  const alone = new Map<string, { model: string; accuracies: number[] }>()
  for (const { role, model, configuration, validationAccuracy } of done) {
    if (role !== 'baseline') continue
    const known = alone.get(configuration) ?? { model, accuracies: [] }
    known.accuracies.push(validationAccuracy!)
    alone.set(configuration, known)
  }
  const means = [...alone.values()].map(({ model, accuracies }) => ({
    model,
    mean: accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length,
  }))
  const [first] = means.sort((one, other) => other.mean - one.mean)
  if (first === undefined) return []
  return done.flatMap(({ role, model, validationAccuracy, config }) => {
    if (role !== 'teacher' || config?.dataset.type === 'retokenized') return []
    const own = validationAccuracy!
    if (first.mean - own < 0.1 || 1 - own < 1.5 * (1 - first.mean)) return []
    return [{ model, validationAccuracy: own, student: first.model, alone: first.mean }]
  })
}

export const weakTeacherSentence = (
  { model, validationAccuracy, student, alone }: WeakTeacher,
  { percent }: { percent: (share: number) => string },
): string =>
  `Teacher ${model} is right on ${percent(validationAccuracy)} of the validation samples, student ${student} without any ` +
  `teacher on ${percent(alone)}: most likely its inputs, its outputs or its classes are read otherwise than it was trained.`
