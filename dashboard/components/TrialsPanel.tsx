// The sweep's trials by status, the failed ones with their reasons.
import { TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
import type { SweepPageData } from '../store/sweepPage.ts'
import { type ListedTrial, trialsPageSize } from '../store/trials.ts'
import { count, duration, percent } from '../view/format.ts'
import { sentence } from '../view/names.ts'
import { type StatusGroup, search, statuses } from '../view/sweepQuery.ts'
import { DataTable } from './DataTable.tsx'
import { LinkAnchor } from './links.tsx'
import { Pages } from './Pages.tsx'
import { Panel } from './Panel.tsx'
import { Segments } from './Segments.tsx'
import { Status } from './Status.tsx'
import classes from './TrialsPanel.module.css'

type Props = Pick<SweepPageData, 'query' | 'sweep' | 'trials' | 'failures'> & { path: string }

export function TrialsPanel({ path, query, sweep, trials, failures }: Props) {
  // Most sweeps stop none.
  const isShown = (group: StatusGroup) => group !== 'stopped' || sweep.stopped > 0 || trials.group === 'stopped'
  const kinds = failures.map((failure) => `${count(failure.trials)} ${failure.status}`).join(', ')
  return (
    <Panel
      title="Trials"
      note={kinds === '' ? undefined : kinds}
      tools={
        <Segments
          label="Trials that are"
          segments={statuses.filter(isShown).map((group) => ({
            label: `${group[0]!.toUpperCase()}${group.slice(1)} ${count(sweep[group])}`,
            href: path + search(query, { trials: group, trialsPage: 1 }),
            selected: group === trials.group,
          }))}
        />
      }
      flush
    >
      {trials.rows.length === 0 ? (
        <p className={classes.empty}>No trial is {trials.group}.</p>
      ) : (
        <DataTable caption={`Trials that are ${trials.group}`} minWidth={640}>
          <TableThead>
            <TableTr>
              <TableTh scope="col">Trial</TableTh>
              <TableTh scope="col">Seed</TableTh>
              <TableTh scope="col">Status</TableTh>
              <TableTh scope="col">{columnOf[trials.group].name}</TableTh>
            </TableTr>
          </TableThead>
          <TableTbody>
            {trials.rows.map((trial) => (
              <TableTr key={trial.trial}>
                <TableTh scope="row" className={classes.name}>
                  <LinkAnchor href={`${path}/trials/${trial.trial}`} size="sm">
                    {sentence(trial)}
                  </LinkAnchor>
                </TableTh>
                <TableTd>{trial.seed}</TableTd>
                <TableTd>
                  <Status status={trial.status} />
                </TableTd>
                <TableTd className={classes.last}>{columnOf[trials.group].value(trial)}</TableTd>
              </TableTr>
            ))}
          </TableTbody>
        </DataTable>
      )}
      <Pages
        label="Pages of trials"
        total={trials.total}
        pageSize={trialsPageSize}
        page={query.trialsPage}
        href={(trialsPage) => path + search(query, { trials: trials.group, trialsPage })}
      />
    </Panel>
  )
}

/** What there is to say of a trial in such a state. */
const columnOf: { [Group in StatusGroup]: { name: string; value: (trial: ListedTrial) => string } } = {
  done: {
    name: 'Result',
    value: ({ validationAccuracy, trainSeconds, reducedBatchSize, batchSize }) =>
      `${percent(validationAccuracy)} validation, trained ${duration(trainSeconds)}` +
      (reducedBatchSize === null ? '' : `, batch ${count(reducedBatchSize)} of ${count(batchSize)}`),
  },
  stopped: { name: 'Trained', value: ({ epoch, epochs }) => `${count(epoch)} of ${count(epochs)} epochs` },
  running: { name: 'Progress', value: ({ epoch, epochs }) => `epoch ${count(epoch)} of ${count(epochs)}` },
  pending: { name: 'To train', value: ({ epochs }) => `${count(epochs)} epochs` },
  failed: { name: 'Reason', value: ({ reason }) => reason ?? 'no reason was recorded' },
}
