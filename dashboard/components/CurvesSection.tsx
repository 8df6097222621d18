// A trial's learning curves, and the same numbers as a table.
import { TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
import type { EpochRow } from '@retort/schema/store/read/trials'
import { count, decimal, duration, percent } from '../view/format.ts'
import { type CurveName, curveCharts } from '../view/learningCurves.ts'
import classes from './CurvesSection.module.css'
import { DataTable } from './DataTable.tsx'
import { LearningCurve } from './LearningCurve.tsx'
import { Panel } from './Panel.tsx'

const columns: { name: string; value: (epoch: EpochRow) => string }[] = [
  { name: 'Train loss', value: ({ trainLoss }) => decimal(trainLoss) },
  { name: 'Hard', value: ({ hardLoss }) => decimal(hardLoss) },
  { name: 'Soft', value: ({ softLoss }) => decimal(softLoss) },
  { name: 'Validation loss', value: ({ validationLoss }) => decimal(validationLoss) },
  { name: 'Validation accuracy', value: ({ validationAccuracy }) => percent(validationAccuracy) },
  { name: 'Learning rate', value: ({ learningRate }) => decimal(learningRate) },
  { name: 'Time', value: ({ seconds }) => duration(seconds) },
  { name: 'Samples a second', value: ({ imagesPerSecond }) => count(Math.round(imagesPerSecond)) },
]

export function CurvesSection({ epochs, planned }: { epochs: EpochRow[]; planned: number }) {
  if (epochs.length === 0) {
    return (
      <Panel title="Learning curves">
        <p className={classes.none}>No epoch is recorded yet.</p>
      </Panel>
    )
  }
  return (
    <div className={classes.curves}>
      {(Object.keys(curveCharts) as CurveName[]).map((name) => (
        <Panel key={name} title={curveCharts[name].title}>
          <LearningCurve name={name} epochs={epochs} planned={planned} />
        </Panel>
      ))}
      <details className={classes.table}>
        <summary>All {count(epochs.length)} epochs as a table</summary>
        <DataTable caption="Epochs" minWidth={760}>
          <TableThead>
            <TableTr>
              <TableTh scope="col">Epoch</TableTh>
              {columns.map(({ name }) => (
                <TableTh key={name} scope="col" ta="right">
                  {name}
                </TableTh>
              ))}
            </TableTr>
          </TableThead>
          <TableTbody>
            {epochs.map((epoch) => (
              <TableTr key={epoch.epoch}>
                <TableTh scope="row">{epoch.epoch}</TableTh>
                {columns.map(({ name, value }) => (
                  <TableTd key={name} ta="right">
                    {value(epoch)}
                  </TableTd>
                ))}
              </TableTr>
            ))}
          </TableTbody>
        </DataTable>
      </details>
    </div>
  )
}
