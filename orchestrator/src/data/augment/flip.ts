// The mirror image, half of the time.
import { below } from '../random.ts'
import type { Augment } from './change.ts'

export const flip: Augment<'flip'> =
  (_, { height, width, channels }) =>
  (from, to, next) => {
    if (below(2, next) === 0) return to.set(from)
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [at, source] = [(row * width + column) * channels, (row * width + width - 1 - column) * channels]
        for (let channel = 0; channel < channels; channel++) to[at + channel] = from[source + channel] as number
      }
    }
  }
