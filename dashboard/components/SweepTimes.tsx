// When a sweep was started, and how long it took or has been running; of one that had nothing left to train, what
// earlier runs had spent on it.
import type { SweepRow } from '@retort/schema/store/read/sweeps'
import { count, duration, moment } from '../view/format.ts'
import classes from './SweepTimes.module.css'

type Times = Pick<SweepRow, 'startedAt' | 'finishedAt' | 'status' | 'trials' | 'reused' | 'reusedSeconds'>

export function SweepTimes({ sweep }: { sweep: Times }) {
  return (
    <span className={classes.times}>
      <time dateTime={new Date(sweep.startedAt).toISOString()}>{moment(sweep.startedAt)}</time>
      {told(sweep).map((text) => (
        <span key={text} className={classes.duration}>
          {text}
        </span>
      ))}
    </span>
  )
}

function told({ startedAt, finishedAt, status, trials, reused, reusedSeconds }: Times): string[] {
  const end = finishedAt ?? (status === 'running' ? Date.now() : null)
  const trained = `trained for ${duration(reusedSeconds)} before`
  if (reused > 0 && reused === trials) return ['all reused', trained]
  const took = end === null ? [] : [`${status === 'running' ? 'for' : 'took'} ${duration((end - startedAt) / 1000)}`]
  return reused === 0 ? took : [...took, `${count(reused)} reused`]
}
