// All sweeps of the store.
import { TableTbody, TableTd, TableTh, TableThead, TableTr, Title } from '@mantine/core'
import { listSweeps } from '@retort/schema/store/read/sweeps'
import { DataTable } from '../../components/DataTable.tsx'
import { LinkAnchor } from '../../components/links.tsx'
import { Command, Notice } from '../../components/Notice.tsx'
import { Status } from '../../components/Status.tsx'
import { StoreProblemNotice } from '../../components/StoreProblemNotice.tsx'
import { SweepProgress } from '../../components/SweepProgress.tsx'
import { SweepTimes } from '../../components/SweepTimes.tsx'
import { readStore } from '../../store/connection.ts'
import { counted, percent } from '../../view/format.ts'
import classes from './page.module.css'

export const dynamic = 'force-dynamic'

export default function SweepsPage() {
  const read = readStore(listSweeps)
  if ('problem' in read) return <StoreProblemNotice {...read} />
  const sweeps = read.value
  if (sweeps.length === 0) {
    return (
      <Notice title="No sweeps yet">
        <p>The store is there, and empty. Start a sweep, and watch it here:</p>
        <Command>pnpm retort run experiments/mnist-quickstart.json</Command>
      </Notice>
    )
  }
  return (
    <>
      <Title order={1} mb="lg">
        Sweeps
      </Title>
      <div className={classes.surface}>
        <DataTable caption={counted(sweeps.length, 'sweep')} minWidth={760}>
          <TableThead>
            <TableTr>
              <TableTh scope="col">Sweep</TableTh>
              <TableTh scope="col">Status</TableTh>
              <TableTh scope="col">Progress</TableTh>
              <TableTh scope="col" ta="right">
                Best validation accuracy
              </TableTh>
              <TableTh scope="col">Started</TableTh>
            </TableTr>
          </TableThead>
          <TableTbody>
            {sweeps.map((sweep) => (
              <TableTr key={sweep.id}>
                <TableTh scope="row" className={classes.name}>
                  <LinkAnchor href={`/sweeps/${sweep.id}`} fw={600}>
                    {sweep.id}
                  </LinkAnchor>
                  {sweep.description !== '' && <div className={classes.description}>{sweep.description}</div>}
                </TableTh>
                <TableTd>
                  <Status status={sweep.status} />
                </TableTd>
                <TableTd>
                  <SweepProgress sweep={sweep} size="sm" />
                </TableTd>
                <TableTd ta="right" className={classes.best}>
                  {percent(sweep.bestValidationAccuracy)}
                </TableTd>
                <TableTd>
                  <SweepTimes sweep={sweep} />
                </TableTd>
              </TableTr>
            ))}
          </TableTbody>
        </DataTable>
      </div>
    </>
  )
}
