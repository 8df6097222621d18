// The trials that this one is measured against, and its replicates.

import type { TrialRow } from '@retort/schema/store/read/trials'
import type { TrialPageData } from '../store/trialPage.ts'
import { percent } from '../view/format.ts'
import { Facts } from './Facts.tsx'
import { LinkAnchor } from './links.tsx'
import { Panel } from './Panel.tsx'

type Props = Pick<TrialPageData, 'trial' | 'teacher' | 'baseline' | 'replicates'>

export function Related({ trial, teacher, baseline, replicates }: Props) {
  const others = replicates.filter((replicate) => replicate.trial !== trial.trial)
  const related: [string, TrialRow][] = [
    ...(teacher === undefined ? [] : [[`Teacher ${teacher.model}`, teacher] as [string, TrialRow]]),
    ...(baseline === undefined ? [] : [['Baseline from scratch', baseline] as [string, TrialRow]]),
    ...others.map((replicate): [string, TrialRow] => [`The same with seed ${replicate.seed}`, replicate]),
  ]
  if (related.length === 0) return null
  return (
    <Panel title="Compare with" note="test accuracy">
      <Facts
        spread
        facts={related.map(([name, other]) => ({
          name,
          label: (
            <LinkAnchor href={`/sweeps/${trial.sweep}/trials/${other.trial}`} inherit>
              {name}
            </LinkAnchor>
          ),
          value: other.testAccuracy === null ? other.status : percent(other.testAccuracy),
        }))}
      />
    </Panel>
  )
}
