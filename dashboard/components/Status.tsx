// A sweep's or trial's status: a word, and a mark whose shape says it too.
import type { TrialStatus } from '@retort/schema/database'
import type { AttemptRow } from '@retort/schema/store/read/trials'
import classes from './Status.module.css'

export type AnyStatus = TrialStatus | AttemptRow['outcome'] | 'interrupted'

const tones: Record<string, string> = {
  done: 'good',
  running: 'busy',
  pending: 'quiet',
  skipped: 'quiet',
  'stopped early': 'quiet',
  interrupted: 'quiet',
}

const marks: Record<string, string> = { good: '✓', busy: '●', quiet: '○', bad: '✕' }

/** @param label what to say instead of the status itself */
export function Status({ status, label }: { status: AnyStatus; label?: string }) {
  const tone = tones[status] ?? 'bad'
  return (
    <span className={classes.status} data-tone={tone}>
      <span aria-hidden="true" className={classes.mark}>
        {marks[tone]}
      </span>
      {label ?? status}
    </span>
  )
}
