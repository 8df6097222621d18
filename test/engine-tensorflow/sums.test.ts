// Sums and means of the real libtensorflow, and the gradients that are sums, against float64.
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { stream } from '../../orchestrator/src/data/random.ts'
import { realTests } from './realLibrary.ts'

const random = (length: number, name: string) => {
  const next = stream(name, 1)
  return Float32Array.from({ length }, () => next() / 2 ** 32 - 0.3)
}

/** Over all axes but the last; the sum of the sizes of what is added, too. */
function columns(values: ArrayLike<number>, length: number): { sums: number[]; sizes: number[] } {
  const [sums, sizes] = [Array<number>(length).fill(0), Array<number>(length).fill(0)]
  for (let at = 0; at < values.length; at++) {
    sums[at % length]! += values[at]!
    sizes[at % length]! += Math.abs(values[at]!)
  }
  return { sums, sizes }
}

/** The largest error of sums, as a share of what was added. */
const error = (found: tf.Tensor, { sums, sizes }: ReturnType<typeof columns>): number =>
  found.dataSync<'float32'>().reduce((most, sum, at) => Math.max(most, Math.abs(sum - sums[at]!) / sizes[at]!), 0)

realTests('sums on libtensorflow', () => {
  // 4e-6 to 8e-6 by one kernel of libtensorflow 2.15.1 and 2.21.0.
  it.each([
    ['images', [64, 28, 28, 4]],
    ['images of many channels', [64, 28, 28, 32]],
    ['rows', [50_176, 64]],
    ['a prime number of rows', [100_003, 5]],
  ])('of %s, their means and moments keep their digits', async (_, shape) => {
    await tf.setBackend('tensorflow')
    const channels = shape.at(-1)!
    const values = random(tf.util.sizeFromShape(shape), 'values')
    const expected = columns(values, channels)
    tf.tidy(() => {
      const x = tf.tensor(values, shape)
      const axes = shape.map((_, axis) => axis).slice(0, -1)
      const count = values.length / channels
      expect(error(tf.sum(x, axes), expected)).toBeLessThan(5e-7)
      expect(error(tf.mul(tf.mean(x, axes), count), expected)).toBeLessThan(5e-7)
      const { mean, variance } = tf.moments(x, axes)
      expect(error(tf.mul(mean, count), expected)).toBeLessThan(5e-7)
      const squares = values.map((value, at) => (value - expected.sums[at % channels]! / count) ** 2)
      expect(error(tf.mul(variance, count), columns(squares, channels))).toBeLessThan(1e-6)
    })
  })

  it('that are gradients of biases keep their digits', async () => {
    await tf.setBackend('tensorflow')
    const dy = random(32 * 28 * 28 * 8, 'dy')
    tf.tidy(() => {
      const bias = tf.grad((bias) =>
        tf.sum(tf.mul(tf.add(tf.zeros([32, 28, 28, 8]), bias), tf.tensor(dy, [32, 28, 28, 8]))),
      )
      expect(error(bias(tf.zeros([8])), columns(dy, 8))).toBeLessThan(5e-7)
    })
  })

  // What libtensorflow adds up itself, over 25,088 places: 5e-6, which is no tenth of what one step may be off by.
  it.each([
    ['full', tf.conv2d, [1, 1, 4, 4]],
    ['depthwise', tf.depthwiseConv2d, [1, 1, 4, 1]],
  ] as const)('that are gradients of %s filters are near', async (_, convolve, shape) => {
    await tf.setBackend('tensorflow')
    const [x, dy] = [random(32 * 28 * 28 * 4, 'x'), random(32 * 28 * 28 * 4, 'dy')]
    const [images, pulls] = [tf.tensor4d(x, [32, 28, 28, 4]), tf.tensor4d(dy, [32, 28, 28, 4])]
    const ofFilter = tf.grad((filter) => tf.sum(tf.mul(convolve(images, filter as tf.Tensor4D, 1, 'same'), pulls)))
    const found = ofFilter(tf.zeros([...shape]))
    const pairs =
      shape[3] === 1 ? [0, 1, 2, 3].map((at) => [at, at]) : [...Array(16).keys()].map((at) => [at >> 2, at & 3])
    const products = Float64Array.from({ length: 32 * 28 * 28 * pairs.length }, (_, at) => {
      const [from, to] = pairs[at % pairs.length]!
      const place = Math.floor(at / pairs.length) * 4
      return x[place + from!]! * dy[place + to!]!
    })
    expect(error(found, columns(products, pairs.length))).toBeLessThan(2e-5)
    tf.dispose([images, pulls, found])
  })
})
