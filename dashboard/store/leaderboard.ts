// A sweep's configurations: filtered, ranked and sorted by SQLite.
import type { Comparison } from '@retort/schema/comparison/compare'
import { verdicts } from '@retort/schema/comparison/verdicts'
import { type ConfigurationMetricName, type MetricName, metricList, shownIn } from '@retort/schema/definitions/derived'
import { metrics } from '@retort/schema/definitions/metrics'
import type { Reader } from '@retort/schema/open'
import { configurationsOf } from '@retort/schema/store/read/ranking'
import { configurationView, trialView } from '@retort/schema/views'
import { and, asc, desc, eq, exists, getViewSelectedFields, inArray, lte, type SQL, sql } from 'drizzle-orm'
import type { AxisName } from '../view/axes.ts'
import type { OwnColumn, SortColumn, SweepQuery } from '../view/sweepQuery.ts'
import { statusesOf } from './statuses.ts'

export const pageSize = 50
/** More points than this are no picture; the most accurate ones are drawn. */
export const maximumPoints = 4000

/** The comparison's part in the order of rows, by configuration. */
function judgedIn({ configurations }: Comparison): SQL {
  const judged = configurations.map(({ configuration, gain }, place) => [
    configuration,
    [place, gain === null ? null : verdicts.indexOf(gain.verdict), gain?.validation?.mean ?? null],
  ])
  const json = JSON.stringify(Object.fromEntries(judged))
  // The limit has SQLite make a table of it once, and not read it again for every row.
  return sql`(SELECT key, value ->> 0 AS place, value ->> 1 AS verdict, value ->> 2 AS gain FROM json_each(${json}) LIMIT -1) judged`
}

const columns = getViewSelectedFields(configurationView)

/** The figures that the chart and the answer show: each costs a look at all trials. */
const drawn = new Set<string>([
  ...metricList.flatMap(([name, { axis }]) => (axis === undefined ? [] : [name])),
  ...(['testLoss', 'uncorrectedValidationAccuracy'] as const),
] satisfies MetricName[])
type Drawn = AxisName<'size'> | AxisName<'accuracy'> | 'testLoss' | 'uncorrectedValidationAccuracy'
type Undrawn = Exclude<ConfigurationMetricName, Drawn> | 'testAccuracyDeviation'
const drawnColumns = Object.fromEntries(
  Object.entries(columns).filter(([name]) => drawn.has(name) || !(name in metrics || name === 'testAccuracyDeviation')),
) as Omit<typeof columns, Undrawn>

/** Every configuration of a sweep, with its place in the ranking; null for teachers, and where nothing is done. */
const rankedIn = (db: Reader, sweep: string, comparison: Comparison, by: SortColumn) => {
  const { configuration, role, model, teacher, temperature, softWeight, n, parameters } = configurationView
  return db.$with('ranked').as(
    db
      .select({
        // No more than filters and order need, since each figure costs a look at all trials.
        ...{
          sweep: configurationView.sweep,
          configuration,
          role,
          model,
          teacher,
          temperature,
          softWeight,
          n,
          parameters,
        },
        place: sql<number | null>`judged.place`.as('place'),
        verdict: sql<number | null>`judged.verdict`.as('verdict'),
        figure: sql<number | null>`${figureBy(by)}`.as('figure'),
      })
      .from(configurationView)
      .leftJoin(judgedIn(comparison), sql`judged.key = ${configurationView.configuration}`)
      .where(eq(configurationView.sweep, sweep)),
  )
}
type Ranked = ReturnType<typeof rankedIn>

/** What rows are sorted by where that is a metric; perplexity rises with the loss. */
function figureBy(by: SortColumn): SQL {
  const sorted = shownIn('leaderboard').find(({ metric }) => metric.key === by)
  if (sorted === undefined) return sql`NULL`
  if (sorted.name === 'validationGain') return sql`judged.gain`
  const { source } = sorted.metric
  const column = source.from === 'loss' ? source.metric : sorted.name
  return sql`${configurationView[column as ConfigurationMetricName]}`
}

