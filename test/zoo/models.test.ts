import '@tensorflow/tfjs-backend-cpu'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { ArchitectureProblem } from '../../orchestrator/src/zoo/architectureProblem.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { dropoutMasks } from '../../orchestrator/src/zoo/dropout.ts'
import { multiplyAccumulates, parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import { resolved } from './architectures.ts'

const mnist: [number, number, number] = [28, 28, 1]
const cifar: [number, number, number] = [32, 32, 3]

const mlp = (changes = {}): ResolvedArchitecture => ({
  type: 'mlp',
  hidden: [30, 20],
  activation: 'relu',
  dropout: 0,
  ...changes,
})
const cnn = (changes = {}): ResolvedArchitecture => ({
  type: 'cnn',
  filters: [8, 16],
  kernelSize: 3,
  dense: [32],
  batchNorm: false,
  activation: 'relu',
  dropout: 0,
  ...changes,
})
const resnet = (depth: number, changes = {}): ResolvedArchitecture =>
  ({ type: 'resnet', depth, width: 16, stem: 'width', dropout: 0, ...changes }) as ResolvedArchitecture

function trainable(model: ReturnType<typeof buildModel>): number {
  return model.trainableWeights.reduce((sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]), 0)
}

describe('sizes', () => {
  it('of an MLP', () => {
    const model = buildModel(mlp(), mnist, 10, 0)
    expect(parameterCount(model)).toBe(784 * 30 + 30 + 30 * 20 + 20 + 20 * 10 + 10)
    expect(multiplyAccumulates(model)).toBe(784 * 30 + 30 * 20 + 20 * 10)
    expect(parameterCount(buildModel(mlp({ hidden: [] }), mnist, 10, 0))).toBe(7850)
  })

  it('of a CNN, with and without batch norm', () => {
    const model = buildModel(cnn(), mnist, 10, 0)
    const convolutions = 9 * 8 + 9 * 8 * 16
    expect(parameterCount(model)).toBe(convolutions + 8 + 16 + 7 * 7 * 16 * 32 + 32 + 32 * 10 + 10)
    expect(multiplyAccumulates(model)).toBe(28 * 28 * 9 * 8 + 14 * 14 * 9 * 8 * 16 + 7 * 7 * 16 * 32 + 32 * 10)
    const normalised = buildModel(cnn({ batchNorm: true }), mnist, 10, 0)
    // Four numbers for each filter instead of a bias.
    expect(parameterCount(normalised) - parameterCount(model)).toBe(3 * (8 + 16))
    expect(multiplyAccumulates(normalised)).toBe(multiplyAccumulates(model))
  })

  // He et al., arXiv:1512.03385, table 6, in millions, with shortcuts that have no weights and 10 classes. What our
  // 1 x 1 shortcuts add: 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64.
  it.each([
    [20, 0.27],
    [32, 0.46],
    [44, 0.66],
    [56, 0.85],
    [110, 1.7],
  ])('of ResNet-%i: %f million without its shortcuts', (depth, millions) => {
    const model = buildModel(resnet(depth), cifar, 10, 0)
    const own = trainable(model) - (16 * 32 + 2 * 32 + 32 * 64 + 2 * 64)
    expect(own / 1e6).toBeCloseTo(millions, millions < 1 ? 2 : 1)
    model.dispose()
  })

  it('of ResNet-20: 41 million multiply-accumulates, as published for 32 x 32 x 3', () => {
    expect(multiplyAccumulates(buildModel(resnet(20), cifar, 10, 0)) / 1e6).toBeCloseTo(41, 0)
  })
})

describe('initial weights', () => {
  const values = (model: ReturnType<typeof buildModel>) => model.getWeights().map((weight) => [...weight.dataSync()])

  it.each([5, 0])('are the same for the same seed %i, and others for another', (given) => {
    const [one, same, other] = [given, given, given + 1].map((seed) =>
      values(buildModel(cnn({ batchNorm: true }), mnist, 10, seed)),
    )
    expect(same).toEqual(one)
    expect(other![0]).not.toEqual(one![0])
  })

  it('are pinned, since every process must draw the same', () => {
    const kernel = values(buildModel(mlp({ hidden: [2] }), [1, 2, 1], 2, 7))[0]!
    expect(kernel.map((value) => value.toFixed(6))).toMatchInlineSnapshot(`
      [
        "0.274493",
        "-0.555430",
        "0.075804",
        "2.266420",
      ]
    `)
  })

  it('have the variances of He and Glorot', () => {
    const [hidden, bias, last] = values(buildModel(mlp({ hidden: [400] }), mnist, 100, 1))
    const variance = (numbers: number[]) => numbers.reduce((sum, value) => sum + value ** 2, 0) / numbers.length
    expect(variance(hidden!) * 784).toBeCloseTo(2, 1)
    expect(variance(last!) * 250).toBeCloseTo(1, 1)
    expect(new Set(bias)).toEqual(new Set([0]))
    const [tanh] = values(buildModel(mlp({ hidden: [400], activation: 'tanh' }), mnist, 100, 1))
    expect(variance(tanh!) * ((784 + 400) / 2)).toBeCloseTo(1, 1)
  })

  it('belong to places: the order of the layers, not the process', () => {
    const [first, second] = [3, 3].map((seed) => buildModel(resnet(8), mnist, 10, seed))
    const topology = (model: ReturnType<typeof buildModel>) => JSON.stringify(model.toJSON(null, false))
    expect(topology(second!)).toBe(topology(first!))
  })
})

