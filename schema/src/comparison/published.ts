// Figures and findings of the literature, each beside what was measured of it, in words for people.
import type { Published } from '../experiment.ts'
import type { BiasCorrection, PerClass } from '../metrics.ts'
import type { Comparison } from './compare.ts'
import { type Estimate, estimate } from './statistics.ts'
import { type AtTemperature, rangeAgainstOthers, spreadWithin } from './temperatures.ts'

/** A configuration of students or baselines. */
export interface PublishedRow {
  configuration: string
  role: 'teacher' | 'student' | 'baseline'
  model: string
  teacher: string | null
  temperature: number | null
  axes: Record<string, unknown>
}

export interface PublishedTrial {
  configuration: string
  role: 'teacher' | 'student' | 'baseline'
  model: string
  testAccuracy: number | null
  perClass: PerClass | null
  biasCorrection: BiasCorrection | null
}

export interface PublishedWording<Row> {
  percent: (share: number | null | undefined) => string
  /** A difference of shares in percentage points, with its sign. */
  points: (share: number | null | undefined) => string
  /** Half of a 95 % interval, in points, to stand after a mean. */
  plusMinus: (estimate: Estimate | null) => string
  count: (number: number) => string
  number: (value: number) => string
  temperature: (temperature: number) => string
  /** What a student taught by a teacher, one without, or a teacher is called. */
  model: (of: Pick<Published, 'student' | 'teacher'>) => string
  /** What a configuration is called. */
  label: (row: Row) => string
}

/** A figure: of a model's accuracy, or of its errors. */
export interface FigureLine {
  name: string
  published: string
  /** Null where nothing that the figure could be of is done. */
  measured: { test: string; difference: string; n: number; of: string; configuration: string } | null
  source: string
}

/** A finding: that some temperatures are the best, or are alike. */
export interface FindingLine {
  name: string
  published: string
  /** Measured, each temperature from the lowest, and whether the finding is of it. */
  temperatures: { text: string; inside: boolean }[]
  difference: string
  p: string
  verdict: string
  source: string
}

interface Asked<Row> {
  published?: Published[] | undefined
  sweep?: object | undefined
  /** In the comparison's order. */
  rows: Row[]
  trials: PublishedTrial[]
  comparison: Comparison
}

export function publishedLines<Row extends PublishedRow>(
  { published = [], sweep = {}, rows, trials, comparison }: Asked<Row>,
  wording: PublishedWording<Row>,
): { figures: FigureLine[]; findings: FindingLine[] } {
  const labelLossSwept = Object.keys(sweep).some((path) => path.startsWith('training.labelLoss'))
  const candidates = rows.filter(({ role, axes }) => role === 'student' || labelLossSwept || !isOtherBaseline(axes))
  const figures = published.filter(({ temperatures }) => temperatures === undefined)
  const findings = published.filter(({ temperatures }) => temperatures !== undefined)
  return {
    figures: figures.map((figure) => figureLine(figure, candidates, trials, wording)),
    findings: findings.map((finding) => findingLine(finding, candidates, comparison, wording)),
  }
}

/** One that learned from the labels by another loss: the literature's student alone has none. */
const isOtherBaseline = (axes: Record<string, unknown>): boolean => Object.hasOwn(axes, 'training.labelLoss')

/** What was measured of a figure. */
interface Measured {
  /** Over the replicates that are done: the share of right answers, of all samples or of a class's. */
  accuracy: Estimate
  /** Test samples that it is a share of. */
  samples: number
}

function figureLine<Row extends PublishedRow>(
  figure: Published,
  rows: Row[],
  trials: PublishedTrial[],
  wording: PublishedWording<Row>,
): FigureLine {
  const { student, teacher, temperature, testErrors, testAccuracy, source } = figure
  // The most accurate configuration, by validation, that the figure can be of; rows are in that order.
  const row = rows.find(
    (each) =>
      each.model === student &&
      each.teacher === (teacher ?? null) &&
      (temperature === undefined || each.temperature === temperature),
  )
  const own = trials.filter((trial) =>
    student === undefined
      ? trial.role === 'teacher' && trial.model === teacher
      : row !== undefined && trial.configuration === row.configuration,
  )
  const answers = own.flatMap((trial) => answersOf(trial, figure) ?? [])
  const measured =
    answers.length === 0
      ? null
      : { accuracy: estimate(answers.map(({ share }) => share)), samples: answers[0]!.samples }
  return {
    name: nameOf(figure, wording),
    published:
      testErrors === undefined
        ? wording.percent(testAccuracy)
        : `${wording.count(testErrors.errors)} of ${wording.count(testErrors.of)}`,
    measured: measured && {
      test: measuredText(figure, measured, wording),
      difference: differenceText(figure, measured, wording),
      n: measured.accuracy.n,
      of: row === undefined ? wording.model({ teacher }) : wording.label(row),
      configuration: own[0]!.configuration,
    },
    source,
  }
}

type Words = Omit<PublishedWording<never>, 'label'>

function nameOf(figure: Published, wording: Words): string {
  const { temperature, class: of, biasCorrected } = figure
  const parts = [wording.model(figure)]
  if (temperature !== undefined) parts.push(wording.temperature(temperature))
  if (of !== undefined) parts.push(`class ${of}`)
  if (biasCorrected !== undefined) parts.push(`${biasCorrected ? 'after' : 'before'} the bias correction`)
  return parts.join(', ')
}

