// The metrics that the chart's axes can be, by their keys in the page's address.
import { type KeyOf, type MetricName, type Metrics, metricList } from '@retort/schema/definitions/derived'
import type { Metric } from '@retort/schema/definitions/metric'
import { bytes, compact } from './format.ts'
import { written } from './units.ts'

export type AxisName<Of extends 'size' | 'accuracy'> = {
  [N in MetricName]: Metrics[N] extends { axis: { of: Of } } ? N : never
}[MetricName]
export type Size = KeyOf<AxisName<'size'>>
export type Accuracy = KeyOf<AxisName<'accuracy'>>

export interface Axis<Of extends 'size' | 'accuracy'> {
  key: KeyOf<AxisName<Of>>
  metric: AxisName<Of>
  /** To choose it by. */
  name: string
  /** As a title. */
  title: string
  /** With what it counts. */
  text: (value: number) => string
  tick: (value: number) => string
  scale: 'linear' | 'log'
}

const axesOf = <Of extends 'size' | 'accuracy'>(of: Of): Axis<Of>[] =>
  metricList.flatMap(([name, { axis, key, unit, label }]: [MetricName, Metric]) => {
    if (axis?.of !== of || key === undefined) return []
    const write = written[unit]
    return {
      key: key as Axis<Of>['key'],
      metric: name as AxisName<Of>,
      name: axis.name,
      title: `${label[0]!.toUpperCase()}${label.slice(1)}`,
      text: (value: number) => (unit === 'count' || unit === 'operations' ? `${write(value)} ${label}` : write(value)),
      tick: unit === 'bytes' ? bytes : compact,
      scale: axis.scale,
    }
  })

export const sizes = axesOf('size')
export const accuracies = axesOf('accuracy')
export const sizeAxis = (key: Size): Axis<'size'> => sizes.find((each) => each.key === key)!
export const accuracyAxis = (key: Accuracy): Axis<'accuracy'> => accuracies.find((each) => each.key === key)!