describe('dropout', () => {
  it('stands before each dense layer that has units before it', () => {
    const of = (architecture: ResolvedArchitecture) =>
      dropoutMasks(buildModel(architecture, mnist, 10, 0)).map(({ shape, rate }) => [shape, rate])
    expect(of(mlp({ dropout: 0.5 }))).toEqual([
      [[30], 0.5],
      [[20], 0.5],
    ])
    expect(of(mlp())).toEqual([])
    expect(of(cnn({ dropout: 0.25 }))).toEqual([
      [[784], 0.25],
      [[32], 0.25],
    ])
    expect(of(resnet(8, { dropout: 0.1 }))).toEqual([[[64], 0.1]])
  })

  it('multiplies by its mask while training, and does nothing otherwise', () => {
    const model = buildModel(mlp({ hidden: [4], dropout: 0.5 }), [1, 3, 1], 2, 1)
    const images = tf.tensor([[[[1], [2], [-1]]]])
    const plain = model.apply(images, { training: false }) as tf.Tensor
    const bias = model.getLayer('logits').getWeights()[1]!
    const masked = (mask: number[]) =>
      (model.apply(images, { training: true, masks: { dense1_dropout: tf.tensor([mask]) } }) as tf.Tensor).arraySync()
    expect(masked([1, 1, 1, 1])).toEqual(plain.arraySync())
    expect(masked([0, 0, 0, 0])).toEqual([bias.arraySync()])
    expect(() => model.apply(images, { training: true })).toThrow('no mask for dense1_dropout')
  })
})

describe('shapes that do not fit', () => {
  it.each([
    [
      'a kernel larger than the image',
      cnn({ kernelSize: 5 }),
      [4, 9, 1],
      ['kernelSize'],
      /at most 4 pixels for images of 4 x 9, got 5/,
    ],
    [
      'one block too many',
      cnn({ filters: [1, 1, 1, 1, 1] }),
      mnist,
      ['filters'],
      /at most 4 blocks: 28 x 28 pixels are halved to 1 x 1, .* got 5/,
    ],
    [
      'a ResNet of a single pixel',
      resnet(8),
      [2, 9, 1],
      ['type'],
      /images of at least 3 x 3 pixels, which are halved twice, got 2 x 9/,
    ],
    [
      'a VGG of less than it pools',
      resolved({ type: 'vgg', depth: 8 }),
      [16, 7, 3],
      ['type'],
      /images of at least 8 x 8 pixels, which are pooled 3 times, got 16 x 7/,
    ],
    [
      'a MobileNet of too many blocks',
      resolved({ type: 'mobilenet' }),
      [8, 8, 3],
      ['type'],
      /images of at least 9 x 9 pixels, which are halved 4 times, got 8 x 8/,
    ],
  ] as const)('%s', (_, architecture, shape, path, message) => {
    const build = () => buildModel(architecture, [...shape], 10, 0)
    expect(build).toThrow(ArchitectureProblem)
    expect(build).toThrow(message)
    try {
      build()
    } catch (error) {
      expect((error as ArchitectureProblem).path).toEqual(path)
    }
  })
})

it('images of the least size are enough, and their maps end as one pixel or more', () => {
  const last = (architecture: ResolvedArchitecture, side: number) => {
    const model = buildModel(architecture, [side, side, 1], 10, 0)
    return (model.getLayer('pool').input as { shape: number[] }).shape.slice(1, 3)
  }
  expect(last(resolved({ type: 'resnet', depth: 8 }), 3)).toEqual([1, 1])
  expect(last(resolved({ type: 'wrn', depth: 10 }), 3)).toEqual([1, 1])
  expect(last(resolved({ type: 'bottleneck-resnet', depth: 26, width: 4 }), 5)).toEqual([1, 1])
  expect(last(resolved({ type: 'vgg', depth: 8, widthMultiplier: 0.1 }), 8)).toEqual([1, 1])
  expect(last(resolved({ type: 'vgg', depth: 8, widthMultiplier: 0.1 }), 64)).toEqual([4, 4])
  expect(last(resolved({ type: 'mobilenet', widthMultiplier: 0.1 }), 9)).toEqual([1, 1])
  expect(last(resolved({ type: 'mobilenet', blocks: 1 }), 1)).toEqual([1, 1])
  expect(last(resolved({ type: 'mobilenet-v2', widthMultiplier: 0.1 }), 9)).toEqual([1, 1])
  expect(last(resolved({ type: 'shufflenet', blocks: [1, 1, 1] }), 5)).toEqual([1, 1])
  expect(last(resolved({ type: 'shufflenet-v2', blocks: [1, 1, 1] }), 5)).toEqual([1, 1])
})
