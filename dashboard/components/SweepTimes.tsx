// When a sweep was started, and how long it took or has been running.
import type { Sweep } from '../store/sweeps.ts'
import { duration, moment } from '../view/format.ts'
import classes from './SweepTimes.module.css'

export function SweepTimes({ sweep }: { sweep: Pick<Sweep, 'startedAt' | 'finishedAt' | 'status'> }) {
  const end = sweep.finishedAt ?? (sweep.status === 'running' ? Date.now() : null)
  return (
    <span className={classes.times}>
      <time dateTime={new Date(sweep.startedAt).toISOString()}>{moment(sweep.startedAt)}</time>
      {end !== null && (
        <span className={classes.duration}>
          {sweep.status === 'running' ? 'for ' : 'took '}
          {duration((end - sweep.startedAt) / 1000)}
        </span>
      )}
    </span>
  )
}
