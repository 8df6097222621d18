// Right answers by class of the test split, beside the baseline's where there is one.
import { TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
import { classChanges } from '@retort/schema/comparison/classes'
import type { TrialPageData } from '../store/trialPage.ts'
import { count, percent, points } from '../view/format.ts'
import classes from './ClassesPanel.module.css'
import { DataTable } from './DataTable.tsx'
import { Panel } from './Panel.tsx'

type Props = Pick<TrialPageData, 'trial' | 'baseline'>

/** More are a list that nobody reads: those that change most are shown. */
const maximumRows = 30

export function ClassesPanel({ trial, baseline }: Props) {
  const own = trial.perClass
  if (own === null) return null
  const other = baseline?.perClass ?? null
  const changes = other === null ? null : classChanges([{ own, baseline: other }])
  const rows = own.samples.map((samples, index) => ({
    index,
    samples,
    accuracy: samples === 0 ? null : own.correct[index]! / samples,
    change: changes?.changes[index] ?? null,
  }))
  const weight = ({ accuracy, change }: (typeof rows)[number]) =>
    changes === null ? 1 - (accuracy ?? 1) : Math.abs(change ?? 0)
  const shown =
    rows.length <= maximumRows
      ? rows
      : rows
          .toSorted((a, b) => weight(b) - weight(a))
          .slice(0, maximumRows)
          .sort((a, b) => a.index - b.index)
  return (
    <Panel
      title="Classes"
      note={
        changes === null
          ? 'test accuracy'
          : `distillation helps on ${count(changes.helped)}, hurts on ${count(changes.hurt)}, changes nothing on ${count(changes.same)}`
      }
      flush
    >
      <DataTable caption="Right answers by class" minWidth={320}>
        <TableThead>
          <TableTr>
            <TableTh scope="col">Class</TableTh>
            <TableTh scope="col" ta="right">
              Test samples
            </TableTh>
            <TableTh scope="col" ta="right">
              Right
            </TableTh>
            {changes !== null && (
              <TableTh
                scope="col"
                ta="right"
                title="Minus that of the baseline with the same seed, in percentage points"
              >
                Against baseline
              </TableTh>
            )}
          </TableTr>
        </TableThead>
        <TableTbody>
          {shown.map(({ index, samples, accuracy, change }) => (
            <TableTr key={index}>
              <TableTh scope="row">{own.names?.[index] ?? index}</TableTh>
              <TableTd ta="right">{count(samples)}</TableTd>
              <TableTd ta="right">{percent(accuracy)}</TableTd>
              {changes !== null && (
                <TableTd ta="right" className={classes.change} data-sign={Math.sign(change ?? 0)}>
                  {points(change)}
                </TableTd>
              )}
            </TableTr>
          ))}
        </TableTbody>
      </DataTable>
      <p className={classes.note}>
        Counts of one run{changes !== null && ' against one run'}, not tested: a point of a class with few samples is
        chance.
        {rows.length > shown.length &&
          ` Of ${count(rows.length)} classes the ${count(shown.length)} ${changes === null ? 'worst' : 'that change most'} are shown.`}
      </p>
    </Panel>
  )
}
