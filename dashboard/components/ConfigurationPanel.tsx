// All that decides what a trial computes, as people read it and as it is hashed.
import { Title } from '@mantine/core'
import type { TrialPageData } from '../store/trialPage.ts'
import { configurationGroups } from '../view/configuration.ts'
import classes from './ConfigurationPanel.module.css'
import { Facts } from './Facts.tsx'
import { Panel } from './Panel.tsx'

/** As written, and what it trained with where memory was short for that. */
const batches = ({ reducedBatchSize }: TrialPageData['trial'], written: string) =>
  reducedBatchSize === null ? written : `${written}; trained with ${reducedBatchSize}`

export function ConfigurationPanel({ trial, formula }: Pick<TrialPageData, 'trial' | 'formula'>) {
  return (
    <Panel title="Configuration">
      <div className={classes.groups}>
        {configurationGroups(trial.config).map(({ title, facts }) => (
          <section key={title} aria-label={title}>
            <Title order={3} className={classes.title}>
              {title}
            </Title>
            <Facts
              facts={facts.map(([name, value]) => ({
                name,
                value: name === 'batchSize' ? batches(trial, value) : value,
              }))}
            />
            {title === 'Distillation' && trial.role === 'student' && <code className={classes.formula}>{formula}</code>}
          </section>
        ))}
      </div>
      <details className={classes.raw}>
        <summary>As JSON</summary>
        <pre>{JSON.stringify(trial.config, null, 2)}</pre>
      </details>
    </Panel>
  )
}
