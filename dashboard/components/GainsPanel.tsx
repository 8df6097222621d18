// Whether distillation helped, seed by seed: every configuration's gain over its baseline.
import type { SweepPageData } from '../store/sweepPage.ts'
import { count, counted } from '../view/format.ts'
import type { GainRow } from '../view/gains.ts'
import { differing, settings } from '../view/names.ts'
import { GainsChart } from './GainsChart.tsx'
import classes from './GainsPanel.module.css'
import { Panel } from './Panel.tsx'

type Props = Pick<SweepPageData, 'results' | 'comparison' | 'students'> & { path: string }

/** More than this is no picture; the most accurate configurations are drawn. */
const maximumRows = 40

export function GainsPanel({ path, results, comparison, students }: Props) {
  const judged = results.filter(({ compared }) => compared?.gain?.validation != null)
  const apart = differing(judged.map(settings))
  const all = judged.flatMap((result, index): GainRow[] => {
    const { compared } = result
    if (compared?.gain?.validation == null) return []
    const { validation, verdict } = compared.gain
    return [
      {
        model: result.model,
        settings: settings(result).join(', '),
        differing: apart[index]!.join(', '),
        verdict,
        mean: validation.mean,
        interval: validation.interval,
        seeds: compared.points.flatMap(({ seed, gain, trial }) =>
          gain === null ? [] : [{ seed, gain, href: `${path}/trials/${trial}` }],
        ),
        href: `${path}/trials/${result.trial}`,
      },
    ]
  })
  if (all.length === 0) return null
  const drawn = all.slice(0, maximumRows)
  const rows = students.flatMap((student) =>
    drawn.filter(({ model }) => model === student).sort((a, b) => b.mean - a.mean),
  )
  const { withBaseline } = comparison.comparisons
  return (
    <Panel title="Did distillation help?" note="validation accuracy over the baseline, seed by seed">
      <GainsChart
        rows={rows}
        label={`Gains of ${counted(rows.length, 'configuration')} over their baselines; the leaderboard has them as numbers`}
      />
      <p className={classes.caption}>
        A circle is one seed against the baseline with the same seed, a diamond their mean
        {withBaseline === 0 ? (
          '. One seed of a configuration tells no gain from chance, so all are grey.'
        ) : (
          <>
            , a line its 95 % confidence interval (Student’s t): what another seed would do on the same data. Green is
            better, red worse, grey shows no difference: paired t tests at 5 %
            {withBaseline > 1 && `, corrected by Holm for ${count(withBaseline)} comparisons`}.
          </>
        )}
        {all.length > rows.length && ` Only the ${count(rows.length)} most accurate are drawn.`}
      </p>
    </Panel>
  )
}
