// MobileNetV2 (Sandler et al., arXiv:1801.04381) in the form for small images that distillation is compared on
// (RepDistiller, arXiv:1910.10699): the second stage keeps its stride at 1, relu stands for relu6, and the first stage,
// too, has its expanding convolution, though it expands by 1.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { Builder } from './builder.ts'
import { normalised, normalisedDepthwise, relu } from './convolution.ts'
import { pooledLogits } from './denseLayers.ts'
import { imageShape, leastToHalve } from './imageShape.ts'
import { scaled } from './scaled.ts'

/** Filters and first stride of each stage; how many blocks it has is the architecture's. */
const table: readonly [number, number][] = [
  [16, 1],
  [24, 1],
  [32, 2],
  [64, 2],
  [96, 1],
  [160, 2],
  [320, 1],
]

export const mobilenetV2: Builder<'mobilenet-v2'> = (
  { blocks, widthMultiplier, expansion, dropout: rate },
  images,
  classes,
) => {
  imageShape(images, 'mobilenet-v2', leastToHalve(4), 'are halved 4 times')
  const stem = { filters: scaled(32, widthMultiplier), kernelSize: 3, strides: 2, name: 'stem' }
  let x = relu(normalised(images, stem), 'stem')
  for (const [index, [filters, first]] of table.entries()) {
    for (let block = 1; block <= blocks[index]!; block++) {
      x = invertedResidual(x, {
        filters: scaled(filters, widthMultiplier),
        strides: block === 1 ? first : 1,
        expansion: index === 0 ? 1 : expansion,
        name: `stage${index + 1}_block${block}`,
      })
    }
  }
  // The last map is not made narrower than the paper's.
  const filters = scaled(1280, Math.max(1, widthMultiplier))
  x = relu(normalised(x, { filters, kernelSize: 1, strides: 1, name: 'last' }), 'last')
  return pooledLogits(x, rate, classes)
}

interface Block {
  filters: number
  strides: number
  expansion: number
  name: string
}

/** Expands, filters each channel, and narrows without an activation. */
function invertedResidual(x: SymbolicTensor, { filters, strides, expansion, name }: Block): SymbolicTensor {
  const channels = x.shape.at(-1) as number
  const [expand, deep, project] = [`${name}_expand`, `${name}_depthwise`, `${name}_project`]
  let y = relu(normalised(x, { filters: channels * expansion, kernelSize: 1, strides: 1, name: expand }), expand)
  y = relu(normalisedDepthwise(y, { strides, name: deep }), deep)
  y = normalised(y, { filters, kernelSize: 1, strides: 1, name: project })
  return strides === 1 && channels === filters ? (layers.add({ name }).apply([x, y]) as SymbolicTensor) : y
}
