// A sweep's name, status and progress, its loss, and what the logits cache saved.
import { Title } from '@mantine/core'
import { enginesText } from '@retort/schema/engines'
import type { SweepRow } from '@retort/schema/store/read/sweeps'
import type { SweepPageData } from '../store/sweepPage.ts'
import { count, counted, duration } from '../view/format.ts'
import { Crumbs } from './Crumbs.tsx'
import { Status } from './Status.tsx'
import classes from './SweepHeader.module.css'
import { SweepProgress } from './SweepProgress.tsx'
import { SweepTimes } from './SweepTimes.tsx'

/** The protocol, which models and the sweep's axes may override. */
function keptBy({ training, teachers = [], students, sweep = {} }: SweepRow['experiment']): string {
  const overridden = [...teachers, ...students].some((model) => model.training?.keep !== undefined)
  if (overridden || Object.hasOwn(sweep, 'training.keep')) return 'of the last or the best epoch, by model'
  return training?.keep === 'best' ? 'of the epoch with the best validation accuracy' : 'of the last epoch'
}

/** One engine, or how many results are of which. */
const computedOn = ({ results }: SweepPageData['engines']): string =>
  results.length === 1
    ? enginesText(results[0]!.engines)
    : results.map(({ engines, trials }) => `${count(trials)} on ${enginesText(engines)}`).join(', ')

export function SweepHeader({ sweep, logits, engines }: Pick<SweepPageData, 'sweep' | 'logits' | 'engines'>) {
  return (
    <header>
      <Crumbs links={[{ href: '/', label: 'Sweeps' }]} />
      <div className={classes.top}>
        <div>
          <div className={classes.line}>
            <Title order={1}>{sweep.id}</Title>
            <Status status={sweep.status} />
          </div>
          {sweep.description !== '' && <p className={classes.description}>{sweep.description}</p>}
        </div>
        <div className={classes.progress}>
          <SweepProgress sweep={sweep} />
          <SweepTimes sweep={sweep} />
        </div>
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>Loss</dt>
          <dd>
            <code>{sweep.formula}</code>
          </dd>
        </div>
        <div>
          <dt>Weights</dt>
          <dd>{keptBy(sweep.experiment)}</dd>
        </div>
        {engines.results.length > 0 && (
          <div>
            <dt>Computed on</dt>
            <dd>{computedOn(engines)}</dd>
          </div>
        )}
        {logits.map((cache) => (
          <div key={cache.teacher}>
            <dt>
              Logits of {cache.teacher}
              {cache.trials > 1 && ` (${cache.trials} trials)`}
            </dt>
            <dd>
              computed {cache.computed === 1 ? 'once' : counted(cache.computed, 'time')}, read{' '}
              {counted(cache.reads, 'time')}, saved {duration(cache.savedSeconds)}
            </dd>
          </div>
        ))}
      </dl>
    </header>
  )
}
