// Convolutions and pooling of random geometry against the CPU backend, values and gradients.
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { it } from 'vitest'
import { expectClose, floats, onCpu, onEngine, stepOf } from './compare.ts'

const side = fc.integer({ min: 1, max: 9 })
const geometry = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    height: side,
    width: side,
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pad: fc.constantFrom('same' as const, 'valid' as const),
    channels: fc.constantFrom(1, 2, 5, 16),
    filters: fc.constantFrom(1, 3, 16),
  })
  .filter(({ height, width, kernel, pad }) => pad === 'same' || (kernel[0] <= height && kernel[1] <= width))

type Geometry = typeof geometry extends fc.Arbitrary<infer T> ? T : never

async function agree(
  run: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor,
  g: Geometry,
  filter: number[],
  wanted: string[],
) {
  const inputs = { x: floats([g.batch, g.height, g.width, g.channels]), w: floats(filter, { seed: 2 }) }
  const step = stepOf({
    kernel: '',
    inputs,
    run: ({ x, w }) => run(x as tf.Tensor4D, w as tf.Tensor4D),
    gradient: wanted,
  })
  const expected = await onCpu(step, inputs)
  const actual = await onEngine(step, inputs)
  for (const [name, values] of Object.entries(expected)) expectClose(actual[name]!, values, 1e-4, name)
}

const property = (check: (g: Geometry) => Promise<void>) =>
  fc.assert(fc.asyncProperty(geometry, check), { numRuns: 60, seed: 20240101 })

it('a convolution and its gradients', () =>
  property((g) => {
    const filter = [...g.kernel, g.channels, g.filters]
    return agree((x, w) => tf.conv2d(x, w, g.strides, g.pad), g, filter, ['x', 'w'])
  }))

it.each([1, 2])('a depthwise convolution with multiplier %d and its gradients', (multiplier) =>
  property((g) => {
    const filter = [...g.kernel, g.channels, multiplier]
    return agree((x, w) => tf.depthwiseConv2d(x, w, g.strides[0], g.pad), g, filter, ['x', 'w'])
  }),
)

it('a convolution along one axis and its gradients', () =>
  property((g) => {
    const along = (x: tf.Tensor4D) => tf.reshape(x, [g.batch * g.height, g.width, g.channels]) as tf.Tensor3D
    const ofLine = (w: tf.Tensor4D) => tf.reshape(w, [g.kernel[1], g.channels, g.filters]) as tf.Tensor3D
    const run = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv1d(along(x), ofLine(w), g.strides[1], g.pad)
    return agree(run, g, [1, g.kernel[1], g.channels, g.filters], ['x', 'w'])
  }))

// TensorFlow.js takes gaps or strides, and derives no gaps.
it('a convolution and a depthwise one with gaps in their windows', () =>
  property(async (g) => {
    const [rows, columns] = g.strides
    const fits = rows * (g.kernel[0] - 1) < g.height && columns * (g.kernel[1] - 1) < g.width
    if (g.pad === 'valid' && !fits) return
    const full = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.conv2d(x, w, 1, g.pad, 'NHWC', g.strides)
    await agree(full, g, [...g.kernel, g.channels, g.filters], [])
    const depthwise = (x: tf.Tensor4D, w: tf.Tensor4D) => tf.depthwiseConv2d(x, w, 1, g.pad, 'NHWC', g.strides)
    await agree(depthwise, g, [...g.kernel, g.channels, 2], [])
  }))

it('max pooling and its gradient', () =>
  property((g) => agree((x) => tf.maxPool(x, g.kernel, g.strides, g.pad), g, [1], ['x'])))

it('average pooling', () => property((g) => agree((x) => tf.avgPool(x, g.kernel, g.strides, g.pad), g, [1], [])))

// TensorFlow.js's own gradient is not the derivative where windows reach into padding, so a difference quotient decides.
it('the gradient of average pooling', () =>
  fc.assert(
    fc.asyncProperty(geometry, async (g) => {
      const { shape, values } = floats([1, g.height, g.width, 1])
      const weigh = (x: tf.Tensor) => {
        const y = tf.avgPool(x as tf.Tensor4D, g.kernel, g.strides, g.pad)
        return tf.sum(tf.mul(y, tf.tensor(floats(y.shape, { seed: 5 }).values, y.shape)))
      }
      const { gradient } = await onEngine(({ x }) => ({ gradient: tf.grad(weigh)(x!) }), { x: { shape, values } })
      // Pooling is linear: the gradient is the same everywhere, so each element's is the sum for a one in its place.
      const quotient = Float32Array.from(values, () => 0)
      for (let i = 0; i < values.length; i++) {
        const one = Float32Array.from(values, (_, j) => Number(i === j))
        const { sum } = await onCpu(({ x }) => ({ sum: weigh(x!) }), { x: { shape, values: one } })
        quotient[i] = sum![0]!
      }
      expectClose(gradient!, quotient, 1e-5, 'gradient')
    }),
    { numRuns: 25, seed: 20240101 },
  ))
