// The columns of views that metrics are: each one's value of a trial, or over the trials of a configuration, out of the rows
// of measurements.
import { sql } from 'drizzle-orm'
import { integer, real } from 'drizzle-orm/sqlite-core'
import {
  type ConfigurationMetricName,
  isWhole,
  type MetricName,
  metricList,
  type TrialMetricName,
} from '../definitions/derived.ts'
import type { Metric } from '../definitions/metric.ts'
import { metrics } from '../definitions/metrics.ts'
import { asTrained } from '../measurements.ts'

const columnName = (name: MetricName): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const row = (alias: string, trial: string, metric: string): string =>
  `${alias}.trial = ${trial} AND ${alias}.variant = '${asTrained.variant}' AND ${alias}.condition = '${asTrained.condition}'` +
  ` AND ${alias}.metric = '${metric}'`

/** @param of alias of the row of sweep_trials that names the trial, its teacher's and its baseline's */
function rowsOf(name: MetricName, { source }: Metric, of: string): { value: string; from: string; where: string } {
  switch (source.from) {
    case 'worker':
      return { value: 'm.value', from: 'measurements m', where: row('m', `${of}.trial`, name) }
    case 'teacher':
    case 'baseline':
      return {
        value: `m.value ${source.as === 'share' ? '/' : '-'} o.value`,
        from: 'measurements m CROSS JOIN measurements o',
        where: `${row('m', `${of}.trial`, source.metric)} AND ${row('o', `${of}.${source.from}_trial`, source.metric)}`,
      }
    case 'bias correction':
      return {
        value: `json_extract(b.bias_correction, '${source.path}')`,
        from: 'trials b',
        where: `b.id = ${of}.trial`,
      }
    case 'loss':
      throw new Error(`expected a metric that SQL can tell, got ${name}, which needs to know what the classes are`)
  }
}

const asColumn = (name: MetricName, text: string): string => {
  const value = `(${text})`
  return `${isWhole(name) ? `CAST(${value} AS INTEGER)` : value} AS ${columnName(name)}`
}

const ofTrials = metricList.filter(([, { ofTrial }]) => ofTrial)
const ofConfigurations = metricList.filter(([, { ofConfiguration }]) => ofConfiguration !== null)

/** The value of one metric of a trial, as a query. */
const query = (of: string, name: MetricName): string => {
  const { value, from, where } = rowsOf(name, metrics[name], of)
  return `SELECT ${value} FROM ${from} WHERE ${where}`
}
export const figure = (of: string, name: TrialMetricName) => sql.raw(query(of, name))

/** All metrics of a trial, as a list of SQL columns in the order of trialFigures. */
export const trialFiguresOf = (of: string) =>
  sql.raw(ofTrials.map(([name]) => asColumn(name, query(of, name))).join(',\n    '))

/** All metrics of a configuration, in the order of configurationFigures. What is no mean is the same for all replicates. */
export const configurationFiguresOf = (of: string) =>
  sql.raw(
    ofConfigurations
      .map(([name, metric]) => {
        const { value, from, where } = rowsOf(name, metric, 'u')
        const over = metric.ofConfiguration === 'same' ? 'min' : 'avg'
        const replicates = `u.sweep = ${of}.sweep AND u.configuration = ${of}.configuration`
        // In this order, whatever SQLite believes of the tables' sizes.
        return asColumn(
          name,
          `SELECT ${over}(${value}) FROM sweep_trials u CROSS JOIN ${from} WHERE ${replicates} AND ${where}`,
        )
      })
      .join(',\n    '),
  )

type Columns<Name extends MetricName> = { [N in Name]: ReturnType<typeof real<string>> }

const columns = <Name extends MetricName>(list: [MetricName, Metric][]) =>
  Object.fromEntries(
    list.map(([name]) => [name, isWhole(name) ? integer(columnName(name)) : real(columnName(name))]),
  ) as unknown as Columns<Name>

export const trialFigures = columns<TrialMetricName>(ofTrials)
export const configurationFigures = columns<ConfigurationMetricName>(ofConfigurations)
