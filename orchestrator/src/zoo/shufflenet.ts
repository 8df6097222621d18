// ShuffleNet (Zhang et al., arXiv:1707.01083) in the form for small images that distillation is compared on
// (RepDistiller, arXiv:1910.10699): a 1 x 1 stem of stride 1, no pooling behind it, and a relu behind the depthwise
// convolution. Bottlenecks have a quarter of the channels that their last convolution makes.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm } from './batchNorm.ts'
import type { ArchitectureOf, Builder } from './builder.ts'
import { shuffledChannels, slicedChannels } from './channels.ts'
import { convolution, normalised, normalisedDepthwise, relu } from './convolution.ts'
import { pooledLogits, through } from './denseLayers.ts'
import { imageShape, leastToHalve } from './imageShape.ts'

type Shufflenet = ArchitectureOf<'shufflenet'>

/** Channels of the three stages (table 1). */
const channelsOf: Record<Shufflenet['groups'], [number, number, number]> = {
  1: [144, 288, 576],
  2: [200, 400, 800],
  3: [240, 480, 960],
}

export const shufflenet: Builder<'shufflenet'> = ({ blocks, groups, dropout: rate }, images, classes) => {
  imageShape(images, 'shufflenet', leastToHalve(3), 'are halved 3 times')
  let x = relu(normalised(images, { filters: 24, kernelSize: 1, strides: 1, name: 'stem' }), 'stem')
  for (const [index, channels] of channelsOf[groups].entries()) {
    for (let block = 1; block <= blocks[index]!; block++) {
      // The stem has too few channels to be grouped.
      const first = index === 0 && block === 1 ? 1 : groups
      const name = `stage${index + 1}_block${block}`
      x = block === 1 ? halving(x, channels, [first, groups], name) : residual(x, [first, groups], name)
    }
  }
  return pooledLogits(x, rate, classes)
}

/** Groups of the first and of the last convolution of a block. */
type Groups = [number, number]

function residual(x: SymbolicTensor, groups: Groups, name: string): SymbolicTensor {
  const y = bottleneck(x, { filters: x.shape.at(-1) as number, strides: 1, groups, name })
  return relu(layers.add({ name: `${name}_add` }).apply([y, x]) as SymbolicTensor, name)
}

/** What the bottleneck gives stands beside the averaged input. */
function halving(x: SymbolicTensor, channels: number, groups: Groups, name: string): SymbolicTensor {
  const y = bottleneck(x, { filters: channels - (x.shape.at(-1) as number), strides: 2, groups, name })
  // The zeros around the image count, as they do in PyTorch. TensorFlow.js's own gradient of SAME padding is wrong on the CPU.
  const padded = through(layers.zeroPadding2d({ padding: 1, name: `${name}_pad` }), x)
  const averaged = through(layers.averagePooling2d({ poolSize: 3, strides: 2, name: `${name}_pool` }), padded)
  return relu(layers.concatenate({ name: `${name}_concat` }).apply([y, averaged]) as SymbolicTensor, name)
}

interface Bottleneck {
  filters: number
  strides: number
  groups: Groups
  name: string
}

function bottleneck(x: SymbolicTensor, { filters, strides, groups, name }: Bottleneck): SymbolicTensor {
  const [first, last] = groups
  let y = relu(grouped(x, filters / 4, first, `${name}_conv1`), `${name}_conv1`)
  if (first > 1) y = shuffledChannels(y, first, `${name}_shuffle`)
  y = relu(normalisedDepthwise(y, { strides, name: `${name}_depthwise` }), `${name}_depthwise`)
  return grouped(y, filters, last, `${name}_conv2`)
}

/** A 1 x 1 convolution of each group of channels by itself, with batch norm. TensorFlow.js has no grouped one. */
function grouped(x: SymbolicTensor, filters: number, groups: number, name: string): SymbolicTensor {
  if (groups === 1) return normalised(x, { filters, kernelSize: 1, strides: 1, name })
  const part = (x.shape.at(-1) as number) / groups
  const parts = Array.from({ length: groups }, (_, group) => {
    const own = `${name}_group${group + 1}`
    const sliced = slicedChannels(x, group * part, (group + 1) * part, `${own}_in`)
    return convolution(sliced, { filters: filters / groups, kernelSize: 1, strides: 1, name: own })
  })
  return batchNorm(layers.concatenate({ name: `${name}_concat` }).apply(parts) as SymbolicTensor, `${name}_norm`)
}
