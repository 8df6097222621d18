// Sizes of the zoo's image networks: those that are published, and those that follow from the papers' tables, added up
// here layer by layer.
import '@tensorflow/tfjs-backend-cpu'
import type { Architecture } from '@retort/schema/experiment'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { multiplyAccumulates, parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import { resolved } from './architectures.ts'

type Own = Exclude<Architecture, { type: 'keras' }>
type Shape = [number, number, number]

beforeAll(() => tf.setBackend('cpu'))

function sizesOf(architecture: Own, shape: Shape = [32, 32, 3], classes = 100) {
  const model = buildModel(resolved(architecture), shape, classes, 0)
  const trainable = model.trainableWeights.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]), 0)
  const sizes = { trainable, all: parameterCount(model), multiplyAccumulates: multiplyAccumulates(model) }
  model.dispose()
  return sizes
}

// A layer's trainable numbers.
const conv = (side: number, from: number, to: number) => side * side * from * to
const norm = (channels: number) => 2 * channels
const dense = (from: number, to: number) => from * to + to
const normed = (side: number, from: number, to: number) => conv(side, from, to) + norm(to)
const normedDepthwise = (channels: number) => 9 * channels + norm(channels)
const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)
const times = (count: number, each: (index: number) => number) => sum(Array.from({ length: count }, (_, i) => each(i)))

function resnet(depth: number, stem: number, stages: number[]): number {
  let from = stem
  const blocks = stages.map((to) =>
    times((depth - 2) / 6, () => {
      const shortcut = from === to ? 0 : normed(1, from, to)
      const block = normed(3, from, to) + normed(3, to, to) + shortcut
      from = to
      return block
    }),
  )
  return normed(3, 3, stem) + sum(blocks) + dense(from, 100)
}

function bottleneckResnet(stages: number[]): number {
  let from = 64
  const blocks = stages.map((count, stage) =>
    times(count, (index) => {
      const narrow = 64 * 2 ** stage
      const shortcut = index === 0 ? normed(1, from, 4 * narrow) : 0
      const block = normed(1, from, narrow) + normed(3, narrow, narrow) + normed(1, narrow, 4 * narrow) + shortcut
      from = 4 * narrow
      return block
    }),
  )
  return normed(3, 3, 64) + sum(blocks) + dense(from, 100)
}

/** Batch norm stands before each convolution but the stem, and after the last. */
function wrn(depth: number, widen: number): number {
  let from = 16
  const blocks = [16, 32, 64].map((filters) =>
    times((depth - 4) / 6, () => {
      const to = filters * widen
      const shortcut = from === to ? 0 : conv(1, from, to)
      const block = norm(from) + conv(3, from, to) + norm(to) + conv(3, to, to) + shortcut
      from = to
      return block
    }),
  )
  return conv(3, 3, 16) + sum(blocks) + norm(from) + dense(from, 100)
}

function vgg(stages: number[], width = 1): number {
  let from = 3
  const filters = [64, 128, 256, 512, 512].map((each) => Math.floor(each * width))
  const convolutions = stages.map((count, stage) =>
    times(count, () => {
      const one = conv(3, from, filters[stage]!) + filters[stage]! + norm(filters[stage]!)
      from = filters[stage]!
      return one
    }),
  )
  return sum(convolutions) + dense(from, 100)
}

/** arXiv:1801.04381, table 2: expansion, filters, blocks. */
function mobilenetV2(width: number, classes: number): number {
  const stages = [
    [1, 16, 1],
    [6, 24, 2],
    [6, 32, 3],
    [6, 64, 4],
    [6, 96, 3],
    [6, 160, 3],
    [6, 320, 1],
  ] as const
  let from = 32 * width
  const stem = normed(3, 3, from)
  const blocks = stages.map(([expansion, filters, count]) =>
    times(count, () => {
      const [wide, to] = [from * expansion, filters * width]
      const block = normed(1, from, wide) + normedDepthwise(wide) + normed(1, wide, to)
      from = to
      return block
    }),
  )
  return stem + sum(blocks) + normed(1, from, 1280) + dense(1280, classes)
}

