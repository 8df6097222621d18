// Parts of the channels of maps [height, width, channels], by layers that TensorFlow.js has.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { through } from './denseLayers.ts'

/** Channels from `start` to `end`: a crop of the last axis, which is what a crop takes for the width of channels-first maps. */
export function slicedChannels(x: SymbolicTensor, start: number, end: number, name: string): SymbolicTensor {
  const cropping: [[number, number], [number, number]] = [
    [0, 0],
    [start, (x.shape.at(-1) as number) - end],
  ]
  return through(layers.cropping2D({ cropping, dataFormat: 'channelsFirst', name }), x)
}

/** The first of each group, then the second of each, and so on (ShuffleNet, arXiv:1707.01083, figure 1). */
export function shuffledChannels(x: SymbolicTensor, groups: number, name: string): SymbolicTensor {
  const [height, width, channels] = x.shape.slice(1) as [number, number, number]
  const apart = layers.reshape({ targetShape: [height * width, groups, channels / groups], name: `${name}_groups` })
  const swapped = layers.permute({ dims: [1, 3, 2], name: `${name}_swap` })
  const together = layers.reshape({ targetShape: [height, width, channels], name })
  return through(together, through(swapped, through(apart, x)))
}
