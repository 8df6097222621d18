// How far a sweep is: a bar, and the same in words.
import { ProgressRoot, ProgressSection } from '@mantine/core'
import type { SweepRow } from '@retort/schema/store/read/sweeps'
import { count } from '../view/format.ts'
import classes from './SweepProgress.module.css'

type Counts = Pick<SweepRow, 'trials' | 'done' | 'running' | 'pending' | 'stopped' | 'failed'>

export function SweepProgress({ sweep, size = 'md' }: { sweep: Counts; size?: 'sm' | 'md' }) {
  const share = (part: number) => (sweep.trials === 0 ? 0 : (part / sweep.trials) * 100)
  return (
    <div className={classes.progress}>
      <ProgressRoot size={size} aria-hidden="true" className={classes.bar}>
        <ProgressSection value={share(sweep.done)} color="var(--retort-good)" />
        <ProgressSection value={share(sweep.stopped)} color="var(--mantine-color-dimmed)" />
        <ProgressSection value={share(sweep.failed)} color="var(--retort-bad)" />
        <ProgressSection value={share(sweep.running)} color="var(--retort-accent)" striped />
      </ProgressRoot>
      <span className={classes.words}>
        <strong>{count(sweep.done)}</strong> of {count(sweep.trials)} done
        {sweep.running > 0 && <span> · {count(sweep.running)} running</span>}
        {sweep.stopped > 0 && <span> · {count(sweep.stopped)} stopped early</span>}
        {sweep.failed > 0 && <span className={classes.failed}> · {count(sweep.failed)} failed</span>}
      </span>
    </div>
  )
}
