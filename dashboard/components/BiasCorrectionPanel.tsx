// What correcting the biases of classes left out of training has changed (`training.correctBias`).
import { TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
import type { TrialPageData } from '../store/trialPage.ts'
import { decimal, percent, points, signed } from '../view/format.ts'
import classes from './ClassesPanel.module.css'
import { DataTable } from './DataTable.tsx'
import { Panel } from './Panel.tsx'

export function BiasCorrectionPanel({ trial }: Pick<TrialPageData, 'trial'>) {
  const { biasCorrection, perClass } = trial
  if (biasCorrection === null) return null
  const { before, shifts } = biasCorrection
  const accuracy = (name: string, was: number, is: number | null) => ({
    name,
    was: percent(was),
    is: percent(is),
    change: is === null ? null : is - was,
    changeText: points(is === null ? null : is - was),
  })
  const loss = (name: string, was: number, is: number | null) => ({
    name,
    was: decimal(was),
    is: decimal(is),
    // A lower one is better.
    change: is === null ? null : was - is,
    changeText: signed(is === null ? null : is - was),
  })
  const classAt = (index: number) => {
    const samples = perClass?.samples[index] ?? 0
    const share = (correct: number | undefined) => (correct === undefined || samples === 0 ? null : correct / samples)
    const [was, is] = [share(before.correct[index]), share(perClass?.correct[index])]
    const change = was === null || is === null ? null : is - was
    const name = `Class ${perClass?.names?.[index] ?? index}, test accuracy`
    return { name, was: percent(was), is: percent(is), change, changeText: points(change) }
  }
  const corrected = shifts.flatMap((shift, index) => (shift === 0 ? [] : [{ index, shift }]))
  const rows = [
    accuracy('Validation accuracy', before.validationAccuracy, trial.validationAccuracy),
    accuracy('Test accuracy', before.testAccuracy, trial.testAccuracy),
    loss('Validation loss', before.validationLoss, trial.validationLoss),
    loss('Test loss', before.testLoss, trial.testLoss),
    ...corrected.map(({ index }) => classAt(index)),
  ]
  const added = corrected.map(({ index, shift }) => `${signed(shift)} to class ${perClass?.names?.[index] ?? index}`)
  return (
    <Panel title="Bias correction" note="of classes left out of training" flush>
      <DataTable caption="Figures before and after the bias correction" minWidth={320}>
        <TableThead>
          <TableTr>
            <TableTh scope="col">Figure</TableTh>
            <TableTh scope="col" ta="right">
              Before
            </TableTh>
            <TableTh scope="col" ta="right">
              After
            </TableTh>
            <TableTh scope="col" ta="right" title="Of accuracies in percentage points">
              Change
            </TableTh>
          </TableTr>
        </TableThead>
        <TableTbody>
          {rows.map(({ name, was, is, change, changeText }) => (
            <TableTr key={name}>
              <TableTh scope="row">{name}</TableTh>
              <TableTd ta="right">{was}</TableTd>
              <TableTd ta="right">{is}</TableTd>
              <TableTd ta="right" className={classes.change} data-sign={Math.sign(change ?? 0)}>
                {changeText}
              </TableTd>
            </TableTr>
          ))}
        </TableTbody>
      </DataTable>
      <p className={classes.note}>
        Added to the last layer’s bias: {added.join(', ')}, so that the mean probability of each over the validation
        inputs is its share of the training split. Figures elsewhere are those after it; no test sample decided it.
      </p>
    </Panel>
  )
}
