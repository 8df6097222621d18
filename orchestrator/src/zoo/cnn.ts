// Plain convolutional network: blocks of convolution, activation and 2 x 2 max pooling, then dense layers.
import { layers } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import { batchNorm } from './batchNorm.ts'
import type { Builder } from './builder.ts'
import { denseLayers, through, unset } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { imageShape } from './imageShape.ts'

export const cnn: Builder<'cnn'> = (architecture, images, classes) => {
  const { filters: blocks, kernelSize, activation, batchNorm: normalised, dropout: rate } = architecture
  const [height, width] = imageShape(images, 'cnn')
  if (kernelSize > Math.min(height, width)) {
    throw new ArchitectureProblem(
      `expected a kernel of at most ${Math.min(height, width)} pixels for images of ${height} x ${width}, got ${kernelSize}`,
      ['kernelSize'],
    )
  }
  let x = images
  for (const [index, filters] of blocks.entries()) {
    const name = `conv${index + 1}`
    const [rows, columns] = x.shape.slice(1) as [number, number]
    if (Math.min(rows, columns) < 2) {
      throw new ArchitectureProblem(
        `expected at most ${index} blocks: ${height} x ${width} pixels are halved to ${rows} x ${columns}, which cannot be pooled again, got ${blocks.length}`,
        ['filters'],
      )
    }
    x = through(layers.conv2d({ filters, kernelSize, padding: 'same', useBias: !normalised, name, ...unset }), x)
    if (normalised) x = batchNorm(x, `${name}_norm`)
    x = through(layers.activation({ activation, name: `${name}_${activation}` }), x)
    x = through(layers.maxPooling2d({ poolSize: 2, strides: 2, name: `${name}_pool` }), x)
  }
  const features = dropout(through(layers.flatten({ name: 'flatten' }), x), rate, 'features_dropout')
  return denseLayers(features, { hidden: architecture.dense, activation, dropout: rate, classes })
}
