// Answers beside labels: how many are right, and how many would be by chance.
import { noClass, type Samples } from '../../data/data.ts'
import { labelsOf } from '../../data/gather.ts'
import { namedClasses } from '../evaluate.ts'
import { atLeast, atMost } from './chance.ts'

export interface Tally {
  /** Of each sample, or position, that has a label. */
  named: number[]
  labels: number[]
  right: number
  /** Share that would be right if answers and labels, as often as they are, had nothing to do with each other. */
  chance: number
  /** Share of the commonest class. */
  commonest: number
}

/** @param logits [samples, ...labelShape, classes] */
export function tallyOf(logits: Float32Array, samples: Samples, classes: number): Tally {
  const all = namedClasses(logits, classes)
  const own = labelsOf(samples, all.length)
  const places = [...own.keys()].filter((place) => own[place] !== noClass)
  return tallyOfAnswers(
    places.map((place) => all[place]!),
    places.map((place) => own[place]!),
    classes,
  )
}

export function tallyOfAnswers(named: number[], labels: number[], classes: number): Tally {
  const [ours, theirs] = [new Float64Array(classes), new Float64Array(classes)]
  let right = 0
  for (const [place, label] of labels.entries()) {
    ours[label]!++
    theirs[named[place]!]!++
    if (named[place] === label) right++
  }
  const n = labels.length
  const chance = ours.reduce((sum, count, of) => sum + (count * theirs[of]!) / (n * n), 0)
  return { named, labels, right, chance, commonest: ours.reduce((most, count) => Math.max(most, count), 0) / n }
}

export const accuracyOf = ({ right, labels }: Tally): number => right / labels.length

/**
 * No better than chance: so many right answers come by it alone in more than one case of a hundred. Null where there are
 * too few to tell, since even all of them right would come so.
 */
export function isAtChance({ right, labels: { length: n }, chance }: Tally): boolean | null {
  if (n === 0 || atLeast(n, n, chance) > 0.01) return null
  return atLeast(right, n, chance) > 0.01
}

/** Worse than to name the commonest class always: so few come by that in less than one case of a thousand. */
export const isBelowCommonest = ({ right, labels: { length: n }, commonest }: Tally): boolean =>
  n > 0 && atMost(right, n, commonest) < 0.001

/**
 * Whether other answers to the same samples are better: at least five of a hundred more are right, and of the samples
 * on which one of the two alone is right so many go to the other by luck in less than one case of a thousand.
 */
export function isBetter(other: Tally, own: Tally): boolean {
  const alone = (one: Tally, two: Tally) =>
    one.labels.filter((label, place) => one.named[place] === label && two.named[place] !== label).length
  const [gained, lost] = [alone(other, own), alone(own, other)]
  return gained - lost >= 0.05 * own.labels.length && atLeast(gained, gained + lost, 0.5) < 0.001
}

/**
 * The class that most answers of each class stand for, learned from every other sample. Null where answers of two
 * classes stand for the same one: then it is no other order of the classes.
 */
export function orderOf({ named, labels }: Tally, classes: number): Map<number, number> | null {
  const counts = new Map<number, Float64Array>()
  for (let place = 0; place < labels.length; place += 2) {
    const row = counts.get(named[place]!) ?? new Float64Array(classes)
    row[labels[place]!]!++
    counts.set(named[place]!, row)
  }
  const order = new Map([...counts].map(([answer, row]) => [answer, row.indexOf(Math.max(...row))]))
  return new Set(order.values()).size === order.size && order.size > 1 ? order : null
}
