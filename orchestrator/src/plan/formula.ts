// The loss that a sweep minimises, written out with its numbers as people write it.
import { axisValue } from '@retort/schema/axisValue'
import type { Experiment, LayerPair } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedDataset, ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import { axesOf, variantsOf } from '../spec/axes.ts'
import { labelLossOf } from '../spec/baselines.ts'
import { conventionText } from '../spec/conventions.ts'
import { mixupOf } from '../spec/mixup.ts'
import { objectivesOf } from '../spec/objectives.ts'
import { augmentationOf, studentsDataset } from '../spec/studentsDataset.ts'

type Written<Type extends string, Of extends { type: string }> = (settings: Extract<Of, { type: Type }>) => string

/** What the student learns from the teacher, per objective: direction, temperature factor and all. */
const fromTeacher: { [Type in ResolvedObjective['type']]: Written<Type, ResolvedObjective> } = {
  'soft-targets': ({ standardise }) =>
    standardise
      ? 'T^2 * KL(softmax(Z(z_t) / T) || softmax(Z(z_s) / T)) with Z(z) = (z - mean(z)) / std(z)'
      : 'T^2 * KL(softmax(z_t / T) || softmax(z_s / T))',
  'logit-mse': () => '|z_s - z_t|^2 / 2',
  dkd: ({ alpha, beta }) => `T^2 * (${alpha} * TCKD + ${beta} * NCKD)(softmax(z_t / T) || softmax(z_s / T))`,
  dist: ({ inter, intra }) =>
    `T^2 * (${inter} * (1 - corr over classes) + ${intra} * (1 - corr over the batch))(softmax(z_s / T), softmax(z_t / T))`,
  'reverse-kl': () => 'T^2 * KL(softmax(z_s / T) || softmax(z_t / T))',
  jsd: ({ beta }) => `T^2 * JSD_${beta}(softmax(z_t / T) || softmax(z_s / T))`,
  'top-k': ({ k }) => `T^2 * KL(top_${k}(softmax(z_t / T)) || the same of softmax(z_s / T)), the rest as one`,
  uld: () => 'T * |sorted(softmax(z_s / T)) - sorted(softmax(z_t / T))|_1',
  hints: ({ layers }) => overPairs(layers, (s, t) => `mean((r(${s}) - ${t})^2)`),
  'attention-transfer': ({ layers, resize }) => {
    const text = overPairs(layers, (s, t) => `mean((Q(${s}) - Q(${t}))^2)`)
    return resize === 'features' ? `${text} with the larger features averaged down to the smaller` : text
  },
  'similarity-preserving': ({ layers }) => overPairs(layers, (s, t) => `|G(${s}) - G(${t})|^2 / batch^2`),
  'rkd-distance': ({ layers }) => overPairs(layers, (s, t) => `Huber(distances(${s}), distances(${t}))`),
  'rkd-angle': ({ layers }) => overPairs(layers, (s, t) => `Huber(angles(${s}), angles(${t}))`),
}

/** Features are written f_s[layer] and f_t[layer]. */
function overPairs(pairs: LayerPair[], of: (student: string, teacher: string) => string): string {
  const texts = pairs.map(({ student, teacher }) => of(`f_s[${student}]`, `f_t[${teacher}]`))
  return texts.length === 1 ? texts[0]! : `(${texts.join(' + ')})`
}

/** What is learned from the labels that a letter stands for. */
const fromLabels: {
  [Type in ResolvedLabelLoss['type']]: (settings: Extract<ResolvedLabelLoss, { type: Type }>, y: string) => string
} = {
  'cross-entropy': (_, y) => `CE(${y}, z_s)`,
  'label-smoothing': ({ epsilon }, y) => `CE(${number(1 - epsilon)} * ${y} + ${epsilon} / classes, z_s)`,
  'tf-kd': ({ alpha, correct, temperature: T }, y) =>
    `(${number(1 - alpha)} * CE(${y}, z_s) + ${alpha} * ${T}^2 * KL(p_${correct}(${y})^(1 / ${T}) / norm || softmax(z_s / ${T})))`,
}

/** y are the labels, z_s and z_t the logits of student and teacher; where samples are blended, y_i and y_j both labels. */
export function formula(experiment: Resolved<Experiment>): string {
  const mixup = mixupOf(augmentationOf(experiment.dataset))
  if (mixup === null) return lossText(experiment)
  return `${lossText(experiment)}; blends l * x_i + (1 - l) * x_j with l ~ Beta(${mixup.alpha}, ${mixup.alpha})`
}

