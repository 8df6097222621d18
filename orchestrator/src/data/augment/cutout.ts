// A square covered with the mean (DeVries and Taylor, arXiv:1708.04552): its middle is any pixel, so that it may reach
// over the border.
import { below } from '../random.ts'
import type { Augment } from './change.ts'

export const cutout: Augment<'cutout'> =
  ({ size }, { height, width, channels, mean }) =>
  (from, to, next) => {
    to.set(from)
    const top = below(height, next) - (size >> 1)
    const left = below(width, next) - (size >> 1)
    for (let row = Math.max(0, top); row < Math.min(height, top + size); row++) {
      for (let column = Math.max(0, left); column < Math.min(width, left + size); column++) {
        for (let channel = 0; channel < channels; channel++) {
          to[(row * width + column) * channels + channel] = mean[channel] as number
        }
      }
    }
  }
