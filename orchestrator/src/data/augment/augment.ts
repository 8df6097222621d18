// Views of training images. They are drawn from the
// augmentation's seed, the image and the view alone, so that every model sees the same ones and any of them can be
// drawn again.
import { augmentationFacts } from '@retort/schema/definitions/augmentations'
import type { ResolvedAugmentation } from '@retort/schema/trial'
import { type Data, DatasetProblem, type Preprocessing, type Samples, sizeOf } from '../data.ts'
import { stream } from '../random.ts'
import { augments } from './augments.ts'
import type { Augment, Picture, Pixels } from './change.ts'
import { mixer } from './mixup.ts'

/** @throws DatasetProblem where the inputs are no images, or a length is more than the image's */
export function checkAugmentation({ steps }: ResolvedAugmentation, inputShape: number[]): void {
  if (inputShape.length !== 3) {
    const got = `inputs of [${inputShape.join(', ')}]`
    throw new DatasetProblem(`augmentation expects images of [height, width, channels], got ${got}`, ['augmentation'])
  }
  const [height, width] = inputShape as [number, number]
  for (const [index, step] of steps.entries()) {
    for (const name of augmentationFacts(step.type).pixels) {
      const value = step[name as keyof typeof step]
      if (Number(value) <= Math.min(height, width)) continue
      throw new DatasetProblem(
        `expected at most ${Math.min(height, width)} pixels for images of ${height} x ${width}, got ${value}`,
        ['augmentation', 'steps', String(index), name],
      )
    }
  }
}

/** Writes a view of a sample, in units of value / divisor, not standardised. */
export type View = (samples: Samples, index: number, view: number) => Pixels

/** What views are made of. */
export interface Viewed extends Pick<Data, 'inputShape'> {
  preprocessing: Preprocessing
  /** The training split, of which partners for mixup are drawn. */
  train: Pick<Samples, 'inputs' | 'indices'>
}

/** @returns a function whose result is valid until it is called again */
export function viewer(augmentation: ResolvedAugmentation, data: Viewed): View {
  const alone = changer(augmentation, data)
  const mix = mixer(augmentation, data.train.indices)
  if (mix === null) return alone
  const blend = pixelsOf(data)
  return (samples, index, view) => {
    const { partner, share } = mix(index, view)
    blend.set(alone(samples, index, view))
    const other = alone(samples, partner, view)
    for (let at = 0; at < blend.length; at++) {
      blend[at] = share * (blend[at] as number) + (1 - share) * (other[at] as number)
    }
    return blend
  }
}

/** Views that are made of one image each. */
function changer({ steps, seed }: ResolvedAugmentation, data: Viewed): View {
  const { inputShape, preprocessing } = data
  const [height, width, channels] = inputShape as [number, number, number]
  const { divisor, mean } = preprocessing
  const picture: Picture = { height, width, channels, mean }
  const changes = steps
    .filter((step) => step.type !== 'mixup')
    .map((step) => (augments[step.type] as Augment)(step, picture))
  const size = height * width * channels
  let [image, spare] = [pixelsOf(data), pixelsOf(data)]
  return ({ inputs }, index, view) => {
    const next = stream('augmentation', seed, index, view)
    for (let at = 0; at < size; at++) image[at] = (inputs[index * size + at] as number) / divisor
    for (const change of changes) {
      change(image, spare, next)
      ;[image, spare] = [spare, image]
    }
    return image
  }
}

/** Room for one image. */
const pixelsOf = ({ inputShape, train }: Viewed): Pixels =>
  train.inputs instanceof Float64Array ? new Float64Array(sizeOf(inputShape)) : new Float32Array(sizeOf(inputShape))
