// Figures and findings of the literature, each beside what was measured of it.

import { type Estimate, estimate } from '@retort/schema/comparison/statistics'
import { type AtTemperature, rangeAgainstOthers, spreadWithin } from '@retort/schema/comparison/temperatures'
import type { Published } from '@retort/schema/experiment'
import type { ConfigurationRow, Ranking, SweepRow, TrialRow } from '../store/read.ts'
import { count, number, percent, plusMinus, points, trialLabel } from './format.ts'
import { escaped, table } from './markdown.ts'

/** What was measured of a figure. */
interface Measured {
  /** Over the replicates that are done: the share of right answers, of all samples or of a class's. */
  accuracy: Estimate
  /** Test samples that it is a share of. */
  samples: number
  label: string
}

export function publishedText({ experiment }: SweepRow, found: Ranking, trials: TrialRow[]): string[] {
  const { published = [], sweep = {} } = experiment
  if (published.length === 0) return []
  const labelLossSwept = Object.keys(sweep).some((path) => path.startsWith('training.labelLoss'))
  const rows = found.rows.filter(({ role, axes }) => role === 'student' || labelLossSwept || !isOtherBaseline(axes))
  const figures = published.filter(({ temperatures }) => temperatures === undefined)
  const findings = published.filter(({ temperatures }) => temperatures !== undefined)
  return [
    '## Beside published figures',
    ...(figures.length === 0 ? [] : [figuresTable(figures, rows, trials)]),
    ...(findings.length === 0 ? [] : [findingsTable(findings, rows, found)]),
  ]
}

/** One that learned from the labels by another loss: the literature's student alone has none. */
const isOtherBaseline = (axes: Record<string, unknown>): boolean => Object.hasOwn(axes, 'training.labelLoss')

function figuresTable(figures: Published[], rows: ConfigurationRow[], trials: TrialRow[]): string {
  const lines = figures.map((figure) => {
    const measured = measuredOf(figure, rows, trials)
    const of = figure.testErrors
    const said = of === undefined ? percent(figure.testAccuracy) : `${count(of.errors)} of ${count(of.of)}`
    return [
      escaped(nameOf(figure)),
      said,
      measured === null ? 'not measured' : measuredText(figure, measured),
      measured === null ? '' : differenceText(figure, measured),
      measured === null ? '' : String(measured.accuracy.n),
      measured === null ? '' : escaped(measured.label),
      escaped(figure.source),
    ]
  })
  const head = ['figure', 'published test', 'measured test', 'difference', 'n', 'measured with', 'source']
  return table(head, lines, [1, 2, 3, 4])
}

function nameOf({ student, teacher, temperature, class: of, biasCorrected }: Published): string {
  const model = student === undefined ? `${teacher} (teacher)` : teacher === undefined ? `${student} (baseline)` : null
  const parts = [model ?? `${student} <- ${teacher}`]
  if (temperature !== undefined) parts.push(`T=${number(temperature)}`)
  if (of !== undefined) parts.push(`class ${of}`)
  if (biasCorrected !== undefined) parts.push(`${biasCorrected ? 'after' : 'before'} the bias correction`)
  return parts.join(', ')
}

/** Wrong answers where the literature counts them. */
function measuredText({ testErrors }: Published, { accuracy, samples }: Measured): string {
  if (testErrors === undefined) return `${percent(accuracy.mean)}${plusMinus(accuracy)}`
  const { mean, interval } = accuracy
  const half = interval === null ? '' : ` ± ${((interval[1] - mean) * samples).toFixed(1)}`
  return `${errors((1 - mean) * samples)}${half} of ${count(samples)}`
}

const errors = (value: number): string =>
  Math.abs(value - Math.round(value)) < 1e-6 ? count(Math.round(value)) : value.toFixed(1)

/** In wrong answers where both count them of as many samples; else of accuracies, in points. */
function differenceText({ testErrors, testAccuracy }: Published, { accuracy, samples }: Measured): string {
  if (testErrors === undefined) return points(accuracy.mean - testAccuracy!)
  if (testErrors.of !== samples) return `${points(accuracy.mean - 1 + testErrors.errors / testErrors.of)} points`
  const more = (1 - accuracy.mean) * samples - testErrors.errors
  return more > 0 ? `+${errors(more)}` : errors(more)
}

/** Of the most accurate configuration, by validation, that the figure can be of; rows are in that order. */
function measuredOf(figure: Published, rows: ConfigurationRow[], trials: TrialRow[]): Measured | null {
  const { student, teacher, temperature } = figure
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
  if (answers.length === 0) return null
  return {
    accuracy: estimate(answers.map(({ share }) => share)),
    samples: answers[0]!.samples,
    label: row === undefined ? `${teacher} (teacher)` : trialLabel(row),
  }
}

interface Answers {
  share: number
  samples: number
}

/** Null of a trial that is not done, has no such class, or has no bias corrected where the figure is of one. */
function answersOf({ perClass, testAccuracy, biasCorrection }: TrialRow, figure: Published): Answers | null {
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

function findingsTable(findings: Published[], rows: ConfigurationRow[], found: Ranking): string {
  const lines = findings.map((finding) => {
    const all = byTemperature(finding, rows, found)
    const within = inRange(finding.temperatures!)
    const inside = all.filter(({ temperature }) => within(temperature))
    const outside = all.filter(({ temperature }) => !within(temperature))
    const { are } = finding.temperatures!
    const shown = all.map((each) => {
      const known = each.points.flatMap(({ testAccuracy }) => testAccuracy ?? [])
      const mean = known.length === 0 ? null : estimate(known)
      const text = `${number(each.temperature)}: ${percent(mean?.mean)}${plusMinus(mean)}`
      return within(each.temperature) ? `**${text}**` : text
    })
    return [
      escaped(`${finding.student} <- ${finding.teacher}`),
      `${rangeText(finding.temperatures!)} ${are}`,
      shown.join(', '),
      ...(are === 'best' ? bestText(inside, outside) : alikeText(inside)),
      escaped(finding.source),
    ]
  })
  const head = [
    'finding',
    'published',
    'measured test by temperature',
    'difference, points',
    'p, corrected',
    'verdict',
    'source',
  ]
  return table(head, lines, [3, 4])
}

/** Against the best of the other temperatures. */
function bestText(inside: AtTemperature[], outside: AtTemperature[]): string[] {
  const { rival, difference, p, verdict } = rangeAgainstOthers(inside, outside)
  const than = rival === null ? '' : ` to T=${number(rival)}`
  return [`${points(difference?.mean)}${plusMinus(difference)}${than}`, p === null ? '' : number(p), verdict]
}

function alikeText(inside: AtTemperature[]): string[] {
  const { range, p, verdict } = spreadWithin(inside)
  return [range === null ? '–' : `within ${(range * 100).toFixed(2)}`, p === null ? '' : number(p), verdict]
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
function byTemperature({ student, teacher }: Published, rows: ConfigurationRow[], found: Ranking): AtTemperature[] {
  const best = new Map<number, AtTemperature>()
  for (const { model, teacher: of, temperature, configuration } of rows) {
    if (model !== student || of !== teacher || temperature === null || best.has(temperature)) continue
    const { points } = found.comparison.configurations.find((each) => each.configuration === configuration)!
    best.set(temperature, { temperature, points })
  }
  return [...best.values()].sort((a, b) => a.temperature - b.temperature)
}
