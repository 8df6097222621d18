// A sweep's report in Markdown: what was asked, by which protocol, what came out, what failed, and where it ran.

import { answerSentence, choiceSentence } from '@retort/schema/comparison/answer'
import { level } from '@retort/schema/comparison/compare'
import { figureOf } from '@retort/schema/comparison/figures'
import { estimate } from '@retort/schema/comparison/statistics'
import { weakTeacherSentence, weakTeachers } from '@retort/schema/comparison/weakTeachers'
import { shownIn } from '@retort/schema/definitions/derived'
import { enginesOf, enginesText } from '@retort/schema/engines'
import type { Reader } from '@retort/schema/open'
import { type Ranking, ranking } from '@retort/schema/store/read/ranking'
import { perplexityIn, type SweepRow, sweepOf } from '@retort/schema/store/read/sweeps'
import { logitsOf, type TrialRow, trialsOf } from '@retort/schema/store/read/trials'
import type { ResolvedTraining } from '@retort/schema/trial'
import { count, moment, number, percent, plusMinus, points, shiftsText, tookText, trialLabel } from './format.ts'
import { code, escaped, table } from './markdown.ts'
import { publishedText } from './publishedText.ts'
import { written } from './units.ts'

export function reportOf(db: Reader, id: string): string {
  const sweep = sweepOf(db, id)!
  const trials = trialsOf(db, id)
  const found = ranking(db, id)
  const { comparison, rows } = found
  const choice = choiceSentence(comparison, ({ configuration }) =>
    trialLabel(rows.find((row) => row.configuration === configuration)!),
  )
  return `${[
    `# ${escaped(id)}`,
    ...(sweep.description === '' ? [] : [escaped(sweep.description)]),
    progress(sweep),
    '## Did distillation help?',
    `**${escaped(answerSentence(comparison, { points }))}**`,
    ...(choice === '' ? [] : [escaped(choice)]),
    '## Protocol',
    protocol(sweep, trials),
    models(trials),
    '## Configurations',
    ...configurations(found, trials, sweep),
    ...publishedText(sweep, found, trials),
    ...biasCorrections(found, trials),
    ...smallerBatches(trials),
    ...teachers(db, trials, sweep),
    ...stoppedEarly(trials),
    ...failures(trials),
    '## Where it ran',
    places(trials),
    '## The experiment',
    `\`\`\`json\n${JSON.stringify(sweep.experiment, null, 2).replaceAll('```', '` ` `')}\n\`\`\``,
  ].join('\n\n')}\n`
}

function progress(sweep: SweepRow): string {
  const { status, startedAt, trials, done, stopped, failed } = sweep
  const took = tookText(sweep)
  const bad = `${stopped === 0 ? '' : `, ${count(stopped)} stopped early`}${failed === 0 ? '' : `, ${count(failed)} failed`}`
  return `Status ${status}, started ${moment(startedAt)}${took === '' ? '' : `, ${took}`}: ${count(done)} of ${count(trials)} trials done${bad}.`
}

function protocol({ formula, experiment }: SweepRow, trials: TrialRow[]): string {
  const seeds = experiment.seeds ?? [1]
  const { type, ...dataset } = trials[0]?.config.dataset ?? experiment.dataset
  return [
    `- Data: ${type}, ${code(JSON.stringify(dataset))}.`,
    `- Loss: ${code(formula)}`,
    `- Seeds: ${seeds.join(', ')}. A seed is a replicate: it fixes initial weights, the order of the samples and dropout.`,
    '- Every student was also trained alone, with the same budget and the same seeds, unless it has no baseline below.',
    '- Configurations are ranked and judged by validation accuracy. The test split was read once, at each trial’s end.',
    '- Intervals are 95 % confidence intervals of the mean over seeds (Student’s t): they say what another seed would do ' +
      `on the same data. Verdicts are paired t tests, seed by seed, at ${level * 100} %, corrected by Holm.`,
  ].join('\n')
}

const sizes = shownIn('models')

/** Each model once for each set of axes. */
function models(trials: TrialRow[]): string {
  const seen = new Map<string, TrialRow>()
  for (const trial of trials) {
    const key = JSON.stringify([trial.role === 'teacher', trial.model, trial.axes])
    const known = seen.get(key)
    // Sizes are known of a trial that is done.
    if (known === undefined || (known.parameters === null && trial.parameters !== null)) seen.set(key, trial)
  }
  const lines = [...seen.values()].map((trial) => {
    const { config } = trial
    return [
      escaped(axesOf(trial)),
      trial.role === 'teacher' ? 'teacher' : 'student',
      trial.architecture,
      ...sizes.map(({ name, metric }) => written[metric.unit](trial[name])),
      ...(config.role === 'given' ? ['not trained here', '', '', '', ''] : trainingOf(config.training)),
    ]
  })
  const head = ['model', 'role', 'architecture', ...sizes.map(({ as }) => as), 'epochs', 'batch']
  const right = [...head.keys()].filter((column) => column > 2)
  return table([...head, 'optimizer, rate', 'schedule', 'weights of'], lines, right)
}

function trainingOf({ epochs, batchSize, optimizer, schedule, keep }: ResolvedTraining): string[] {
  return [
    count(epochs),
    count(batchSize),
    `${optimizer.type}, ${number(optimizer.learningRate)}`,
    schedule.type,
    keep === 'best' ? 'best epoch' : 'last epoch',
  ]
}

const axesOf = ({ model, axes }: TrialRow): string =>
  [model, ...Object.entries(axes).map(([path, value]) => `${path}=${JSON.stringify(value)}`)].join(' ')

/** Metrics that a place shows, without those of tokens where classes are none. */
const figuresIn = <Place extends 'report' | 'teachers'>(place: Place, sweep: SweepRow) => {
  const ofTokens = perplexityIn(sweep)(0) !== null
  return shownIn(place).filter(({ metric }) => ofTokens || metric.source.from !== 'loss')
}

/** The metric that the test is of, and stands beside. */
const judged = 'validationGain'

function configurations({ comparison, rows }: Ranking, trials: TrialRow[], sweep: SweepRow): string[] {
  if (rows.length === 0) return ['None is done.']
  const { bestIsTested } = comparison
  const { dataset } = sweep.experiment
  const figures = figuresIn('report', sweep)
  const engines = enginesOf(trials)
  const differ = engines.results.length > 1
  const lines = comparison.configurations.map((compared, index) => {
    const row = rows[index]!
    const { gain } = compared
    return [
      String(compared.rank) + (bestIsTested && compared.amongBest ? ' \\*' : ''),
      escaped(trialLabel(row)),
      row.n === row.planned ? String(row.n) : `${row.n} of ${row.planned}`,
      ...figures.flatMap(({ name, metric: { unit } }) => {
        const { value, estimate } = figureOf(name, row, compared, dataset)
        const text = `${written[unit](value)}${plusMinus(estimate)}`
        if (name !== judged) return [text]
        return [text, gain?.significance == null ? '' : number(gain.significance.corrected), gain?.verdict ?? '']
      }),
      ...(differ ? [escaped(enginesText(engines.byConfiguration.get(row.configuration) ?? []))] : []),
    ]
  })
  const headings = figures.flatMap(({ name, as }) => (name === judged ? [as, 'p, corrected', 'verdict'] : [as]))
  const names = ['#', 'configuration', 'n', ...headings, ...(differ ? ['engine'] : [])]
  const texts = ['configuration', 'verdict', 'engine']
  const all = table(
    names,
    lines,
    [...names.keys()].filter((column) => !texts.includes(names[column]!)),
  )
  return bestIsTested ? [all, '\\* not shown to be worse than the best.'] : [all]
}

/** Of configurations whose biases were corrected after training: by how much, and the figures before and after. */
function biasCorrections({ rows }: Ranking, trials: TrialRow[]): string[] {
  const lines = rows.flatMap((row) => {
    const own = trials.filter((trial) => trial.configuration === row.configuration && trial.biasCorrection !== null)
    if (own.length === 0) return []
    const over = (figure: (trial: TrialRow) => number) => {
      const found = estimate(own.map(figure))
      return `${percent(found.mean)}${plusMinus(found)}`
    }
    const shifts = own[0]!.biasCorrection!.shifts.map(
      (_, of) => estimate(own.map((trial) => trial.biasCorrection!.shifts[of]!)).mean,
    )
    return [
      [
        escaped(trialLabel(row)),
        shiftsText(shifts),
        over((trial) => trial.biasCorrection!.before.validationAccuracy),
        over((trial) => trial.validationAccuracy!),
        over((trial) => trial.biasCorrection!.before.testAccuracy),
        over((trial) => trial.testAccuracy!),
      ],
    ]
  })
  if (lines.length === 0) return []
  const head = ['configuration', 'added to the bias', 'validation before', 'after', 'test before', 'after']
  const how =
    'Biases of classes left out of the training were shifted until their mean probability over the validation inputs was ' +
    'the class’s share of the training split. No test sample was used. All other figures are those after it.'
  return ['## Bias corrections', how, table(head, lines, [2, 3, 4, 5])]
}

/** Trials that memory was short for, and what they trained with. */
function smallerBatches(trials: TrialRow[]): string[] {
  const reduced = trials.filter(({ reducedBatchSize, status }) => reducedBatchSize !== null && status === 'done')
  if (reduced.length === 0) return []
  const lines = reduced.map((trial) => [
    escaped(trialLabel(trial)),
    count(trial.batchSize),
    count(trial.reducedBatchSize),
  ])
  const how =
    'Memory was short for these trials. They trained with smaller batches than written, and so with more steps an epoch, ' +
    'at the learning rate that is written.'
  return ['## Smaller batches', how, table(['trial', 'batch, written', 'trained with'], lines, [1, 2])]
}

function teachers(db: Reader, trials: TrialRow[], sweep: SweepRow): string[] {
  const done = trials.filter(({ role, status }) => role === 'teacher' && status === 'done')
  if (done.length === 0) return []
  const { dataset } = sweep.experiment
  const figures = figuresIn('teachers', sweep)
  const logits = new Map(logitsOf(db, sweep.id).map((each) => [each.teacher, each]))
  const lines = done.map((trial) => {
    const { computed = 0, reads = 0 } = logits.get(trial.model) ?? {}
    return [
      escaped(trial.model),
      ...figures.map(({ name, metric }) => written[metric.unit](figureOf(name, trial, null, dataset).value)),
      `computed ${count(computed)}, read ${count(reads)}`,
    ]
  })
  const right = [...figures.keys()].map((column) => column + 1)
  const weak = weakTeachers(trials).map((each) => `**${escaped(weakTeacherSentence(each, { percent }))}**`)
  return ['## Teachers', table(['teacher', ...figures.map(({ as }) => as), 'logits'], lines, right), ...weak]
}

function failures(trials: TrialRow[]): string[] {
  const failed = trials.filter(({ status }) => !['done', 'stopped early', 'running', 'pending'].includes(status))
  if (failed.length === 0) return []
  const lines = failed.map((trial) => [escaped(trialLabel(trial)), trial.status, escaped(trial.reason ?? '')])
  return ['## What failed', table(['trial', 'how', 'why'], lines, [])]
}

function stoppedEarly(trials: TrialRow[]): string[] {
  const stopped = trials.filter(({ status }) => status === 'stopped early')
  if (stopped.length === 0) return []
  const how =
    'The search ended these trials before their last epoch. They were not measured, and are in no ranking and no comparison.'
  const lines = stopped.map((trial) => [escaped(trialLabel(trial)), count(trial.epoch), count(trial.epochs)])
  return ['## Stopped early', how, table(['trial', 'epochs trained', 'of'], lines, [1, 2])]
}

/** Each engine, device and set of versions once, with the number of trials that ran so. */
function places(trials: TrialRow[]): string {
  const counts = new Map<string, number>()
  for (const { engines, threads, versions } of trials) {
    if (engines === null) continue
    const names = Object.entries(versions ?? {}).map(([name, version]) => `${name} ${version}`)
    const ranOn = engines.map(({ engine, device }) => `${engine} on ${device}`).join(', then ')
    const place = `${ranOn}, ${threads === 1 ? '1 thread' : `${count(threads)} threads`}: ${names.join(', ')}`
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  if (counts.size === 0) return 'Nothing has run yet.'
  return [...counts]
    .map(([place, ran]) => `- ${count(ran)} ${ran === 1 ? 'trial' : 'trials'}: ${escaped(place)}`)
    .join('\n')
}
