// A running sweep on a terminal: a bar for the whole, one for each running trial. On a pipe: a line for each trial
// that has ended.
import { enginesText } from '@retort/schema/engines'
import { MultiBar, type SingleBar } from 'cli-progress'
import type { Asked } from '../executor/engines.ts'
import type { Counts, SweepProgress } from '../executor/progress.ts'
import { distillationColumns } from '../plan/columns.ts'
import type { PlannedTrial } from '../plan/plan.ts'
import { outputColors } from './colors.ts'
import { askedText, engineLines } from './engineNotes.ts'
import { duration, percent, trialLabel } from './format.ts'

export interface Progress {
  show(progress: SweepProgress): void
  close(): void
}

/** @param on where the sweep runs */
export const openProgress = (terminal: boolean, on: Asked): Progress => (terminal ? barProgress(on) : lineProgress(on))

export const labelOf = (trial: PlannedTrial): string =>
  trialLabel({
    ...trial,
    ...distillationColumns(trial.config),
    seed: trial.config.seed,
  })

/** Trials that need nothing more in this run. */
const ended = ({ total, pending, running }: Counts): number => total - pending - running

function lineProgress(on: Asked): Progress {
  const show = (progress: SweepProgress): void => {
    if (progress.type === 'planned') {
      const { total, reused } = progress.counts
      console.log(`${total} trials, ${reused} done before and reused`)
      for (const { trial, reason } of progress.again) console.log(`again: ${labelOf(trial)}: ${reason}`)
      for (const line of engineLines(progress.engineNotes, on)) console.log(line)
    } else if (progress.type === 'continued') {
      console.log(continuedText(progress, on))
    } else if (progress.type === 'timed') {
      if (progress.pays) console.log(groupedText(progress))
    } else if (progress.type === 'computed') {
      const { trial, seconds, again } = progress
      if (seconds !== null) console.log(`logits of ${labelOf(trial)}: computed in ${duration(seconds)}`)
      if (again !== null) console.log(`retrying logits of ${labelOf(trial)}: ${again}`)
    } else if (progress.type === 'retrying') {
      console.log(`retrying ${labelOf(progress.trial)}: ${progress.reason}`)
    } else if (progress.type === 'finished') {
      console.log(`[${ended(progress.counts)}/${progress.counts.total}] ${endOf(progress)}`)
    } else if (progress.type === 'stopping') {
      console.log('stopping: running trials write their checkpoints; a second Ctrl-C stops at once')
    }
  }
  return { show, close: () => {} }
}

const groupedText = ({ trial, members, gain }: Extract<SweepProgress, { type: 'timed' }>): string =>
  `${trial.model}${trial.teacher === null ? '' : ` <- ${trial.teacher}`}: up to ${members} trials train as one graph, ` +
  `timed ${gain!.toFixed(1)} times as fast as one after the other`

const continuedText = ({ trial, engines }: Extract<SweepProgress, { type: 'continued' }>, on: Asked): string =>
  `goes on: ${labelOf(trial)}: from a checkpoint of ${enginesText(engines)}, now on ${askedText(on)}`

function endOf({
  trial,
  status,
  reason,
  metrics,
  seconds,
  reducedBatchSize,
}: Extract<SweepProgress, { type: 'finished' }>): string {
  const what = status === 'pending' ? 'interrupted' : status
  const result =
    metrics === null
      ? (reason ?? '')
      : `validation ${percent(metrics.validationAccuracy)}, test ${percent(metrics.testAccuracy)}, ${duration(seconds)}` +
        (reducedBatchSize === null ? '' : `, with batches of ${reducedBatchSize}`)
  return `${what}: ${labelOf(trial)}${result === '' ? '' : `: ${result}`}`
}

function barProgress(on: Asked): Progress {
  const bars = new MultiBar({
    format: '{bar} {value}/{total} {what}',
    barCompleteChar: '\u2588',
    barIncompleteChar: '\u2591',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
    stopOnComplete: false,
    emptyOnZero: true,
    gracefulExit: false,
    fps: 8,
  })
  let overall: SingleBar | null = null
  const lanes = new Map<number, SingleBar>()
  const start = Date.now()
  let finished = 0

  const update = (counts: Counts, best: Extract<SweepProgress, { type: 'finished' }>['best'] | undefined): void => {
    const minutes = (Date.now() - start) / 60_000
    const rate = finished / minutes
    const left = counts.total - ended(counts)
    const parts = ['trials']
    if (finished > 0) parts.push(`${rate.toFixed(1)}/min`, `${duration((left / rate) * 60)} left`)
    if (best) parts.push(`best ${percent(best.validationAccuracy)} ${labelOf(best.trial)}`)
    overall?.update(ended(counts), { what: fit(parts.join(' · ')) })
  }

  const bar = (lane: number): SingleBar => {
    const found = lanes.get(lane)
    if (found !== undefined) return found
    const made = bars.create(1, 0, { what: '' })
    lanes.set(lane, made)
    return made
  }

  const show = (progress: SweepProgress): void => {
    switch (progress.type) {
      case 'planned': {
        const { total } = progress.counts
        overall = bars.create(total, ended(progress.counts), { what: 'trials' })
        for (const { trial, reason } of progress.again) bars.log(`again: ${labelOf(trial)}: ${reason}\n`)
        for (const line of engineLines(progress.engineNotes, on)) bars.log(`${line}\n`)
        break
      }
      case 'timed':
        if (progress.pays) bars.log(`${groupedText(progress)}\n`)
        break
      case 'started':
        bar(progress.lane).setTotal(1)
        bar(progress.lane).update(0, { what: fit(`starting ${labelOf(progress.trial)}`) })
        break
      case 'progress': {
        const { trial, lane, epoch, epochs, step, steps } = progress
        bar(lane).setTotal(epochs * steps)
        const done = Math.min(epochs * steps, (epoch - 1) * steps + step)
        const what = trial.config.role === 'given' ? 'measuring' : `epoch ${epoch}/${epochs}`
        bar(lane).update(done, { what: fit(`${what} ${labelOf(trial)}`) })
        break
      }
      case 'epoch':
        break
      case 'continued':
        bars.log(`${continuedText(progress, on)}\n`)
        break
      case 'computing':
        bar(progress.lane).setTotal(progress.steps)
        bar(progress.lane).update(progress.step, { what: fit(`logits of ${labelOf(progress.trial)}`) })
        break
      case 'computed':
        bar(progress.lane).update(0, { what: '' })
        if (progress.again !== null)
          bars.log(`${outputColors.yellow('retrying')} logits of ${labelOf(progress.trial)}: ${progress.again}\n`)
        break
      case 'retrying':
        bars.log(`${outputColors.yellow('retrying')} ${labelOf(progress.trial)}: ${progress.reason}\n`)
        break
      case 'stopping':
        bars.log('stopping: running trials write their checkpoints; a second Ctrl-C stops at once\n')
        break
      case 'finished':
        finished += 1
        if (progress.status !== 'done') bars.log(`${endOf(progress)}\n`)
        if (progress.lane !== null) bar(progress.lane).update(0, { what: '' })
        update(progress.counts, progress.best)
        break
    }
  }
  return { show, close: () => bars.stop() }
}

/** A line that wraps would leave its upper half on the screen at every redraw. */
function fit(text: string): string {
  const room = Math.max(20, (process.stdout.columns ?? 80) - 42)
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}
