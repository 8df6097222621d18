// Whether distillation helped: configurations over their replicates, each against its baseline and against the best.
// By validation accuracy; the test split is reported and decides nothing. Pure functions over rows of the views.
//
// The replicates differ in the seed alone. So an interval says what another seed would do on the same split of the
// same data, and nothing about other data.
import type { configurationView, trialView } from '../views.ts'
import { type Estimate, estimate, holm, pairedTest, type Test, welchTest } from './statistics.ts'
import type { Verdict } from './verdicts.ts'

/** What a verdict accepts as the chance of a false alarm among all comparisons of its kind. */
export const level = 0.05

/** A trial as the comparison reads it; a row of trialView will do. */
export type Replicate = Pick<
  typeof trialView.$inferSelect,
  'trial' | 'configuration' | 'seed' | 'baselineTrial' | 'validationAccuracy' | 'testAccuracy'
>

/** A row of configurationView will do. */
export type Configuration = Pick<
  typeof configurationView.$inferSelect,
  'configuration' | 'role' | 'model' | 'planned' | 'parameters'
>

/** A replicate that is done. */
export interface Point {
  trial: string
  seed: number
  validationAccuracy: number
  testAccuracy: number | null
  /** Validation accuracy minus that of the baseline with the same seed; null where that is missing. */
  gain: number | null
  /** The same by test accuracy. */
  testGain: number | null
}

export interface Gain {
  /** Validation accuracy minus the baseline's, over the seeds of which both are done; null without such a seed. */
  validation: Estimate | null
  test: Estimate | null
  significance: Significance | null
  verdict: Verdict
}

/** Of validation accuracies. */
export interface Significance extends Test {
  /** By Holm, over all comparisons of the same kind in the sweep. */
  corrected: number
}

export interface Compared {
  configuration: string
  /** From 1, by mean validation accuracy; those that tie have the same. */
  rank: number
  role: 'student' | 'baseline'
  model: string
  planned: number
  /** By seed. */
  points: Point[]
  validation: Estimate
  test: Estimate | null
  /** Against the baseline; null for baselines, and where the experiment has none. */
  gain: Gain | null
  /** Against the best; null for the best itself, and where there are too few seeds to tell. */
  behind: Significance | null
  /** Not shown to be worse than the best: it is one of those to choose from. */
  amongBest: boolean
}

export interface Comparison {
  /** The highest mean validation accuracy first, of those that tie the smaller model; teachers are not in the race. */
  configurations: Compared[]
  /** How many comparisons Holm's correction was for. */
  comparisons: { withBaseline: number; withBest: number }
  /** Whether any configuration could be told from the best at all; without, `amongBest` holds for all. */
  bestIsTested: boolean
}

/**
 * The best is picked and tested on the same replicates, which Holm does not correct for: a configuration that is out
 * of the set of the best may still be their equal a little more often than the level says.
 * @param replicates trials of the sweep, in any order, whatever their status
 */
export function compare(configurations: readonly Configuration[], replicates: readonly Replicate[]): Comparison {
  const done = replicates.filter(isDone)
  const byTrial = new Map(done.map((each) => [each.trial, each]))
  const byConfiguration = new Map<string, Done[]>()
  for (const each of done) {
    const own = byConfiguration.get(each.configuration)
    if (own === undefined) byConfiguration.set(each.configuration, [each])
    else own.push(each)
  }
  const hasBaseline = new Set(
    replicates.filter(({ baselineTrial }) => baselineTrial !== null).map(({ configuration }) => configuration),
  )

  const compared = configurations.flatMap((each): (Compared & { parameters: number | null })[] => {
    const own = byConfiguration.get(each.configuration)
    if (each.role === 'teacher' || own === undefined) return []
    const { configuration, role, model, planned, parameters } = each
    const points = own
      .map((replicate) => pointOf(replicate, byTrial.get(replicate.baselineTrial ?? '')))
      .sort((a, b) => a.seed - b.seed)
    const validation = estimate(points.map(({ validationAccuracy }) => validationAccuracy))
    const test = estimateKnown(points.map(({ testAccuracy }) => testAccuracy))
    const gain = hasBaseline.has(configuration) ? gainOf(points) : null
    return [
      {
        configuration,
        rank: 0,
        role,
        model,
        planned,
        parameters,
        points,
        validation,
        test,
        gain,
        behind: null,
        amongBest: true,
      },
    ]
  })
  compared.sort(
    (a, b) =>
      score(b) - score(a) || (a.parameters ?? 0) - (b.parameters ?? 0) || (a.configuration < b.configuration ? -1 : 1),
  )
  for (const [place, each] of compared.entries()) {
    const above = compared[place - 1]
    each.rank = above !== undefined && score(above) === score(each) ? above.rank : place + 1
  }
  const withBaseline = judge(compared)
  const withBest = compareWithBest(compared)
  return {
    configurations: compared.map(({ parameters: _, ...each }) => each),
    comparisons: { withBaseline, withBest },
    bestIsTested: withBest > 0,
  }
}

