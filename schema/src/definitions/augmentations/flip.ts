// The augmentation `flip`.
import { tagged } from '../kind.ts'

export const flip = tagged('Step', {
  type: 'flip',
  title: 'A mirror image, half of the time.',
  description: 'Mirrors every other image, left and right.',
  settings: {},
})
