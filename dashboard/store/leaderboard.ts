// A sweep's configurations: filtered, ranked and sorted by SQLite.
import type { Compared, Comparison } from '@retort/schema/comparison/compare'
import { verdicts } from '@retort/schema/comparison/verdicts'
import type { Reader } from '@retort/schema/open'
import { configurationView, trialView } from '@retort/schema/views'
import { and, asc, count, desc, eq, exists, getViewSelectedFields, inArray, lte, type SQL, sql } from 'drizzle-orm'
import type { SortColumn, SweepQuery } from '../view/sweepQuery.ts'
import { statusesOf } from './statuses.ts'

export const pageSize = 50
/** More points than this are no picture; the most accurate ones are drawn. */
export const maximumPoints = 4000

/** The comparison's part in the order of rows, by configuration: the verdict's place among the verdicts, and the gain. */
function judgedIn({ configurations }: Comparison): SQL {
  const judged = configurations.flatMap(({ configuration, gain }) =>
    gain === null ? [] : [[configuration, [verdicts.indexOf(gain.verdict), gain.validation?.mean ?? null]]],
  )
  const json = JSON.stringify(Object.fromEntries(judged))
  // The limit has SQLite make a table of it once, and not read it again for every row.
  return sql`(SELECT key, value ->> 0 AS verdict, value ->> 1 AS gain FROM json_each(${json}) LIMIT -1) judged`
}

/** Every configuration of a sweep, with its rank by validation accuracy among what can be shipped. */
const rankedIn = (db: Reader, sweep: string, comparison: Comparison) =>
  db.$with('ranked').as(
    db
      .select({
        ...getViewSelectedFields(configurationView),
        rank: sql<number | null>`CASE WHEN ${configurationView.role} <> 'teacher' AND ${configurationView.n} > 0 THEN
          rank() OVER (PARTITION BY ${configurationView.role} = 'teacher'
            ORDER BY ${configurationView.validationAccuracy} DESC NULLS LAST) END`.as('rank'),
        verdict: sql<number | null>`judged.verdict`.as('verdict'),
        validationGain: sql<number | null>`judged.gain`.as('validation_gain'),
      })
      .from(configurationView)
      .leftJoin(judgedIn(comparison), sql`judged.key = ${configurationView.configuration}`)
      .where(eq(configurationView.sweep, sweep)),
  )
type Ranked = ReturnType<typeof rankedIn>

const sortKeys: { [Column in SortColumn]: (ranked: Ranked) => SQL } = {
  rank: ({ rank }) => sql`${rank}`,
  student: ({ model }) => sql`${model}`,
  teacher: ({ teacher }) => sql`${teacher}`,
  temperature: ({ temperature }) => sql`${temperature}`,
  weights: ({ softWeight }) => sql`${softWeight}`,
  n: ({ n }) => sql`${n}`,
  validation: ({ validationAccuracy }) => sql`${validationAccuracy}`,
  test: ({ testAccuracy }) => sql`${testAccuracy}`,
  // Perplexity rises with the loss.
  perplexity: ({ validationLoss }) => sql`${validationLoss}`,
  testPerplexity: ({ testLoss }) => sql`${testLoss}`,
  uncorrectedValidation: ({ uncorrectedValidationAccuracy }) => sql`${uncorrectedValidationAccuracy}`,
  uncorrectedTest: ({ uncorrectedTestAccuracy }) => sql`${uncorrectedTestAccuracy}`,
  relative: ({ relativeAccuracy }) => sql`${relativeAccuracy}`,
  gain: ({ validationGain }) => sql`${validationGain}`,
  verdict: ({ verdict }) => sql`${verdict}`,
  agreement: ({ teacherAgreement }) => sql`${teacherAgreement}`,
  parameters: ({ parameters }) => sql`${parameters}`,
  bytes: ({ onnxBytes }) => sql`${onnxBytes}`,
  macs: ({ multiplyAccumulates }) => sql`${multiplyAccumulates}`,
}

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
  const ranked = rankedIn(db, sweep, comparison)
  const key = sortKeys[query.sort](ranked)
  const where = matches(db, ranked, query)
  const rows = db
    .with(ranked)
    .select()
    .from(ranked)
    .where(where)
    .orderBy(
      sql`${query.order === 'asc' ? asc(key) : desc(key)} NULLS LAST`,
      sql`${ranked.rank} NULLS LAST`,
      // Below the ranked ones the teachers, then what is not done, in an order that people can follow.
      sql`${ranked.n} = 0`,
      asc(ranked.model),
      asc(ranked.temperature),
      asc(ranked.softWeight),
      asc(ranked.configuration),
    )
    .limit(pageSize)
    .offset((query.page - 1) * pageSize)
    .all()
  const total = db.with(ranked).select({ total: count() }).from(ranked).where(where).get()!.total
  return { rows: rows.map(withComparison(comparison)), total }
}
export type Configuration = ReturnType<typeof leaderboard>['rows'][number]

/** What the comparison says of a row; null for teachers, and where nothing is done. */
function withComparison({ configurations }: Comparison) {
  const byId = new Map(configurations.map((compared) => [compared.configuration, compared]))
  return <Row extends { configuration: string }>(row: Row): Row & { compared: Compared | null } => ({
    ...row,
    compared: byId.get(row.configuration) ?? null,
  })
}

/** What has a result and can be shipped, the most accurate first: the chart's points. */
export function resultsOf(db: Reader, sweep: string, comparison: Comparison): Configuration[] {
  const ranked = rankedIn(db, sweep, comparison)
  return db
    .with(ranked)
    .select()
    .from(ranked)
    .where(sql`${ranked.rank} IS NOT NULL`)
    .orderBy(sql`${ranked.rank}`)
    .limit(maximumPoints)
    .all()
    .map(withComparison(comparison))
}