/** Wrong answers where the literature counts them. */
function measuredText({ testErrors }: Published, { accuracy, samples }: Measured, wording: Words): string {
  const { percent, plusMinus, count } = wording
  if (testErrors === undefined) return `${percent(accuracy.mean)}${plusMinus(accuracy)}`
  const { mean, interval } = accuracy
  const half = interval === null ? '' : ` ± ${((interval[1] - mean) * samples).toFixed(1)}`
  return `${errors((1 - mean) * samples, wording)}${half} of ${count(samples)}`
}

const errors = (value: number, { count }: Words): string =>
  Math.abs(value - Math.round(value)) < 1e-6 ? count(Math.round(value)) : value.toFixed(1)

/** In wrong answers where both count them of as many samples; else of accuracies, in points. */
function differenceText(figure: Published, { accuracy, samples }: Measured, wording: Words): string {
  const { testErrors, testAccuracy } = figure
  const { points } = wording
  if (testErrors === undefined) return points(accuracy.mean - testAccuracy!)
  if (testErrors.of !== samples) return `${points(accuracy.mean - 1 + testErrors.errors / testErrors.of)} points`
  const more = (1 - accuracy.mean) * samples - testErrors.errors
  return more > 0 ? `+${errors(more, wording)}` : errors(more, wording)
}

interface Answers {
  share: number
  samples: number
}

/** Null of a trial that is not done, has no such class, or has no bias corrected where the figure is of one. */
function answersOf({ perClass, testAccuracy, biasCorrection }: PublishedTrial, figure: Published): Answers | null {
  if (perClass === null || testAccuracy === null) return null
  if (figure.biasCorrected === true && biasCorrection === null) return null
  const before = figure.biasCorrected === false ? biasCorrection?.before : undefined
  if (figure.class === undefined) {
    const samples = perClass.samples.reduce((sum, value) => sum + value, 0)
    return { share: before?.testAccuracy ?? testAccuracy, samples }
  }
  const samples = perClass.samples[figure.class] ?? 0
  return samples === 0 ? null : { share: (before ?? perClass).correct[figure.class]! / samples, samples }
}

function findingLine(finding: Published, rows: PublishedRow[], comparison: Comparison, wording: Words): FindingLine {
  const { percent, plusMinus, number } = wording
  const all = byTemperature(finding, rows, comparison)
  const within = inRange(finding.temperatures!)
  const inside = all.filter(({ temperature }) => within(temperature))
  const outside = all.filter(({ temperature }) => !within(temperature))
  const { are } = finding.temperatures!
  return {
    name: wording.model(finding),
    published: `${rangeText(finding.temperatures!)} ${are}`,
    temperatures: all.map(({ temperature, points }) => {
      const known = points.flatMap(({ testAccuracy }) => testAccuracy ?? [])
      const mean = known.length === 0 ? null : estimate(known)
      const text = `${number(temperature)}: ${percent(mean?.mean)}${plusMinus(mean)}`
      return { text, inside: within(temperature) }
    }),
    ...(are === 'best' ? bestText(inside, outside, wording) : alikeText(inside, wording)),
    source: finding.source,
  }
}

type Judged = Pick<FindingLine, 'difference' | 'p' | 'verdict'>

/** Against the best of the other temperatures. */
function bestText(
  inside: AtTemperature[],
  outside: AtTemperature[],
  { points, plusMinus, temperature, number }: Words,
): Judged {
  const { rival, difference, p, verdict } = rangeAgainstOthers(inside, outside)
  const than = rival === null ? '' : ` to ${temperature(rival)}`
  return {
    difference: `${points(difference?.mean)}${plusMinus(difference)}${than}`,
    p: p === null ? '' : number(p),
    verdict,
  }
}

function alikeText(inside: AtTemperature[], { number }: Words): Judged {
  const { range, p, verdict } = spreadWithin(inside)
  return {
    difference: range === null ? '–' : `within ${(range * 100).toFixed(2)}`,
    p: p === null ? '' : number(p),
    verdict,
  }
}

const inRange =
  ({ from = 0, above = 0, to = Number.POSITIVE_INFINITY }: NonNullable<Published['temperatures']>) =>
  (temperature: number): boolean =>
    temperature >= from && temperature > above && temperature <= to

function rangeText({ from, above, to }: NonNullable<Published['temperatures']>): string {
  const low = above === undefined ? from : above
  if (low === undefined) return `T up to ${to}:`
  if (to === undefined) return above === undefined ? `T from ${low}:` : `T above ${low}:`
  return `T ${above === undefined ? 'from' : 'above'} ${low} to ${to}:`
}

/** Of each temperature the most accurate configuration, by validation, from the lowest temperature. */
function byTemperature(
  { student, teacher }: Published,
  rows: PublishedRow[],
  { configurations }: Comparison,
): AtTemperature[] {
  const best = new Map<number, AtTemperature>()
  for (const { model, teacher: of, temperature, configuration } of rows) {
    if (model !== student || of !== teacher || temperature === null || best.has(temperature)) continue
    const { points } = configurations.find((each) => each.configuration === configuration)!
    best.set(temperature, { temperature, points })
  }
  return [...best.values()].sort((a, b) => a.temperature - b.temperature)
}