/** arXiv:1707.01083, table 1, groups of 3. */
function shufflenet(): number {
  let from = 24
  const blocks = [240, 480, 960].map((channels, stage) =>
    times([4, 8, 4][stage]!, (index) => {
      const to = index === 0 ? channels - from : channels
      const narrow = to / 4
      const groups = stage === 0 && index === 0 ? 1 : 3
      const first = conv(1, from, narrow) / groups + norm(narrow)
      const block = first + normedDepthwise(narrow) + conv(1, narrow, to) / 3 + norm(to)
      from = channels
      return block
    }),
  )
  return normed(1, 3, 24) + sum(blocks) + dense(960, 100)
}

/** arXiv:1807.11164, table 5. */
function shufflenetV2([first, second, third, last]: [number, number, number, number]): number {
  let from = 24
  const blocks = [first, second, third].map((channels, stage) => {
    const half = channels / 2
    const short = normedDepthwise(from) + normed(1, from, half)
    const long = (inputs: number) => normed(1, inputs, half) + normedDepthwise(half) + normed(1, half, half)
    const all = short + long(from) + times([3, 7, 3][stage]!, () => long(half))
    from = channels
    return all
  })
  return normed(1, 3, 24) + sum(blocks) + normed(1, third, last) + dense(last, 100)
}

describe('trainable parameters', () => {
  // Published with RepDistiller (arXiv:1910.10699) for 32 x 32 x 3 and 100 classes.
  it.each<[string, number, number, Own]>([
    ['ResNet-20', 278324, resnet(20, 16, [16, 32, 64]), { type: 'resnet', depth: 20 }],
    ['ResNet-32', 472756, resnet(32, 16, [16, 32, 64]), { type: 'resnet', depth: 32 }],
    ['ResNet-56', 861620, resnet(56, 16, [16, 32, 64]), { type: 'resnet', depth: 56 }],
    ['ResNet-110', 1736564, resnet(110, 16, [16, 32, 64]), { type: 'resnet', depth: 110 }],
    ['ResNet-8x4', 1233540, resnet(8, 32, [64, 128, 256]), { type: 'resnet', depth: 8, width: 64, stem: 32 }],
    ['ResNet-32x4', 7433860, resnet(32, 32, [64, 128, 256]), { type: 'resnet', depth: 32, width: 64, stem: 32 }],
    ['ResNet-50', 23705252, bottleneckResnet([3, 4, 6, 3]), { type: 'bottleneck-resnet', depth: 50 }],
    ['WRN-16-2', 703284, wrn(16, 2), { type: 'wrn', depth: 16, widen: 2 }],
    ['WRN-40-1', 569780, wrn(40, 1), { type: 'wrn', depth: 40 }],
    ['WRN-40-2', 2255156, wrn(40, 2), { type: 'wrn', depth: 40, widen: 2 }],
    ['VGG-8', 3965028, vgg([1, 1, 1, 1, 1]), { type: 'vgg', depth: 8 }],
    ['VGG-13', 9462180, vgg([2, 2, 2, 2, 2]), { type: 'vgg', depth: 13 }],
    ['MobileNetV2 of half the width', 812836, mobilenetV2(0.5, 100), { type: 'mobilenet-v2', widthMultiplier: 0.5 }],
    ['ShuffleNet', 949258, shufflenet(), { type: 'shufflenet' }],
    ['ShuffleNetV2', 1355528, shufflenetV2([116, 232, 464, 1024]), { type: 'shufflenet-v2' }],
  ])('of %s: %i', (_, published, added, architecture) => {
    expect(added).toBe(published)
    expect(sizesOf(architecture).trainable).toBe(published)
  })

  it('of those published in millions', () => {
    expect(sizesOf({ type: 'wrn', depth: 16 }).trainable / 1e6).toBeCloseTo(0.18, 2)
    expect(sizesOf({ type: 'vgg', depth: 11 }).trainable / 1e6).toBeCloseTo(9.28, 2)
    // Table 5 of arXiv:1605.07146, for 10 classes.
    const wide = { type: 'wrn', depth: 28, widen: 10 } as const
    expect(sizesOf(wide, [32, 32, 3], 10).trainable / 1e6).toBeCloseTo(36.5, 1)
  })

  it('of other widths, depths and numbers of blocks follow the same tables', () => {
    expect(sizesOf({ type: 'vgg', depth: 11, widthMultiplier: 0.3 }).trainable).toBe(vgg([1, 1, 2, 2, 2], 0.3))
    expect(sizesOf({ type: 'bottleneck-resnet', depth: 26 }).trainable).toBe(bottleneckResnet([2, 2, 2, 2]))
    expect(sizesOf({ type: 'shufflenet-v2', widthMultiplier: 0.5 }).trainable).toBe(shufflenetV2([48, 96, 192, 1024]))
    expect(sizesOf({ type: 'wrn', depth: 10, widen: 3 }).trainable).toBe(wrn(10, 3))
    expect(sizesOf({ type: 'resnet', depth: 8, width: 5, stem: 7 }).trainable).toBe(resnet(8, 7, [5, 10, 20]))
    expect(sizesOf({ type: 'resnet', depth: 8, width: 5 })).toEqual(
      sizesOf({ type: 'resnet', depth: 8, width: 5, stem: 5 }),
    )
  })

  // Keras's MobileNet for ImageNet has as many. Half the image with half the stride at the stem is the same work.
  it('of MobileNet for 1000 classes, and 569 million multiply-accumulates, as published for 224 x 224', () => {
    const sizes = sizesOf({ type: 'mobilenet' }, [112, 112, 3], 1000)
    expect(sizes.trainable).toBe(4231976)
    expect(sizes.all).toBe(4253864)
    expect(sizes.multiplyAccumulates / 1e6).toBeCloseTo(569, 0)
  })

  // torchvision's mobilenet_v2 has 3,504,872, without the 1 x 1 convolution and its norm by which the first stage expands by 1.
  it('of MobileNetV2 for 1000 classes', () => {
    expect(sizesOf({ type: 'mobilenet-v2' }, [32, 32, 3], 1000).trainable).toBe(3504872 + 32 * 32 + 2 * 32)
  })
})

