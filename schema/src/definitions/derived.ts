// What follows from the list of metrics: their names by where they come from and where they are shown.
import type { Metric, Shown, Unit } from './metric.ts'
import { metrics } from './metrics.ts'

export type Metrics = typeof metrics
export type MetricName = keyof Metrics

type Having<Shape> = { [N in MetricName]: Metrics[N] extends Shape ? N : never }[MetricName]

/** Those that trials' processes measure. */
export type MeasuredName = Having<{ source: { from: 'worker' } }>
export type KnownName<K extends 'always' | 'trained' | 'sometimes'> = Having<{ source: { from: 'worker'; known: K } }>
/** Those in the view of trials, and in that of configurations. */
export type TrialMetricName = Having<{ ofTrial: true }>
export type ConfigurationMetricName = Having<{ ofConfiguration: 'mean' | 'same' }>

/** With each definition as what it is one of, so that what it may have can be asked for. */
export const metricList = Object.entries(metrics) as [MetricName, Metric][]

export const measuredNames = metricList.flatMap(([name, { source }]) =>
  source.from === 'worker' ? [name as MeasuredName] : [],
)

const wholeUnits: readonly Unit[] = ['epoch', 'count', 'operations', 'bytes']
/** Whether it counts in whole numbers. */
export const isWhole = (name: MetricName): boolean => wholeUnits.includes(metrics[name].unit)

type Shows<Place extends keyof Shown> = { shown: Record<Place, unknown> }
export type ShownName<Place extends keyof Shown> = Having<Shows<Place>>
export type KeyOf<N extends MetricName> = Metrics[N] extends { key: infer Key extends string } ? Key : never
/** Keys of those that a place shows. */
export type KeyIn<Place extends keyof Shown> = KeyOf<ShownName<Place>>

/** Those that a place shows, with what it says of them. */
export const shownIn = <Place extends keyof Shown>(place: Place) =>
  metricList.flatMap(([name, metric]) => {
    const as = metric.shown[place]
    return as === undefined ? [] : [{ name: name as ShownName<Place>, metric, as: as as NonNullable<Shown[Place]> }]
  })

/** What comes first where people sort by it: the best. */
export const usualOrder = ({ better }: Pick<Metric, 'better'>): 'asc' | 'desc' => (better === 'more' ? 'desc' : 'asc')
