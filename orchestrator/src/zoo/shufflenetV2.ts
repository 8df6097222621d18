// ShuffleNetV2 (Ma et al., arXiv:1807.11164, table 5) in the form for small images that distillation is compared on
// (RepDistiller, arXiv:1910.10699): a 1 x 1 stem of stride 1 and no pooling behind it.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { ArchitectureOf, Builder } from './builder.ts'
import { shuffledChannels, slicedChannels } from './channels.ts'
import { normalised, normalisedDepthwise, relu } from './convolution.ts'
import { pooledLogits } from './denseLayers.ts'
import { imageShape, leastToHalve } from './imageShape.ts'

type ShufflenetV2 = ArchitectureOf<'shufflenet-v2'>

/** Channels of the three stages and of the last map. */
const channelsOf: Record<ShufflenetV2['widthMultiplier'], [number, number, number, number]> = {
  0.5: [48, 96, 192, 1024],
  1: [116, 232, 464, 1024],
  1.5: [176, 352, 704, 1024],
  2: [244, 488, 976, 2048],
}

export const shufflenetV2: Builder<'shufflenet-v2'> = ({ blocks, widthMultiplier, dropout: rate }, images, classes) => {
  imageShape(images, 'shufflenet-v2', leastToHalve(3), 'are halved 3 times')
  const [last, ...stages] = [...channelsOf[widthMultiplier]].reverse() as [number, ...number[]]
  let x = pointwise(images, 24, 'stem')
  for (const [index, channels] of stages.reverse().entries()) {
    for (let block = 1; block <= blocks[index]!; block++) {
      const name = `stage${index + 1}_block${block}`
      const halves = block === 1 ? halved(x, channels / 2, name) : keptAndChanged(x, channels / 2, name)
      const joined = layers.concatenate({ name: `${name}_concat` }).apply(halves) as SymbolicTensor
      x = shuffledChannels(joined, 2, name)
    }
  }
  return pooledLogits(pointwise(x, last, 'last'), rate, classes)
}

/** A 1 x 1 convolution with batch norm and relu. */
const pointwise = (x: SymbolicTensor, filters: number, name: string): SymbolicTensor =>
  relu(normalised(x, { filters, kernelSize: 1, strides: 1, name }), name)

/** One half of the channels as it is, the other through three convolutions. */
function keptAndChanged(x: SymbolicTensor, half: number, name: string): [SymbolicTensor, SymbolicTensor] {
  const kept = slicedChannels(x, 0, half, `${name}_kept`)
  let y = slicedChannels(x, half, 2 * half, `${name}_changed`)
  y = pointwise(y, half, `${name}_conv1`)
  y = normalisedDepthwise(y, { strides: 1, name: `${name}_depthwise` })
  return [kept, pointwise(y, half, `${name}_conv2`)]
}

/** All channels through both branches, each of which halves the image. */
function halved(x: SymbolicTensor, half: number, name: string): [SymbolicTensor, SymbolicTensor] {
  let short = normalisedDepthwise(x, { strides: 2, name: `${name}_short_depthwise` })
  short = pointwise(short, half, `${name}_short_conv`)
  let long = pointwise(x, half, `${name}_conv1`)
  long = normalisedDepthwise(long, { strides: 2, name: `${name}_depthwise` })
  return [short, pointwise(long, half, `${name}_conv2`)]
}