function lossText(experiment: Resolved<Experiment>): string {
  const { dataset, temperatures, lossWeights, teachers, pairs, students, baselines } = experiment
  const reduction = `mean over the batch${dataset.type === 'next-token' ? '’s positions' : ''}`
  const axes = axesOf(experiment.sweep)
  const ofLabels = axes.filter(({ path }) => path.startsWith('training.labelLoss'))
  const hard = labelText(studentsDataset(dataset))
  const own = students.flatMap((student) =>
    [...variantsOf(student, ofLabels)].map(({ training }) => hard(training.labelLoss)),
  )
  const others = baselines.map((baseline) => labelLossOf(baseline)).filter((labelLoss) => labelLoss !== null)
  const baselinesLearn = [...(baselines.includes('scratch') ? own : []), ...others.map(hard)]
  // Without teachers, students may teach each other.
  if (teachers.length === 0 && pairs === 'all') return `${lossIs(baselinesLearn)}, ${reduction}`
  const objectives = objectivesOf(experiment.objective, axes)
  const soft = objectives.map(({ terms }) => softPart(terms))
  const weights = lossWeights.map((weight) => `(${axisValue(weight.hard)}, ${axisValue(weight.soft)})`)
  const convention = conventionText(experiment.convention)
  const values = [
    ...(objectives.some(({ tempered }) => tempered) ? [`T in {${temperatures.map(axisValue).join(', ')}}`] : []),
    `(w_hard, w_soft) in {${weights.join(', ')}}${convention === undefined ? '' : ` (${convention})`}`,
  ].join(', ')
  const readers = teachers.flatMap((teacher) => (teacher.reader ? [teacher.id] : []))
  const aligned =
    readers.length === 0
      ? ''
      : `; the soft part of ${readers.join(', ')}: where a token of both begins, mean over these`
  const distilled =
    `loss = w_hard * ${one('H', own)} + w_soft * ${one('D', soft)}, ${reduction}; ` +
    `${among('H', own)}${among('D', soft)}${values}${aligned}`
  const teachersLearn = teachers.flatMap((teacher) =>
    'given' in teacher ? [] : [labelText(dataset)(teacher.training.labelLoss)],
  )
  const withoutTeacher = baselines.length === 0 ? 'teachers' : 'teachers and baselines'
  // Without baselines only teachers that learn otherwise than the students are worth a word.
  if (baselines.length === 0 && [lossIs([]), lossIs(own)].includes(lossIs(teachersLearn))) return distilled
  return `${distilled}; ${withoutTeacher}: ${lossIs([...teachersLearn, ...baselinesLearn])}, ${reduction}`
}

const weightText = (weight: ResolvedObjective['weight']): string =>
  typeof weight === 'number' ? `${weight}` : `(${axisValue(weight)})`

function softPart(terms: ResolvedObjective[]): string {
  const written = terms.map((term) => {
    const text = (fromTeacher[term.type] as (settings: ResolvedObjective) => string)(term)
    return term.weight === 1 ? text : `${weightText(term.weight)} * ${text}`
  })
  return written.length === 1 ? written[0]! : `(${written.join(' + ')})`
}

/** What is learned from the labels of data, which may be blends. */
function labelText(dataset: ResolvedDataset): (labelLoss: ResolvedLabelLoss) => string {
  const of = (labelLoss: ResolvedLabelLoss, y: string) =>
    (fromLabels[labelLoss.type] as (settings: ResolvedLabelLoss, y: string) => string)(labelLoss, y)
  if (mixupOf(augmentationOf(dataset)) === null) return (labelLoss) => of(labelLoss, 'y')
  return (labelLoss) => `(l * ${of(labelLoss, 'y_i')} + (1 - l) * ${of(labelLoss, 'y_j')})`
}

const lossIs = (texts: string[]): string => {
  const different = [...new Set(texts)]
  return different.length === 1 ? `loss = ${different[0]}` : `loss in {${different.join('; ')}}`
}

/** The text itself where there is one, else the name under which `among` lists them. */
const one = (name: string, texts: string[]): string => (new Set(texts).size === 1 ? texts[0]! : name)

const among = (name: string, texts: string[]): string => {
  const different = [...new Set(texts)]
  return different.length === 1 ? '' : `${name} in {${different.join('; ')}}, `
}

/** Without the last digits of 1 - 0.9. */
const number = (value: number): string => String(Number(value.toPrecision(12)))
