// How each augmentation changes an image. Made by `pnpm generate` from the list of definitions; do not edit.
import type { ImageAugmentationType } from '@retort/schema/definitions/augmentations'
import type { Augment } from './change.ts'
import { crop } from './crop.ts'
import { cutout } from './cutout.ts'
import { flip } from './flip.ts'
import { jitter } from './jitter.ts'
import { noise } from './noise.ts'
import { shift } from './shift.ts'

export const augments: { [Type in ImageAugmentationType]: Augment<Type> } = {
  crop,
  shift,
  flip,
  jitter,
  noise,
  cutout,
}