const ownKeys: { [Column in OwnColumn]: (ranked: Ranked) => SQL } = {
  rank: ({ place }) => sql`${place}`,
  student: ({ model }) => sql`${model}`,
  teacher: ({ teacher }) => sql`${teacher}`,
  temperature: ({ temperature }) => sql`${temperature}`,
  weights: ({ softWeight }) => sql`${softWeight}`,
  n: ({ n }) => sql`${n}`,
  verdict: ({ verdict }) => sql`${verdict}`,
}

const isOwn = (column: SortColumn): column is OwnColumn => Object.hasOwn(ownKeys, column)

function matches(db: Reader, ranked: Ranked, query: SweepQuery): SQL | undefined {
  const hasTrial = (group: keyof typeof statusesOf) =>
    exists(
      db
        .select({ one: sql`1` })
        .from(trialView)
        .where(
          and(
            eq(trialView.sweep, ranked.sweep),
            eq(trialView.configuration, ranked.configuration),
            inArray(trialView.status, statusesOf[group]),
          ),
        ),
    )
  return and(
    query.student === null ? undefined : eq(ranked.model, query.student),
    query.teacher === null ? undefined : eq(ranked.teacher, query.teacher),
    query.role === null ? undefined : eq(ranked.role, query.role),
    query.status === null ? undefined : hasTrial(query.status),
    query.verdict === null ? undefined : eq(ranked.verdict, verdicts.indexOf(query.verdict)),
    query.maxParameters === null ? undefined : lte(ranked.parameters, query.maxParameters),
  )
}

/** One page of the leaderboard, and how many configurations match in all. What has no value yet comes last. */
export function leaderboard(db: Reader, sweep: string, query: SweepQuery, comparison: Comparison) {
  const ranked = rankedIn(db, sweep, comparison, query.sort)
  const key = isOwn(query.sort) ? ownKeys[query.sort](ranked) : sql`${ranked.figure}`
  const where = matches(db, ranked, query)
  const found = db
    .with(ranked)
    .select({ configuration: ranked.configuration })
    .from(ranked)
    .where(where)
    .orderBy(
      sql`${query.order === 'asc' ? asc(key) : desc(key)} NULLS LAST`,
      sql`${ranked.place} NULLS LAST`,
      // Below the ranked ones the teachers, then what is not done, in an order that people can follow.
      sql`${ranked.n} = 0`,
      asc(ranked.model),
      asc(ranked.temperature),
      asc(ranked.softWeight),
      asc(ranked.configuration),
    )
    .all()
  const page = found.slice((query.page - 1) * pageSize, query.page * pageSize).map(({ configuration }) => configuration)
  return { rows: page.map(rowsIn(configurationsOf(db, sweep, page), comparison)), total: found.length }
}
export type Configuration = ReturnType<typeof leaderboard>['rows'][number]

/** The row of each with what the comparison says of it: null for teachers, and where nothing is done. */
function rowsIn<Row extends { configuration: string }>(rows: readonly Row[], { configurations }: Comparison) {
  const byId = new Map(rows.map((row) => [row.configuration, row]))
  const comparedById = new Map(configurations.map((compared) => [compared.configuration, compared]))
  return (configuration: string) => {
    const compared = comparedById.get(configuration) ?? null
    return { ...byId.get(configuration)!, rank: compared?.rank ?? null, compared }
  }
}

/** What has a result and can be shipped, in the order of the ranking: the chart's points. */
export function resultsOf(db: Reader, sweep: string, comparison: Comparison) {
  const rows = db.select(drawnColumns).from(configurationView).where(eq(configurationView.sweep, sweep)).all()
  return comparison.configurations
    .slice(0, maximumPoints)
    .map(({ configuration }) => configuration)
    .map(rowsIn(rows, comparison))
}
export type Result = ReturnType<typeof resultsOf>[number]
