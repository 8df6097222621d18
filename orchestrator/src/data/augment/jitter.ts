// Another contrast and brightness: (m + c * (x - m)) * b, where m is the image's mean.
import { uniform } from '../random.ts'
import type { Augment } from './change.ts'

export const jitter: Augment<'jitter'> =
  ({ brightness, contrast }) =>
  (from, to, next) => {
    const c = 1 + contrast * (2 * uniform(next) - 1)
    const b = 1 + brightness * (2 * uniform(next) - 1)
    let sum = 0
    for (const value of from) sum += value
    const mean = sum / from.length
    for (let at = 0; at < from.length; at++) to[at] = (mean + c * ((from[at] as number) - mean)) * b
  }
