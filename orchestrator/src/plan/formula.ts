// The loss that a sweep minimises, written out with its numbers as people write it.
import { axisValue } from '@retort/schema/axisValue'
import { datasetFacts } from '@retort/schema/definitions/datasets'
import { labelLossFacts } from '@retort/schema/definitions/labelLosses'
import { objectiveFacts } from '@retort/schema/definitions/objectives'
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedDataset, ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import { axesOf, variantsOf } from '../spec/axes.ts'
import { labelLossOf } from '../spec/baselines.ts'
import { conventionText } from '../spec/conventions.ts'
import { mixupOf } from '../spec/mixup.ts'
import { objectivesOf } from '../spec/objectives.ts'
import { augmentationOf, studentsDataset } from '../spec/studentsDataset.ts'

/** y are the labels, z_s and z_t the logits of student and teacher; where samples are blended, y_i and y_j both labels. */
export function formula(experiment: Resolved<Experiment>): string {
  const mixup = mixupOf(augmentationOf(experiment.dataset))
  if (mixup === null) return lossText(experiment)
  return `${lossText(experiment)}; blends l * x_i + (1 - l) * x_j with l ~ Beta(${mixup.alpha}, ${mixup.alpha})`
}

function lossText(experiment: Resolved<Experiment>): string {
  const { dataset, temperatures, lossWeights, teachers, pairs, students, baselines } = experiment
  const reduction = `mean over the batch${datasetFacts(dataset.type).classesOf === 'positions' ? '’s positions' : ''}`
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
    const text = objectiveFacts(term.type).formula(term)
    return term.weight === 1 ? text : `${weightText(term.weight)} * ${text}`
  })
  return written.length === 1 ? written[0]! : `(${written.join(' + ')})`
}

/** What is learned from the labels of data, which may be blends. */
function labelText(dataset: ResolvedDataset): (labelLoss: ResolvedLabelLoss) => string {
  const of = (labelLoss: ResolvedLabelLoss, y: string) => labelLossFacts(labelLoss.type).formula(labelLoss, y)
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
