// The ranking with its filters.
import { figureOf } from '@retort/schema/comparison/figures'
import { shownIn } from '@retort/schema/definitions/derived'
import { enginesText } from '@retort/schema/engines'
import type { Dataset } from '@retort/schema/experiment'
import { perplexityOf } from '@retort/schema/perplexity'
import { type Configuration, pageSize } from '../store/leaderboard.ts'
import type { SweepPageData } from '../store/sweepPage.ts'
import type { Answer } from '../view/answer.ts'
import { counted, plusMinus } from '../view/format.ts'
import { isFiltered, noFilter, search } from '../view/sweepQuery.ts'
import { written } from '../view/units.ts'
import { Filters } from './Filters.tsx'
import classes from './Leaderboard.module.css'
import { type LeaderboardRow, LeaderboardTable } from './LeaderboardTable.tsx'
import { LinkAnchor } from './links.tsx'
import { Pages } from './Pages.tsx'
import { Panel } from './Panel.tsx'

type Shown = 'query' | 'ranking' | 'results' | 'comparison' | 'students' | 'teachers' | 'sweep' | 'engines'
type Props = Pick<SweepPageData, Shown> & {
  path: string
  answer: Answer | null
}

/** Baselines other than scratch have their label loss there, and schedules of temperatures and weights stand there. */
function hasAxes({ sweep = {}, baselines = [], temperatures, lossWeights }: Props['sweep']['experiment']): boolean {
  const weights = lossWeights?.flatMap(({ hard, soft }) => [hard, soft]) ?? []
  const values = [...(temperatures ?? []), ...weights]
  return (
    Object.keys(sweep).length > 0 ||
    baselines.some((baseline) => baseline !== 'scratch') ||
    values.some((value) => typeof value === 'object')
  )
}

/** Of what the leaderboard shows, as it is written. */
function figuresOf(row: Configuration, dataset: Dataset): LeaderboardRow['figures'] {
  const figures = shownIn('leaderboard').map(({ name, metric }) => {
    const { value, estimate } = figureOf(name, row, row.compared, dataset)
    return [name, { text: written[metric.unit](value), interval: plusMinus(estimate) }]
  })
  return Object.fromEntries(figures) as LeaderboardRow['figures']
}

export function Leaderboard(props: Props) {
  const { path, query, ranking, results, comparison, answer, students, teachers, sweep, engines } = props
  const { dataset } = sweep.experiment
  const rows = ranking.rows.map((row) => ({
    ...row,
    href: `${path}/trials/${row.trial}`,
    figures: figuresOf(row, dataset),
    award:
      row.configuration === answer?.best.configuration
        ? answer.bestIs.toLowerCase()
        : row.configuration === answer?.smallest.configuration
          ? `smallest within ${query.within}`
          : null,
    engines: engines.results.length > 1 ? enginesText(engines.byConfiguration.get(row.configuration) ?? []) : '',
    amongBest:
      comparison.bestIsTested && row.compared?.amongBest === true && row.configuration !== answer?.best.configuration,
  }))
  const hasGains = comparison.configurations.some(({ gain }) => gain !== null)
  const corrected = results.some(({ uncorrectedValidationAccuracy }) => uncorrectedValidationAccuracy !== null)
  const hidden = [
    ...(perplexityOf(dataset, 0) === null ? (['perplexity', 'testPerplexity'] as const) : []),
    ...(corrected ? [] : (['uncorrectedValidation', 'uncorrectedTest'] as const)),
    ...(hasGains ? [] : (['gain', 'verdict'] as const)),
    ...(teachers.length < 2 ? (['teacher'] as const) : []),
    ...(hasAxes(sweep.experiment) ? [] : (['axes'] as const)),
    ...((sweep.experiment.seeds ?? []).length < 2 ? (['n'] as const) : []),
  ]
  const total = counted(ranking.total, 'configuration')
  return (
    <Panel
      title="Leaderboard"
      note={
        <>
          {isFiltered(query) ? `${total} match` : total}
          {', ranked by validation accuracy'}
        </>
      }
      flush
    >
      <div className={classes.filters}>
        <Filters path={path} query={query} students={students} teachers={teachers} />
      </div>
      {rows.length === 0 ? (
        <p className={classes.empty}>
          Nothing matches.{' '}
          <LinkAnchor href={path + search(query, noFilter)} scroll={false}>
            Show all
          </LinkAnchor>
        </p>
      ) : (
        <LeaderboardTable path={path} query={query} rows={rows} hidden={hidden} caption={`Leaderboard, ${total}`} />
      )}
      <Pages
        label="Pages of the leaderboard"
        total={ranking.total}
        pageSize={pageSize}
        page={query.page}
        href={(page) => path + search(query, { page })}
      />
    </Panel>
  )
}
