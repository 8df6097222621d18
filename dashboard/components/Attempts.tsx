// Every time a trial was started, and how that ended.
import { TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
import { enginesText } from '@retort/schema/engines'
import type { AttemptRow } from '@retort/schema/store/read/trials'
import { count, duration, moment } from '../view/format.ts'
import { DataTable } from './DataTable.tsx'
import classes from './Downloads.module.css'
import { Panel } from './Panel.tsx'
import { Status } from './Status.tsx'

/** Where an attempt began, with the engines before its own. */
function beginning({ resumedEpoch, engine, device, engines }: AttemptRow): string {
  const before = (engines ?? []).filter((each) => each.engine !== engine || each.device !== device)
  if (before.length > 0)
    return `${resumedEpoch === 0 ? 'a checkpoint' : `epoch ${resumedEpoch}`} of ${enginesText(before)}`
  return resumedEpoch === 0 ? 'the start' : `epoch ${resumedEpoch}`
}

export function Attempts({ attempts }: { attempts: AttemptRow[] }) {
  if (attempts.length === 0) {
    return (
      <Panel title="Attempts">
        <p className={classes.none}>This trial has not been started.</p>
      </Panel>
    )
  }
  const halved = new Set(attempts.map(({ batchSize }) => batchSize)).size > 1
  return (
    <Panel title="Attempts" flush>
      <DataTable caption="Attempts" minWidth={620}>
        <TableThead>
          <TableTr>
            <TableTh scope="col">#</TableTh>
            <TableTh scope="col">Outcome</TableTh>
            <TableTh scope="col">Began</TableTh>
            <TableTh scope="col">Took</TableTh>
            <TableTh scope="col">From</TableTh>
            {halved && (
              <TableTh scope="col" ta="right">
                Batch
              </TableTh>
            )}
            <TableTh scope="col">Engine</TableTh>
            <TableTh scope="col">Process</TableTh>
          </TableTr>
        </TableThead>
        <TableTbody>
          {attempts.map((attempt) => (
            <TableTr key={attempt.number}>
              <TableTh scope="row">{attempt.number}</TableTh>
              <TableTd>
                <Status status={attempt.outcome as Parameters<typeof Status>[0]['status']} />
                {attempt.reason !== null && <p className={classes.none}>{attempt.reason}</p>}
              </TableTd>
              <TableTd>{moment(attempt.startedAt)}</TableTd>
              <TableTd>
                {attempt.finishedAt === null ? '–' : duration((attempt.finishedAt - attempt.startedAt) / 1000)}
              </TableTd>
              <TableTd>{beginning(attempt)}</TableTd>
              {halved && <TableTd ta="right">{count(attempt.batchSize)}</TableTd>}
              <TableTd>{[attempt.engine, attempt.device].filter((part) => part !== null).join(', ') || '–'}</TableTd>
              <TableTd>{attempt.pid ?? '–'}</TableTd>
            </TableTr>
          ))}
        </TableTbody>
      </DataTable>
    </Panel>
  )
}
