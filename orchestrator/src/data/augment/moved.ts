// An image moved by whole pixels.
import type { Picture, Pixels } from './change.ts'

/** @param gap what stands where nothing has moved to: zeros, or the pixels of the border */
export function moved({ height, width, channels }: Picture, gap: 'zeros' | 'border') {
  const rowLength = width * channels
  /** Repeats a pixel of the source over columns of a row. */
  const fill = (to: Pixels, from: Pixels, row: number, [start, end]: [number, number], pixel: number) => {
    for (let column = start; column < end; column++) {
      for (let channel = 0; channel < channels; channel++) {
        to[row * rowLength + column * channels + channel] = from[pixel * channels + channel] as number
      }
    }
  }
  return (from: Pixels, to: Pixels, down: number, right: number): void => {
    if (gap === 'zeros') to.fill(0)
    const [start, end] = [Math.max(0, Math.min(width, right)), Math.max(0, Math.min(width, width + right))]
    for (let row = 0; row < height; row++) {
      const y = Math.max(0, Math.min(height - 1, row - down))
      if (gap === 'zeros' && y !== row - down) continue
      const source = y * rowLength + (start - right) * channels
      if (end > start) {
        to.set(from.subarray(source, source + (end - start) * channels), row * rowLength + start * channels)
      }
      if (gap === 'zeros') continue
      fill(to, from, row, [0, start], y * width)
      fill(to, from, row, [end, width], y * width + width - 1)
    }
  }
}
