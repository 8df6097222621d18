// Wide residual networks (Zagoruyko and Komodakis, arXiv:1605.07146): three stages of pre-activated basic blocks.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm } from './batchNorm.ts'
import type { Builder } from './builder.ts'
import { convolution, relu } from './convolution.ts'
import { pooledLogits } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { imageShape, leastToHalve } from './imageShape.ts'

export const wrn: Builder<'wrn'> = (architecture, images, classes) => {
  const { depth, widen, dropout: rate } = architecture
  imageShape(images, architecture.type, leastToHalve(2), 'are halved twice')
  let x = convolution(images, { filters: 16, kernelSize: 3, strides: 1, name: 'stem' })
  for (const stage of [1, 2, 3]) {
    for (let block = 1; block <= (depth - 4) / 6; block++) {
      const strides = stage > 1 && block === 1 ? 2 : 1
      const name = `stage${stage}_block${block}`
      x = preactivated(x, { filters: 16 * widen * 2 ** (stage - 1), strides, rate, name })
    }
  }
  return pooledLogits(relu(batchNorm(x, 'last_norm'), 'last'), 0, classes)
}

interface Block {
  filters: number
  strides: number
  rate: number
  name: string
}

/** Where the shape changes, the shortcut begins behind the first activation, else before it. */
function preactivated(x: SymbolicTensor, { filters, strides, rate, name }: Block): SymbolicTensor {
  const same = strides === 1 && x.shape.at(-1) === filters
  const first = relu(batchNorm(x, `${name}_norm1`), `${name}_norm1`)
  let y = convolution(first, { filters, kernelSize: 3, strides, name: `${name}_conv1` })
  y = dropout(relu(batchNorm(y, `${name}_norm2`), `${name}_norm2`), rate, `${name}_dropout`)
  y = convolution(y, { filters, kernelSize: 3, strides: 1, name: `${name}_conv2` })
  const shortcut = same ? x : convolution(first, { filters, kernelSize: 1, strides, name: `${name}_shortcut` })
  return layers.add({ name }).apply([y, shortcut]) as SymbolicTensor
}
