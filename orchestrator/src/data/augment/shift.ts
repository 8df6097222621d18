// The image moved by up to some pixels, as in Hinton's experiments on MNIST (arXiv:1503.02531, section 3).
import { below } from '../random.ts'
import type { Augment } from './change.ts'
import { moved } from './moved.ts'

export const shift: Augment<'shift'> = ({ pixels }, picture) => {
  const move = moved(picture, 'border')
  return (from, to, next) => {
    const down = below(2 * pixels + 1, next) - pixels
    const right = below(2 * pixels + 1, next) - pixels
    move(from, to, down, right)
  }
}
