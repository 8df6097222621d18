// Where a trial ran, and on what.
import { enginesText } from '@retort/schema/engines'
import type { TrialPageData } from '../store/trialPage.ts'
import { moment } from '../view/format.ts'
import { Facts } from './Facts.tsx'
import { Panel } from './Panel.tsx'
import classes from './RanOn.module.css'

export function RanOn({ trial }: Pick<TrialPageData, 'trial'>) {
  const engines = trial.engines ?? []
  const goneOn = engines.length > 1
  const facts =
    trial.startedAt === null
      ? [{ name: 'Started', value: 'not yet' }]
      : [
          { name: 'Started', value: moment(trial.startedAt) },
          ...(goneOn ? [{ name: 'Trained on', value: enginesText(engines) }] : []),
          { name: 'Engine', value: trial.engine ?? '–' },
          { name: 'Device', value: trial.device ?? '–' },
          { name: 'Threads', value: trial.threads ?? '–' },
          ...Object.entries(trial.versions ?? {}).map(([name, value]) => ({ name, value })),
        ]
  return (
    <Panel title="Where it ran">
      <Facts spread facts={facts} />
      <p className={classes.id}>
        Trial <code>{trial.trial}</code>
      </p>
    </Panel>
  )
}
