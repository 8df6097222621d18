// The steps of an augmentation, in the order in which messages and pages list them.

import type { AugmentationDefinition } from './augmentation.ts'
import { crop } from './augmentations/crop.ts'
import { cutout } from './augmentations/cutout.ts'
import { flip } from './augmentations/flip.ts'
import { jitter } from './augmentations/jitter.ts'
import { mixup } from './augmentations/mixup.ts'
import { noise } from './augmentations/noise.ts'
import { shift } from './augmentations/shift.ts'
import { byType, oneOf } from './kind.ts'

export const augmentations = [crop, shift, flip, jitter, noise, cutout, mixup] as const

export const augmentationSchema = oneOf(augmentations, {
  name: 'AugmentationStep',
  description: 'A change of an image whose pixels are from 0 to 1, or what an array of floats has.',
  examples: [
    { type: 'crop', padding: 4 },
    { type: 'mixup', alpha: 0.2 },
  ],
})

type Step = (typeof augmentations)[number]

export type AugmentationType = Step['type']

/** Those that change an image by itself. */
export type ImageAugmentationType = Extract<Step, { blends: false }>['type']

const definitions = byType(augmentations)

/** What there is to know of an augmentation. */
export const augmentationFacts = (type: AugmentationType): AugmentationDefinition => definitions[type]
