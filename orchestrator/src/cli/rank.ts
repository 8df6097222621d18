// `retort rank SWEEP`: configurations by validation accuracy, what they cost, and whether distillation helped.
import { answerSentence, choiceSentence, studentAnswers } from '@retort/schema/comparison/answer'
import { level } from '@retort/schema/comparison/compare'
import { figureOf } from '@retort/schema/comparison/figures'
import { confidence } from '@retort/schema/comparison/statistics'
import type { Verdict } from '@retort/schema/comparison/verdicts'
import { weakTeacherSentence, weakTeachers } from '@retort/schema/comparison/weakTeachers'
import { type KeyIn, shownIn, usualOrder } from '@retort/schema/definitions/derived'
import { enginesOf, enginesText, type SweepEngines } from '@retort/schema/engines'
import type { Dataset } from '@retort/schema/experiment'
import type { Reader } from '@retort/schema/open'
import { openForReading } from '@retort/schema/open'
import { classChangesOf } from '@retort/schema/store/read/classChanges'
import { type ConfigurationRow, type Ranking, rankedTrials, ranking } from '@retort/schema/store/read/ranking'
import { perplexityIn, sweepOf } from '@retort/schema/store/read/sweeps'
import { findSweep, NotFoundError } from '../store/find.ts'
import { outputColors } from './colors.ts'
import { bytes, count, number, percent, plusMinus, points, trialLabel } from './format.ts'
import { printJson, printTable } from './output.ts'
import { written } from './units.ts'

type Order = 'accuracy' | KeyIn<'rank'>
/** `accuracy` is the ranking's own. */
export const orders = [
  'accuracy',
  ...shownIn('rank').flatMap(({ metric: { key } }) => (key === undefined ? [] : [key as Order])),
] as const

interface RankOptions {
  json?: boolean
  store: string
  top?: number
  sort: Order
}

export function rank(name: string, { json, store, top, sort }: RankOptions): void {
  const db = openForReading(store)
  const sweep = findSweep(db, name)
  const by = metricBy(sort)
  if (by?.metric.source.from === 'loss' && sweepOf(db, sweep)!.experiment.dataset.type !== 'next-token') {
    throw new NotFoundError(`--sort ${sort}: the classes of sweep "${sweep}" are no tokens, so it has none`)
  }
  if (json) return printJson(report(db, sweep, sort))
  printRanking(db, sweep, top, sort)
}

/** All that the ranking knows, for programs. */
function report(db: Reader, sweep: string, sort: Order) {
  const { comparison, rows } = ranking(db, sweep)
  const changes = classChangesOf(db, sweep)
  const summary = sweepOf(db, sweep)!
  const perplexity = perplexityIn(summary)
  const { configurations, comparisons, bestIsTested } = comparison
  const { trials } = rankedTrials(db, sweep)
  const engines = enginesOf(trials)
  return {
    sweep,
    answer: answerSentence(comparison, { points }),
    choice: choiceSentence(comparison, (best) => labelOf(rows, best.configuration)),
    students: studentAnswers(comparison).map(({ most, ...student }) => ({
      ...student,
      most: most?.configuration ?? null,
    })),
    weakTeachers: weakTeachers(trials),
    /** What the results were computed on, teachers' too. */
    engines: engines.results,
    statistics: { interval: 'Student t', confidence, correction: 'Holm', level, comparisons, bestIsTested },
    configurations: inOrder({ comparison, rows }, sort, summary.experiment.dataset).map(({ place, row }) => ({
      rank: configurations[place]!.rank,
      ...row,
      engines: engines.byConfiguration.get(row.configuration) ?? [],
      comparison: configurations[place]!,
      /** Of the test split, against the baseline. */
      classChanges: changes.get(row.configuration) ?? null,
      /** Where classes are tokens. */
      validationPerplexity: perplexity(row.validationLoss),
      testPerplexity: perplexity(row.testLoss),
    })),
  }
}

const metricBy = (sort: Order) => shownIn('rank').find(({ metric }) => metric.key === sort)

/** Rows with their place in the ranking, which goes by accuracy whatever they are sorted by. */
function inOrder({ comparison, rows }: Ranking, sort: Order, dataset: Dataset): Placed[] {
  const placed = rows.map((row, place) => ({ place, row }))
  const by = metricBy(sort)
  if (by === undefined) return placed
  const sign = usualOrder(by.metric) === 'asc' ? 1 : -1
  const worst = Number.POSITIVE_INFINITY
  const worth = ({ place, row }: Placed) => {
    const { value } = figureOf(by.name, row, comparison.configurations[place]!, dataset)
    return value === null ? worst : sign * value
  }
  return placed
    .map((each) => ({ each, value: worth(each) }))
    .sort((a, b) => (a.value === b.value ? a.each.place - b.each.place : a.value - b.value))
    .map(({ each }) => each)
}

