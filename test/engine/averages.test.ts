// Average pooling and nearest upsampling, as operations and as layers: values and gradients against their formulas in
// float64, since TensorFlow.js's CPU backend divides the gradient at the borders by cells that are not there, and reads
// beyond the image.
import * as tf from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectClose, floats, onEngine } from './compare.ts'
import { averages, type Mix, mixed, nearest, transposed } from './mixing.ts'

/** Compares with the mix along each axis that has one. */
async function expectMixed(shape: number[], run: (x: tf.Tensor) => tf.Tensor, mixes: Map<number, Mix>): Promise<void> {
  const x = floats(shape)
  const expected = mixed([...x.values], shape, mixes)
  const dy = floats(expected.shape, { seed: 2 })
  const outputs = await onEngine(({ x, dy }) => ({ y: run(x!), dx: tf.grad((x) => tf.sum(tf.mul(run(x), dy!)))(x!) }), {
    x,
    dy,
  })
  const back = new Map([...mixes].map(([axis, mix]) => [axis, transposed(mix)]))
  expectClose(outputs.y!, expected.values, 1e-6, `${shape}, y`)
  expectClose(outputs.dx!, mixed([...dy.values], expected.shape, back).values, 1e-6, `${shape}, dx`)
}

const pads = ['same', 'valid'] as const
const side = fc.integer({ min: 3, max: 8 })
const length = fc.integer({ min: 1, max: 3 })

describe('average pooling', () => {
  it('of images is the mean of the cells that are there', async () => {
    const drawn = fc.record({
      sides: fc.tuple(side, side),
      sizes: fc.tuple(length, length),
      strides: fc.tuple(length, length),
    })
    await fc.assert(
      fc.asyncProperty(drawn, fc.constantFrom(...pads), async ({ sides, sizes, strides }, pad) => {
        const run = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, sizes, strides, pad)
        const mixes = new Map(sides.map((from, k) => [k + 1, averages(from, sizes[k]!, strides[k]!, pad)]))
        await expectMixed([2, ...sides, 3], run, mixes)
      }),
      { numRuns: 25 },
    )
  })

  it('of volumes is, too', async () => {
    // No cells lie between two windows; those TensorFlow.js lays out otherwise than TensorFlow.
    const wide = fc.integer({ min: 2, max: 3 })
    const drawn = fc.record({
      sides: fc.tuple(side, side, side),
      sizes: fc.tuple(wide, wide, wide),
      stride: fc.integer({ min: 1, max: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(drawn, fc.constantFrom(...pads), async ({ sides, sizes, stride }, pad) => {
        const run = (x: tf.Tensor) => tf.avgPool3d(x as tf.Tensor5D, sizes, stride, pad)
        const mixes = new Map(sides.map((from, k) => [k + 1, averages(from, sizes[k]!, stride, pad)]))
        await expectMixed([1, ...sides, 2], run, mixes)
      }),
      { numRuns: 15 },
    )
  })

  it.each(pads)('by layers, %s', async (padding) => {
    const flat = layers.averagePooling1d({ poolSize: 3, strides: 2, padding })
    await expectMixed([2, 8, 3], (x) => flat.apply(x) as tf.Tensor, new Map([[1, averages(8, 3, 2, padding)]]))
    const square = layers.averagePooling2d({ poolSize: [3, 2], strides: [2, 1], padding })
    const mixes = new Map([
      [1, averages(6, 3, 2, padding)],
      [2, averages(5, 2, 1, padding)],
    ])
    await expectMixed([2, 6, 5, 3], (x) => square.apply(x) as tf.Tensor, mixes)
  })

  it('by hand: a corner of a same padding has four cells, not nine', async () => {
    const { y, dx } = await onEngine(
      ({ x }) => ({
        y: tf.avgPool(x as tf.Tensor4D, 3, 1, 'same'),
        dx: tf.grad((x) => tf.sum(tf.avgPool(x as tf.Tensor4D, 3, 1, 'same')))(x!),
      }),
      { x: { shape: [1, 2, 2, 1], values: Float32Array.of(1, 2, 3, 6) } },
    )
    expect([...y!]).toEqual([3, 3, 3, 3])
    expect([...dx!]).toEqual([1, 1, 1, 1])
  })
})

describe('nearest resizing', () => {
  it('takes the row under each new one, and its gradient their sum', async () => {
    const ways = fc.constantFrom([false, false], [true, false], [false, true])
    const to = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    await fc.assert(
      fc.asyncProperty(fc.tuple(side, side), to, ways, async (sides, size, [corners, centers]) => {
        const run = (x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, size, corners, centers)
        const mixes = new Map(sides.map((from, k) => [k + 1, nearest(from, size[k]!, corners!, centers)]))
        await expectMixed([2, ...sides, 3], run, mixes)
      }),
      { numRuns: 40 },
    )
  })

  it.each([2, 3, 7, 49])('by the layer that upsamples by %d repeats rows', async (times) => {
    const layer = layers.upSampling2d({ size: [times, 2] })
    const repeated = (from: number, by: number): Mix =>
      Array.from({ length: by * from }, (_, at) =>
        Array.from({ length: from }, (_, k) => Number(k === Math.floor(at / by))),
      )
    const mixes = new Map([
      [1, repeated(3, times)],
      [2, repeated(4, 2)],
    ])
    await expectMixed([1, 3, 4, 2], (x) => layer.apply(x) as tf.Tensor, mixes)
  })
})
