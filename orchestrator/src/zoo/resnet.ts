// The CIFAR residual networks of He et al. (arXiv:1512.03385, section 4.2), with 1 x 1 convolutions where a
// shortcut changes shape (their option B).
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import type { Builder } from './builder.ts'
import { normalised, relu } from './convolution.ts'
import { pooledLogits } from './denseLayers.ts'
import { imageShape, leastToHalve } from './imageShape.ts'

export const resnet: Builder<'resnet'> = (architecture, images, classes) => {
  const { depth, width, stem, dropout: rate } = architecture
  imageShape(images, architecture.type, leastToHalve(2), 'are halved twice')
  const first = stem === 'width' ? width : stem
  let x = relu(normalised(images, { filters: first, kernelSize: 3, strides: 1, name: 'stem' }), 'stem')
  for (const stage of [1, 2, 3]) {
    for (let block = 1; block <= (depth - 2) / 6; block++) {
      const strides = stage > 1 && block === 1 ? 2 : 1
      x = basicBlock(x, width * 2 ** (stage - 1), strides, `stage${stage}_block${block}`)
    }
  }
  return pooledLogits(x, rate, classes)
}

function basicBlock(x: SymbolicTensor, filters: number, strides: number, name: string): SymbolicTensor {
  const first = normalised(x, { filters, kernelSize: 3, strides, name: `${name}_conv1` })
  const second = normalised(relu(first, `${name}_conv1`), {
    filters,
    kernelSize: 3,
    strides: 1,
    name: `${name}_conv2`,
  })
  const same = strides === 1 && x.shape.at(-1) === filters
  const shortcut = same ? x : normalised(x, { filters, kernelSize: 1, strides, name: `${name}_shortcut` })
  const sum = layers.add({ name: `${name}_add` }).apply([second, shortcut]) as SymbolicTensor
  return relu(sum, name)
}
