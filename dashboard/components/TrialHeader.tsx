// A trial's name, status, and what came out.
import { Title } from '@mantine/core'
import { figureOf } from '@retort/schema/comparison/figures'
import { type MetricName, shownIn } from '@retort/schema/definitions/derived'
import { perplexityOf } from '@retort/schema/perplexity'
import type { TrialRow } from '@retort/schema/store/read/trials'
import type { TrialPageData } from '../store/trialPage.ts'
import { compact, count, decimal, percent, perplexity } from '../view/format.ts'
import { settings } from '../view/names.ts'
import { written } from '../view/units.ts'
import { Crumbs } from './Crumbs.tsx'
import { Status } from './Status.tsx'
import classes from './TrialHeader.module.css'

const kinds = { teacher: 'teacher', student: 'distilled student', baseline: 'baseline, from scratch' } as const

export function TrialHeader({ trial }: Pick<TrialPageData, 'trial'>) {
  const what = [kinds[trial.role], ...settings(trial), `seed ${trial.seed}`, ...batches(trial)]
  const { dataset } = trial.config
  const seconds = trial.startedAt === null ? null : ((trial.finishedAt ?? Date.now()) - trial.startedAt) / 1000
  const trainSeconds = trial.trainSeconds ?? seconds
  return (
    <header>
      <Crumbs
        links={[
          { href: '/', label: 'Sweeps' },
          { href: `/sweeps/${trial.sweep}`, label: trial.sweep },
        ]}
      />
      <div className={classes.line}>
        <Title order={1}>{trial.model}</Title>
        <Status
          status={trial.status}
          label={
            trial.status === 'running' ? `running, epoch ${count(trial.epoch)} of ${count(trial.epochs)}` : undefined
          }
        />
      </div>
      <p className={classes.what}>{what.join(' · ')}</p>
      {trial.reason !== null && <p className={classes.reason}>{trial.reason}</p>}
      <dl className={classes.figures}>
        {shownIn('trial').map(({ name, metric, as: { heading, title, of } }) => {
          if (of !== undefined && trial.role !== of) return null
          // Classes that are no tokens have none.
          if (metric.source.from === 'loss' && perplexityOf(dataset, 0) === null) return null
          const { value } = figureOf(name, name === 'trainSeconds' ? { ...trial, trainSeconds } : trial, null, dataset)
          return (
            <Figure
              key={name}
              name={heading}
              value={written[metric.unit](value)}
              note={notesOf[name]?.(trial) ?? ''}
              title={title}
            />
          )
        })}
      </dl>
    </header>
  )
}

/** What is said below a figure. */
const notesOf: { [N in MetricName]?: (trial: TrialRow) => string } = {
  validationAccuracy: (trial) =>
    notes(
      keptNote(trial),
      lossNote(trial.validationLoss),
      uncorrectedNote(trial.biasCorrection?.before.validationAccuracy),
    ),
  testAccuracy: ({ testLoss, biasCorrection }) =>
    notes(lossNote(testLoss), uncorrectedNote(biasCorrection?.before.testAccuracy)),
  perplexity: ({ testLoss, config }) =>
    testLoss === null ? '' : `${perplexity(perplexityOf(config.dataset, testLoss))} on the test split`,
  gain: () => 'points of test accuracy, one seed',
  relativeAccuracy: ({ teacherAgreement }) =>
    teacherAgreement === null ? '' : `agrees on ${percent(teacherAgreement)}`,
  calibrationError: ({ calibrationTemperature, scaledCalibrationError }) =>
    calibrationTemperature === null
      ? ''
      : `${percent(scaledCalibrationError)} after T\u00a0=\u00a0${decimal(calibrationTemperature)}`,
  parameters: ({ multiplyAccumulates }) =>
    multiplyAccumulates === null ? '' : `${compact(multiplyAccumulates)} MACs a sample`,
  trainSeconds: ({ imagesPerSecond }) =>
    imagesPerSecond === null ? '' : `${count(Math.round(imagesPerSecond))} samples a second`,
}

/** Worth a word only where it is not the last epoch by rule. */
const keptNote = ({ keptEpoch, epochs, config }: TrialRow) =>
  keptEpoch === null || config.role === 'given' || config.training.keep !== 'best'
    ? ''
    : `epoch ${count(keptEpoch)} of ${count(epochs)} kept`

const lossNote = (loss: number | null) => (loss === null ? '' : `loss ${loss.toFixed(4)}`)

const uncorrectedNote = (accuracy: number | undefined) =>
  accuracy === undefined ? '' : `${percent(accuracy)} before the bias correction`

const notes = (...texts: string[]) => texts.filter((text) => text !== '').join(', ')

/** Worth a word only where it is not as written. */
const batches = ({ batchSize, reducedBatchSize }: TrialRow) =>
  reducedBatchSize === null
    ? []
    : [`batches of ${count(reducedBatchSize)} instead of ${count(batchSize)}, since memory was short`]

interface FigureProps {
  name: string
  value: string
  note: string
  title?: string | undefined
}

function Figure({ name, value, note, title }: FigureProps) {
  return (
    <div className={classes.figure} title={title}>
      <dt>{name}</dt>
      <dd className={classes.value}>{value}</dd>
      <dd className={classes.note}>{note}</dd>
    </div>
  )
}
