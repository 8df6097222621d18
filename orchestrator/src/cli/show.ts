// `retort show SWEEP`: how far it is, what failed and why, and that its teachers ran once.
import { enginesText } from '@retort/schema/engines'
import { openForReading } from '@retort/schema/open'
import { sweepOf } from '@retort/schema/store/read/sweeps'
import { listedTrials, logitsOf, trialsOf } from '@retort/schema/store/read/trials'
import { findSweep } from '../store/find.ts'
import { bytes, count, duration, moment, percent, shiftsText, tookText, trialLabel } from './format.ts'
import { printJson, printTable } from './output.ts'

export function show(name: string, { json, store }: { json?: boolean; store: string }): void {
  const db = openForReading(store)
  const id = findSweep(db, name)
  const sweep = sweepOf(db, id)!
  const logits = logitsOf(db, id)
  if (json) return printJson({ ...sweep, logits, trials: trialsOf(db, id) })
  const trials = listedTrials(db, id)

  const took = tookText(sweep)
  console.log(`Sweep "${id}": ${sweep.status}, started ${moment(sweep.startedAt)}${took === '' ? '' : `, ${took}`}`)
  if (sweep.description !== '') console.log(sweep.description)
  console.log(
    `${count(sweep.done)} of ${count(sweep.trials)} trials done, ${count(sweep.running)} running, ` +
      `${count(sweep.pending)} pending, ${sweep.stopped > 0 ? `${count(sweep.stopped)} stopped early, ` : ''}${count(sweep.failed)} failed`,
  )
  console.log(`Loss: ${sweep.formula}`)
  for (const each of logits) {
    console.log(
      `Logits of ${each.teacher}${each.trials === 1 ? '' : ` (${count(each.trials)} trials)`}: computed ${times(each.computed)}, read ${times(each.reads)}, ` +
        `${count(each.samples)} samples x ${each.classes} classes, ${bytes(each.bytes)}, saved ${duration(each.savedSeconds)}`,
    )
  }
  console.log()
  printTable(
    ['trial', 'what', 'status', 'epoch', 'attempts', 'validation', 'test', 'ran on'],
    trials.map((trial) => [
      trial.trial.slice(0, 12),
      trialLabel(trial),
      trial.status,
      trial.epochs === 0 ? '' : `${trial.epoch}/${trial.epochs}`,
      String(trial.attempts),
      percent(trial.validationAccuracy),
      percent(trial.testAccuracy),
      enginesText(trial.engines ?? []),
    ]),
    [3, 4, 5, 6],
  )
  for (const trial of trials) {
    if (trial.biasCorrection === null) continue
    const { shifts, before } = trial.biasCorrection
    console.log(
      `${trial.trial.slice(0, 12)} ${trialLabel(trial)}: bias ${shiftsText(shifts)}; before it validation ` +
        `${percent(before.validationAccuracy)}, test ${percent(before.testAccuracy)}`,
    )
  }
  for (const trial of trials) {
    if (trial.reducedBatchSize === null) continue
    console.log(
      `${trial.trial.slice(0, 12)} ${trialLabel(trial)}: batches of ${count(trial.reducedBatchSize)} instead of ` +
        `${count(trial.batchSize)}, since memory was short`,
    )
  }
  for (const trial of trials.filter(({ reason }) => reason !== null)) {
    console.log(`${trial.trial.slice(0, 12)} ${trialLabel(trial)}: ${trial.status}: ${trial.reason}`)
  }
}

const times = (number: number): string => (number === 1 ? 'once' : `${count(number)} times`)
