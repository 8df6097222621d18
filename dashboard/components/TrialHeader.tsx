// A trial's name, status, and what came out.
import { Title } from '@mantine/core'
import { perplexityOf } from '@retort/schema/perplexity'
import type { TrialPageData } from '../store/trialPage.ts'
import type { Trial } from '../store/trials.ts'
import { bytes, compact, count, decimal, duration, percent, perplexity, points } from '../view/format.ts'
import { settings } from '../view/names.ts'
import { Crumbs } from './Crumbs.tsx'
import { Status } from './Status.tsx'
import classes from './TrialHeader.module.css'

const kinds = { teacher: 'teacher', student: 'distilled student', baseline: 'baseline, from scratch' } as const

export function TrialHeader({ trial }: Pick<TrialPageData, 'trial'>) {
  const what = [kinds[trial.role], ...settings(trial), `seed ${trial.seed}`, ...batches(trial)]
  const unsure = (loss: number | null) => perplexityOf(trial.config.dataset, loss)
  const { before } = trial.biasCorrection ?? { before: null }
  const seconds = trial.startedAt === null ? null : ((trial.finishedAt ?? Date.now()) - trial.startedAt) / 1000
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
        <Figure
          name="Validation accuracy"
          value={percent(trial.validationAccuracy)}
          note={notes(keptNote(trial), lossNote(trial.validationLoss), uncorrectedNote(before?.validationAccuracy))}
        />
        <Figure
          name="Test accuracy"
          value={percent(trial.testAccuracy)}
          note={notes(lossNote(trial.testLoss), uncorrectedNote(before?.testAccuracy))}
        />
        {unsure(0) !== null && (
          <Figure
            name="Perplexity"
            value={perplexity(unsure(trial.validationLoss))}
            note={trial.testLoss === null ? '' : `${perplexity(unsure(trial.testLoss))} on the test split`}
            title="e to the mean validation loss: among how many equally likely tokens the model is as unsure"
          />
        )}
        {trial.role === 'student' && (
          <>
            <Figure name="Gain over baseline" value={points(trial.gain)} note="points of test accuracy, one seed" />
            <Figure
              name="Of the teacher’s"
              value={percent(trial.relativeAccuracy)}
              note={trial.teacherAgreement === null ? '' : `agrees on ${percent(trial.teacherAgreement)}`}
            />
          </>
        )}
        <Figure
          name="Calibration error"
          value={percent(trial.calibrationError)}
          note={
            trial.calibrationTemperature === null
              ? ''
              : `${percent(trial.scaledCalibrationError)} after T\u00a0=\u00a0${decimal(trial.calibrationTemperature)}`
          }
          title="Expected calibration error on the test split, 15 bins; then with logits divided by the temperature that fits the validation split"
        />
        <Figure
          name="Parameters"
          value={count(trial.parameters)}
          note={trial.multiplyAccumulates === null ? '' : `${compact(trial.multiplyAccumulates)} MACs a sample`}
        />
        <Figure name="ONNX file" value={bytes(trial.onnxBytes)} note="" />
        <Figure
          name="Training"
          value={duration(trial.trainSeconds ?? seconds)}
          note={trial.imagesPerSecond === null ? '' : `${count(Math.round(trial.imagesPerSecond))} samples a second`}
        />
      </dl>
    </header>
  )
}

/** Worth a word only where it is not the last epoch by rule. */
const keptNote = ({ keptEpoch, epochs, config }: Trial) =>
  keptEpoch === null || config.role === 'given' || config.training.keep !== 'best'
    ? ''
    : `epoch ${count(keptEpoch)} of ${count(epochs)} kept`

const lossNote = (loss: number | null) => (loss === null ? '' : `loss ${loss.toFixed(4)}`)

const uncorrectedNote = (accuracy: number | undefined) =>
  accuracy === undefined ? '' : `${percent(accuracy)} before the bias correction`

const notes = (...texts: string[]) => texts.filter((text) => text !== '').join(', ')

/** Worth a word only where it is not as written. */
const batches = ({ batchSize, reducedBatchSize }: Trial) =>
  reducedBatchSize === null
    ? []
    : [`batches of ${count(reducedBatchSize)} instead of ${count(batchSize)}, since memory was short`]

interface FigureProps {
  name: string
  value: string
  note: string
  title?: string
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