interface Placed {
  place: number
  row: ConfigurationRow
}

const labelOf = (rows: Ranking['rows'], configuration: string): string =>
  trialLabel(rows.find((row) => row.configuration === configuration)!)

/** @param top how many configurations to show; all by default */
export function printRanking(db: Reader, sweep: string, top?: number, sort: Order = 'accuracy'): void {
  const found = ranking(db, sweep)
  const { configurations, bestIsTested } = found.comparison
  if (configurations.length === 0) return console.log(`No trial of sweep "${sweep}" is done yet.`)
  const { trials, teachers } = rankedTrials(db, sweep)
  const summary = sweepOf(db, sweep)!
  const { dataset } = summary.experiment
  const perplexity = perplexityIn(summary)
  const ofTokens = perplexity(0) !== null
  const engines = enginesOf(trials)
  const differ = engines.results.length > 1
  const figures = shownIn('rank').filter(({ metric }) => ofTokens || metric.source.from !== 'loss')
  const shown = inOrder(found, sort, dataset).slice(0, top)
  const lines = shown.map(({ place, row }) => {
    const compared = configurations[place]!
    const { gain, amongBest, rank } = compared
    return [
      bestIsTested && amongBest ? `* ${rank}` : String(rank),
      `${trialLabel(row)}${reducedMark(row)}`,
      row.n === row.planned ? String(row.n) : `${row.n} of ${row.planned}`,
      ...figures.flatMap(({ name, metric: { unit } }) => {
        const { value, estimate } = figureOf(name, row, compared, dataset)
        const text = `${written[unit](value)}${plusMinus(estimate)}`
        return name === judged ? [text, gain === null ? '' : verdictColors[gain.verdict](gain.verdict)] : [text]
      }),
      ...(differ ? [enginesText(engines.byConfiguration.get(row.configuration) ?? [])] : []),
      row.trial.slice(0, 12),
    ]
  })
  const head = [
    '#',
    'student',
    'n',
    ...figures.flatMap(({ name, as }) => (name === judged ? [as, 'verdict'] : [as])),
    ...(differ ? ['engine'] : []),
    'trial',
  ]
  const texts = ['student', 'verdict', 'engine', 'trial']
  printTable(
    head,
    lines,
    [...head.keys()].filter((column) => !texts.includes(head[column]!)),
  )
  if (lines.length < configurations.length) {
    console.log(`and ${configurations.length - lines.length} more: retort rank ${sweep}`)
  }
  if (configurations.some(({ validation }) => validation.interval !== null)) {
    console.log(
      '±: 95 % confidence interval of the mean over seeds (Student’s t). gain: points of validation accuracy over the ' +
        `baseline, seed by seed;\nverdict: paired t test at ${level * 100} %, corrected by Holm.` +
        (bestIsTested ? ' *: not shown to be worse than the best.' : ''),
    )
  }
  if (found.rows.some(({ reducedBatchSize }) => reducedBatchSize !== null)) {
    console.log('[batch … of …]: memory was short, and so trials trained with smaller batches than written.')
  }
  for (const teacher of teachers) {
    console.log(
      `Teacher ${teacher.model}: ${percent(teacher.validationAccuracy)} validation, ${percent(teacher.testAccuracy)} test, ` +
        `${ofTokens ? `perplexity ${number(perplexity(teacher.validationLoss))}, ${number(perplexity(teacher.testLoss))} test, ` : ''}` +
        `${count(teacher.parameters)} parameters, ${bytes(teacher.onnxBytes)}.`,
    )
  }
  for (const weak of weakTeachers(trials)) {
    console.log(outputColors.yellow(`Warning: ${weakTeacherSentence(weak, { percent })}`))
  }
  if (engines.results.length > 0) console.log(computedOn(engines))
  const choice = choiceSentence(found.comparison, (best) => labelOf(found.rows, best.configuration))
  if (choice !== '') console.log(choice)
  console.log(outputColors.bold(answerSentence(found.comparison, { points })))
}

/** On one engine, or on which of them how many results. */
function computedOn({ results }: SweepEngines): string {
  if (results.length === 1) return `Computed on ${enginesText(results[0]!.engines)}.`
  return `Computed on several engines: ${results.map(({ engines, trials }) => `${count(trials)} on ${enginesText(engines)}`).join(', ')}.`
}

/** The metric that the verdict is of, and stands beside. */
const judged = 'validationGain'

const reducedMark = ({ reducedBatchSize, writtenBatchSize }: ConfigurationRow): string =>
  reducedBatchSize === null ? '' : ` [batch ${reducedBatchSize} of ${writtenBatchSize}]`

const plain = (text: string): string => text
const verdictColors: { [V in Verdict]: (text: string) => string } = {
  better: outputColors.green,
  worse: outputColors.red,
  'no difference shown': plain,
  'too few seeds': plain,
}
