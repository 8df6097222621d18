// Convolutions and pooling of volumes of random geometry, strides longer than the window among them, values and
// gradients. The right values come from windows cut out one place at a time, with padding as TensorFlow has it, by
// operations of the CPU backend that know no windows: its own ones pad by less than nothing where strides are longer
// than the window, and take a window's height for its width in the gradient of max pooling.
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { it } from 'vitest'
import { expectClose, floats, onCpu, onEngine, stepOf } from './compare.ts'

type Triple = [number, number, number]

interface Geometry {
  batch: number
  size: Triple
  kernel: Triple
  strides: Triple
  pad: 'same' | 'valid'
  channels: number
  filters: number
}

const triple = (max: number) => {
  const one = fc.integer({ min: 1, max })
  return fc.tuple(one, one, one)
}
const geometry: fc.Arbitrary<Geometry> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    size: triple(7),
    kernel: triple(3),
    strides: triple(3),
    pad: fc.constantFrom('same', 'valid'),
    channels: fc.constantFrom(1, 3),
    filters: fc.constantFrom(1, 2),
  })
  .filter(({ size, kernel, pad }) => pad === 'same' || kernel.every((k, axis) => k <= size[axis]!))

/**
 * What lies under each place of the windows, [batch, ...windows, channels] each, in the order of a filter's elements.
 * @param beyond what padding holds
 */
function places(x: tf.Tensor, { size, kernel, strides, pad }: Geometry, dilation = 1, beyond = 0): tf.Tensor[] {
  const reach = kernel.map((k) => (k - 1) * dilation + 1)
  const windows = size.map((n, axis) => Math.ceil((pad === 'same' ? n : n - reach[axis]! + 1) / strides[axis]!))
  const missing = size.map((n, axis) => Math.max(0, (windows[axis]! - 1) * strides[axis]! + reach[axis]! - n))
  const around = missing.map((n): [number, number] => [Math.floor(n / 2), Math.ceil(n / 2)])
  const padded = tf.pad(x, [[0, 0], ...around, [0, 0]], beyond)
  const all = kernel.reduce<number[][]>(
    (some, k) => some.flatMap((at) => [...Array(k).keys()].map((i) => [...at, i])),
    [[]],
  )
  return all.map((at) =>
    at.reduce((seen, place, axis) => {
      const under = Array.from({ length: windows[axis]! }, (_, i) => place * dilation + i * strides[axis]!)
      return tf.gather(seen, tf.tensor1d(under, 'int32'), axis + 1)
    }, padded),
  )
}

const convolved = (x: tf.Tensor, w: tf.Tensor, g: Geometry, dilation = 1): tf.Tensor => {
  const filters = tf.reshape(w, [-1, g.filters])
  return tf.addN(
    places(x, g, dilation).map((seen, i) => {
      const product = tf.matMul(tf.reshape(seen, [-1, g.channels]), tf.slice(filters, i * g.channels, g.channels))
      return tf.reshape(product, [...seen.shape.slice(0, -1), g.filters])
    }),
  )
}

type Run = (x: tf.Tensor5D, w: tf.Tensor5D) => tf.Tensor

async function agree(g: Geometry, run: Run, right: Run, wanted: string[]) {
  const inputs = {
    x: floats([g.batch, ...g.size, g.channels]),
    w: floats([...g.kernel, g.channels, g.filters], { seed: 2 }),
  }
  const step = (each: Run) =>
    stepOf({
      kernel: '',
      inputs,
      run: ({ x, w }) => each(x as tf.Tensor5D, w as tf.Tensor5D),
      gradient: wanted.length > 0 && wanted,
    })
  const expected = await onCpu(step(right), inputs)
  const actual = await onEngine(step(run), inputs)
  for (const [name, values] of Object.entries(expected)) expectClose(actual[name]!, values, 1e-4, name)
}

const property = (check: (g: Geometry) => Promise<void>) =>
  fc.assert(fc.asyncProperty(geometry, check), { numRuns: 100, seed: 20240101 })

it('a convolution and its gradients', () =>
  property((g) =>
    agree(
      g,
      (x, w) => tf.conv3d(x, w, g.strides, g.pad),
      (x, w) => convolved(x, w, g),
      ['x', 'w'],
    ),
  ))

it('a convolution with gaps in its windows, which TensorFlow.js does not derive', () =>
  property(async (given) => {
    // TensorFlow.js takes gaps or strides.
    const g: Geometry = { ...given, strides: [1, 1, 1] }
    if (g.pad === 'valid' && g.kernel.some((k, axis) => 2 * k - 1 > g.size[axis]!)) return
    await agree(
      g,
      (x, w) => tf.conv3d(x, w, 1, g.pad, 'NDHWC', 2),
      (x, w) => convolved(x, w, g, 2),
      [],
    )
  }))

it('max pooling and its gradient', () =>
  property((g) =>
    agree(
      g,
      (x) => tf.maxPool3d(x, g.kernel, g.strides, g.pad),
      (x) => tf.max(tf.stack(places(x, g, 1, -2)), 0),
      ['x'],
    ),
  ))

it('average pooling and its gradient', () =>
  property((g) =>
    agree(
      g,
      (x) => tf.avgPool3d(x, g.kernel, g.strides, g.pad),
      (x) => tf.div(tf.addN(places(x, g)), tf.addN(places(tf.onesLike(x), g))),
      ['x'],
    ),
  ))
