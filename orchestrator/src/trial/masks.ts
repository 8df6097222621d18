// Whether a student can learn from a teacher that leaves classes out.
import { type ObjectiveType, objectiveFacts, objectives } from '@retort/schema/definitions/objectives'
import type { ResolvedObjective } from '@retort/schema/trial'
import { type Data, sizeOf, viewsOf } from '../data/data.ts'
import { fromHalves, type Table } from './halves.ts'

/** No model means a logit below it as a number: it is a mask, beside which nothing else would be learned. */
const least = -1e8

/**
 * @param train the teacher's, of each view over the whole training file
 * @throws Error where a term would be infinite, or all mask, for a sample that is trained on
 */
export function checkMasks(
  terms: ResolvedObjective[],
  train: Table,
  data: Pick<Data, 'train' | 'trainFileSamples' | 'augmentation' | 'labelShape' | 'classes'>,
): void {
  const term = terms.find((each) => !allowsMasks(each))
  if (term === undefined) return
  const width = sizeOf(data.labelShape) * data.classes
  const numbers = new Float32Array(width)
  for (let view = 0; view < viewsOf(data); view++) {
    for (const sample of data.train.indices) {
      const start = (view * data.trainFileSamples + sample) * width
      const row = train.subarray(start, start + width)
      if (row instanceof Float32Array) numbers.set(row)
      else fromHalves(row, numbers)
      const at = numbers.findIndex((logit) => logit < least)
      if (at < 0) continue
      const got = `${numbers[at]} for class ${at % data.classes} of training sample ${sample}`
      throw new Error(
        `the objective "${nameOf(term)}" is infinite, or as good as that, for a teacher that masks classes: expected logits of at least -1e8, got ${got}; ` +
          `${allowed.slice(0, -1).join(', ')} and ${allowed.at(-1)} allow masks`,
      )
    }
  }
}

/** Whether a term has a value where the teacher gives a class no probability. */
export function allowsMasks(term: ResolvedObjective): boolean {
  const { allowsMasks } = objectiveFacts(term.type)
  return typeof allowsMasks === 'object' ? (allowsMasks?.where(term) ?? true) : allowsMasks
}

/** The term, with the setting that asks for all classes. */
const nameOf = ({ type }: ResolvedObjective): string => namesOf(type).refused

function namesOf(type: ObjectiveType): { allowed: string; refused: string } {
  const { allowsMasks } = objectiveFacts(type)
  return typeof allowsMasks === 'object' && allowsMasks !== null ? allowsMasks : { allowed: type, refused: type }
}

/** Objectives on logits that have a value for every mask, with the settings that it takes. */
const allowed = objectives
  .filter((each) => each.allowsMasks !== false && each.allowsMasks !== null)
  .map(({ type }) => namesOf(type).allowed)
