// A random crop of the image surrounded by zeros, which is the image moved.
import { below } from '../random.ts'
import type { Augment } from './change.ts'
import { moved } from './moved.ts'

export const crop: Augment<'crop'> = ({ padding }, picture) => {
  const move = moved(picture, 'zeros')
  return (from, to, next) => {
    const down = below(2 * padding + 1, next) - padding
    const right = below(2 * padding + 1, next) - padding
    move(from, to, down, right)
  }
}