/** Accuracies are quotients of counts, so means that differ by less differ in the order of their addition. */
const score = ({ validation }: Compared): number => Math.round(validation.mean * 1e9)

type Done = Replicate & { validationAccuracy: number }

/** Only trials that are done have metrics. */
const isDone = (replicate: Replicate): replicate is Done => replicate.validationAccuracy !== null

function pointOf({ trial, seed, validationAccuracy, testAccuracy }: Done, baseline: Done | undefined): Point {
  const gain = baseline === undefined ? null : validationAccuracy - baseline.validationAccuracy
  const testGain =
    testAccuracy === null || baseline === undefined || baseline.testAccuracy === null
      ? null
      : testAccuracy - baseline.testAccuracy
  return { trial, seed, validationAccuracy, testAccuracy, gain, testGain }
}

function estimateKnown(values: (number | null)[]): Estimate | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : estimate(known)
}

function gainOf(points: Point[]): Gain {
  const validation = estimateKnown(points.map(({ gain }) => gain))
  const test = estimateKnown(points.map(({ testGain }) => testGain))
  return { validation, test, significance: null, verdict: 'too few seeds' }
}

/** @returns how many comparisons with a baseline there were */
function judge(compared: Compared[]): number {
  const tested = compared.flatMap(({ points, gain }) => {
    const test = pairedTest(
      points.flatMap(({ validationAccuracy: own, gain }) => (gain === null ? [] : [[own, own - gain] as const])),
    )
    return gain === null || test === null ? [] : [{ gain, test }]
  })
  for (const [place, corrected] of holm(tested.map(({ test }) => test.p)).entries()) {
    const { gain, test } = tested[place]!
    gain.significance = { ...test, corrected }
    gain.verdict = corrected >= level ? 'no difference shown' : gain.validation!.mean > 0 ? 'better' : 'worse'
  }
  return tested.length
}

/** @returns how many comparisons with the best there were */
function compareWithBest([best, ...others]: Compared[]): number {
  if (best === undefined) return 0
  const tested = others.flatMap((other) => {
    const test = testAgainst(best, other)
    return test === null ? [] : [{ other, test }]
  })
  for (const [place, corrected] of holm(tested.map(({ test }) => test.p)).entries()) {
    const { other, test } = tested[place]!
    other.behind = { ...test, corrected }
    other.amongBest = corrected >= level
  }
  return tested.length
}

/** By seed where two or more are shared, since what a seed brings is then the same on both sides; else Welch. */
function testAgainst(best: Compared, other: Compared): Test | null {
  const own = new Map(other.points.map(({ seed, validationAccuracy }) => [seed, validationAccuracy]))
  const pairs = best.points.flatMap(({ seed, validationAccuracy }) => {
    const theirs = own.get(seed)
    return theirs === undefined ? [] : [[validationAccuracy, theirs] as const]
  })
  const accuracies = ({ points }: Compared) => points.map(({ validationAccuracy }) => validationAccuracy)
  return pairs.length >= 2 ? pairedTest(pairs) : welchTest(accuracies(best), accuracies(other))
}
