// How a metric's value is written on the dashboard, by what it counts.
import type { Unit } from '@retort/schema/definitions/metric'
import { bytes, compact, count, decimal, duration, percent, perplexity, points } from './format.ts'

export const written: { [U in Unit]: (value: number | null | undefined) => string } = {
  share: percent,
  points,
  nats: decimal,
  perplexity,
  temperature: decimal,
  epoch: count,
  count,
  operations: compact,
  bytes,
  seconds: duration,
}
