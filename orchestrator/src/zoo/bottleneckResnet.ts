// The deep residual networks of He et al. (arXiv:1512.03385, table 1) of bottleneck blocks, ResNet-50 and deeper, in
// the form for small images: a 3 x 3 stem of stride 1 and no pooling behind it. The stride is at the 3 x 3 convolution.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { ArchitectureOf, Builder } from './builder.ts'
import { normalised, relu } from './convolution.ts'
import { pooledLogits } from './denseLayers.ts'
import { imageShape, leastToHalve } from './imageShape.ts'

type BottleneckResnet = ArchitectureOf<'bottleneck-resnet'>

/** Blocks of the four stages. */
const blocksOf: Record<BottleneckResnet['depth'], number[]> = {
  26: [2, 2, 2, 2],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
}

export const bottleneckResnet: Builder<'bottleneck-resnet'> = ({ depth, width, dropout: rate }, images, classes) => {
  imageShape(images, 'bottleneck-resnet', leastToHalve(3), 'are halved 3 times')
  let x = relu(normalised(images, { filters: width, kernelSize: 3, strides: 1, name: 'stem' }), 'stem')
  for (const [index, blocks] of blocksOf[depth].entries()) {
    for (let block = 1; block <= blocks; block++) {
      const strides = index > 0 && block === 1 ? 2 : 1
      x = bottleneck(x, width * 2 ** index, strides, `stage${index + 1}_block${block}`)
    }
  }
  return pooledLogits(x, rate, classes)
}

function bottleneck(x: SymbolicTensor, narrow: number, strides: number, name: string): SymbolicTensor {
  const wide = 4 * narrow
  const part = (number: number) => `${name}_conv${number}`
  let y = relu(normalised(x, { filters: narrow, kernelSize: 1, strides: 1, name: part(1) }), part(1))
  y = relu(normalised(y, { filters: narrow, kernelSize: 3, strides, name: part(2) }), part(2))
  y = normalised(y, { filters: wide, kernelSize: 1, strides: 1, name: part(3) })
  const same = strides === 1 && x.shape.at(-1) === wide
  const shortcut = same ? x : normalised(x, { filters: wide, kernelSize: 1, strides, name: `${name}_shortcut` })
  return relu(layers.add({ name: `${name}_add` }).apply([y, shortcut]) as SymbolicTensor, name)
}
