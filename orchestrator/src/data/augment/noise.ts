// Gaussian noise on every number of the image.
import { uniform } from '../random.ts'
import type { Augment } from './change.ts'

/** Box and Muller's transform gives two normal numbers for two uniform ones. */
export const noise: Augment<'noise'> =
  ({ deviation }) =>
  (from, to, next) => {
    for (let at = 0; at < from.length; at += 2) {
      // Above zero, whose logarithm is infinite.
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - uniform(next)))
      const angle = 2 * Math.PI * uniform(next)
      to[at] = (from[at] as number) + radius * Math.cos(angle)
      if (at + 1 < from.length) to[at + 1] = (from[at + 1] as number) + radius * Math.sin(angle)
    }
  }
