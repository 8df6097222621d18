// The VGG networks of Simonyan and Zisserman (arXiv:1409.1556) with batch norm, in the form for small images that
// distillation is compared on (RepDistiller, arXiv:1910.10699): one dense layer behind global average pooling, and
// three poolings, a fourth for images of 64 pixels and more. Convolutions keep their biases, which its sizes count.
import { layers } from '@tensorflow/tfjs-layers'
import { batchNorm } from './batchNorm.ts'
import type { ArchitectureOf, Builder } from './builder.ts'
import { relu } from './convolution.ts'
import { pooledLogits, through, unset } from './denseLayers.ts'
import { imageShape } from './imageShape.ts'
import { scaled } from './scaled.ts'

type Vgg = ArchitectureOf<'vgg'>

/** Convolutions of the five stages. */
const convolutionsOf: Record<Vgg['depth'], number[]> = {
  8: [1, 1, 1, 1, 1],
  11: [1, 1, 2, 2, 2],
  13: [2, 2, 2, 2, 2],
  16: [2, 2, 3, 3, 3],
  19: [2, 2, 4, 4, 4],
}

const filtersOf = [64, 128, 256, 512, 512]

export const vgg: Builder<'vgg'> = ({ depth, widthMultiplier, dropout: rate }, images, classes) => {
  const [height, width] = imageShape(images, 'vgg', 8, 'are pooled 3 times')
  const poolings = Math.min(height, width) >= 64 ? 4 : 3
  let x = images
  for (const [index, convolutions] of convolutionsOf[depth].entries()) {
    const filters = scaled(filtersOf[index]!, widthMultiplier)
    for (let each = 1; each <= convolutions; each++) {
      const name = `stage${index + 1}_conv${each}`
      x = through(layers.conv2d({ filters, kernelSize: 3, padding: 'same', name, ...unset }), x)
      x = relu(batchNorm(x, `${name}_norm`), name)
    }
    const pool = layers.maxPooling2d({ poolSize: 2, strides: 2, name: `stage${index + 1}_pool` })
    if (index < poolings) x = through(pool, x)
  }
  return pooledLogits(x, rate, classes)
}
