// The CIFAR residual networks of He et al. (arXiv:1512.03385, section 4.2), with 1 x 1 convolutions where a
// shortcut changes shape (their option B).
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { batchNorm } from './batchNorm.ts'
import type { Builder } from './buildModel.ts'
import { denseLayers, through, unset } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { imageShape } from './imageShape.ts'

export const resnet: Builder<Extract<ResolvedArchitecture, { type: 'resnet' }>> = (architecture, images, classes) => {
  const { depth, width, dropout: rate } = architecture
  imageShape(images, 'resnet')
  let x = relu(convolution(images, { filters: width, kernelSize: 3, strides: 1, name: 'stem' }), 'stem')
  for (const stage of [1, 2, 3]) {
    for (let block = 1; block <= (depth - 2) / 6; block++) {
      const strides = stage > 1 && block === 1 ? 2 : 1
      x = basicBlock(x, width * 2 ** (stage - 1), strides, `stage${stage}_block${block}`)
    }
  }
  const pooled = through(layers.globalAveragePooling2d({ name: 'pool' }), x)
  const features = dropout(pooled, rate, 'features_dropout')
  return denseLayers(features, { hidden: [], activation: 'relu', dropout: rate, classes })
}

function basicBlock(x: SymbolicTensor, filters: number, strides: number, name: string): SymbolicTensor {
  const first = convolution(x, { filters, kernelSize: 3, strides, name: `${name}_conv1` })
  const second = convolution(relu(first, `${name}_conv1`), {
    filters,
    kernelSize: 3,
    strides: 1,
    name: `${name}_conv2`,
  })
  const same = strides === 1 && x.shape.at(-1) === filters
  const shortcut = same ? x : convolution(x, { filters, kernelSize: 1, strides, name: `${name}_shortcut` })
  const sum = layers.add({ name: `${name}_add` }).apply([second, shortcut]) as SymbolicTensor
  return relu(sum, name)
}

interface Convolution {
  filters: number
  kernelSize: number
  strides: number
  name: string
}

/** Without bias, since the batch norm that follows has one. */
function convolution(x: SymbolicTensor, { name, ...options }: Convolution): SymbolicTensor {
  const y = through(layers.conv2d({ ...options, padding: 'same', useBias: false, name, ...unset }), x)
  return batchNorm(y, `${name}_norm`)
}

const relu = (x: SymbolicTensor, name: string) =>
  through(layers.activation({ activation: 'relu', name: `${name}_relu` }), x)
