// How a metric's value is written for people, by what it counts.
import type { Unit } from '@retort/schema/definitions/metric'
import { bytes, count, duration, missing, number, percent, points } from './format.ts'

type Value = number | null | undefined

export const written: { [U in Unit]: (value: Value) => string } = {
  share: percent,
  points,
  nats: number,
  perplexity: number,
  temperature: number,
  epoch: count,
  count,
  operations: count,
  bytes,
  seconds: (value) => (value == null ? missing : duration(value)),
}
