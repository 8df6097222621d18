// MobileNet (Howard et al., arXiv:1704.04861): blocks of a depthwise and a 1 x 1 convolution, each with batch norm and
// relu, behind a stem of stride 1 instead of 2, since small images are what it sees here.
import type { Builder } from './builder.ts'
import { normalised, normalisedDepthwise, relu } from './convolution.ts'
import { pooledLogits } from './denseLayers.ts'
import { imageShape, leastToHalve } from './imageShape.ts'
import { scaled } from './scaled.ts'

/** Filters and stride of each block (table 1). */
const table: readonly [number, number][] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
]

export const mobilenet: Builder<'mobilenet'> = ({ blocks, widthMultiplier, dropout: rate }, images, classes) => {
  const used = table.slice(0, blocks)
  const halvings = used.filter(([, strides]) => strides === 2).length
  imageShape(images, 'mobilenet', leastToHalve(halvings), `are halved ${halvings} times`)
  const stem = { filters: scaled(32, widthMultiplier), kernelSize: 3, strides: 1, name: 'stem' }
  let x = relu(normalised(images, stem), 'stem')
  for (const [index, [filters, strides]] of used.entries()) {
    const [deep, point] = [`block${index + 1}_depthwise`, `block${index + 1}_pointwise`]
    x = relu(normalisedDepthwise(x, { strides, name: deep }), deep)
    x = relu(
      normalised(x, { filters: scaled(filters, widthMultiplier), kernelSize: 1, strides: 1, name: point }),
      point,
    )
  }
  return pooledLogits(x, rate, classes)
}
