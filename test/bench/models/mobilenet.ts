// A small MobileNet (arXiv:1704.04861): a convolution, then blocks of a depthwise and a 1x1 convolution, each with
// batch norm and relu.
import { batchNorm } from '@retort/orchestrator/zoo/batchNorm'
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'

const blocks = [
  { filters: 64, strides: 1 },
  { filters: 128, strides: 2 },
  { filters: 128, strides: 1 },
  { filters: 256, strides: 2 },
  { filters: 256, strides: 1 },
]

export function mobilenet(inputShape: number[], classes: number): LayersModel {
  const images = input({ shape: inputShape, name: 'images' })
  const same = { padding: 'same', useBias: false } as const
  let x = activated(layers.conv2d({ ...same, filters: 32, kernelSize: 3, name: 'stem' }), images)
  for (const [index, { filters, strides }] of blocks.entries()) {
    x = activated(layers.depthwiseConv2d({ ...same, kernelSize: 3, strides, name: `depthwise${index}` }), x)
    x = activated(layers.conv2d({ ...same, filters, kernelSize: 1, name: `pointwise${index}` }), x)
  }
  const pooled = layers.globalAveragePooling2d({ name: 'pool' }).apply(x) as SymbolicTensor
  const logits = layers.dense({ units: classes, name: 'logits' }).apply(pooled) as SymbolicTensor
  return model({ inputs: images, outputs: logits, name: 'mobilenet' })
}

function activated(layer: layers.Layer, x: SymbolicTensor): SymbolicTensor {
  const normalised = batchNorm(layer.apply(x) as SymbolicTensor, `${layer.name}_norm`)
  return layers.reLU({ name: `${layer.name}_relu` }).apply(normalised) as SymbolicTensor
}