describe('multiply-accumulates', () => {
  it('of ResNet-8x4', () => {
    const stage = (pixels: number, from: number, to: number) =>
      pixels * (conv(3, from, to) + conv(3, to, to) + conv(1, from, to))
    const stages = stage(1024, 32, 64) + stage(256, 64, 128) + stage(64, 128, 256)
    expect(sizesOf({ type: 'resnet', depth: 8, width: 64, stem: 32 }).multiplyAccumulates).toBe(
      1024 * conv(3, 3, 32) + stages + 256 * 100,
    )
  })

  it('of a MobileNet with depthwise convolutions', () => {
    const blocks = 64 * (9 * 8 + 8 * 16) + 16 * (9 * 16 + 16 * 32)
    expect(sizesOf({ type: 'mobilenet', blocks: 2, widthMultiplier: 0.25 }, [8, 8, 3], 10).multiplyAccumulates).toBe(
      64 * 27 * 8 + blocks + 32 * 10,
    )
  })

  it('of a ShuffleNet with grouped convolutions', () => {
    // Stem; then the halving blocks: into 54, 60 and 120 channels, the depthwise one on a quarter of the pixels.
    const pixels = [1024, 256, 64, 16]
    const block = (stage: number, from: number, narrow: number, to: number, groups: number) =>
      (pixels[stage]! * from * narrow) / groups + pixels[stage + 1]! * (9 * narrow + (narrow * to) / 3)
    const blocks = block(0, 24, 54, 216, 1) + block(1, 240, 60, 240, 3) + block(2, 480, 120, 480, 3)
    expect(sizesOf({ type: 'shufflenet', blocks: [1, 1, 1] }).multiplyAccumulates).toBe(
      1024 * 3 * 24 + blocks + 960 * 100,
    )
  })
})

it('statistics of batch norm count as parameters, too', () => {
  const { all, trainable } = sizesOf({ type: 'vgg', depth: 8 })
  expect(all - trainable).toBe(2 * (64 + 128 + 256 + 512 + 512))
})
