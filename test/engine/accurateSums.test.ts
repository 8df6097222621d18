// Sums and means in stages, on a backend that adds the numbers of a sum one after another, rounding each time.
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
// Registers TensorFlow.js's gradients.
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { registerAccurateSums } from '../../orchestrator/src/engine/accurateSums.ts'

/** How many numbers a sum was of, over other axes than the last, since a test began. */
let rows: number[] = []

/** Of each element that is left the numbers that are summed up. */
function groups(values: ArrayLike<number>, shape: number[], axes: number[]): number[][] {
  const kept = shape.filter((_, axis) => !axes.includes(axis))
  const found: number[][] = Array.from({ length: tf.util.sizeFromShape(kept) }, () => [])
  for (let at = 0; at < values.length; at++) {
    const place = tf.util.indexToLoc(at, shape.length, tf.util.computeStrides(shape).concat(1))
    let group = 0
    for (const [axis, length] of shape.entries()) if (!axes.includes(axis)) group = group * length + place[axis]!
    found[group]!.push(values[at]!)
  }
  return found
}

function naive(name: 'Sum' | 'Mean'): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const x = inputs.x as tf.Tensor
    const { axis, keepDims } = attrs as { axis: number[]; keepDims: boolean }
    const axes = tf.util.parseAxisParam(axis, x.shape)
    const values = groups(x.dataSync(), x.shape, axes).map((numbers) => {
      const sum = numbers.reduce((sum, number) => Math.fround(sum + number), 0)
      return name === 'Sum' ? sum : sum / numbers.length
    })
    const stays = (axis: number) => x.shape[axis]! > 1 && !axes.includes(axis)
    const last = [...x.shape.keys()].findLast(stays) ?? -1
    if (axes.some((each) => each < last && x.shape[each]! > 1))
      rows.push(axes.reduce((all, each) => all * x.shape[each]!, 1))
    const shape = x.shape.flatMap((length, each) => (axes.includes(each) ? (keepDims ? [1] : []) : [length]))
    const dtype = name === 'Sum' ? x.dtype : 'float32'
    const typed = dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values)
    return { dataId: (backend as MathBackendCPU).write(typed, shape, dtype), shape, dtype }
  }
}

beforeAll(async () => {
  tf.registerBackend('naive', () => new MathBackendCPU())
  tf.copyRegisteredKernels('cpu', 'naive')
  for (const kernelName of ['Sum', 'Mean'] as const) {
    tf.unregisterKernel(kernelName, 'naive')
    tf.registerKernel({ kernelName, backendName: 'naive', kernelFunc: naive(kernelName) })
  }
  registerAccurateSums('naive')
  registerAccurateSums('naive')
  await tf.setBackend('naive')
})
beforeEach(() => {
  rows = []
})

/** The largest error, as a share of what is added up. */
function error(of: typeof tf.sum | typeof tf.mean, shape: number[], axes: number[], keepDims = false): number {
  let state = 1
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.2
  })
  const before = tf.memory().numTensors
  const x = tf.tensor(values, shape)
  const y = of(x, axes, keepDims)
  expect(tf.memory().numTensors).toBe(before + 2)
  expect(y.shape).toEqual(shape.flatMap((length, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [length])))
  const found = y.dataSync()
  tf.dispose([x, y])
  return groups(values, shape, axes).reduce((most, numbers, index) => {
    const sum = numbers.reduce((sum, number) => sum + number, 0)
    const scale = numbers.reduce((sum, number) => sum + Math.abs(number), 0)
    const off = of === tf.sum ? found[index]! - sum : found[index]! * numbers.length - sum
    return Math.max(most, scale === 0 ? Math.abs(off) : Math.abs(off) / scale)
  }, 0)
}

it('of any shape over any axes, are those that float64 has', () => {
  const length = fc.oneof(fc.constantFrom(1, 2, 3, 17, 31), fc.constantFrom(255, 256, 257, 509, 512, 770))
  fc.assert(
    fc.property(
      fc.array(length, { minLength: 1, maxLength: 4 }).filter((shape) => tf.util.sizeFromShape(shape) < 20_000),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.boolean(),
      fc.constantFrom(tf.sum, tf.mean),
      (shape, summed, keepDims, of) => {
        const axes = [...shape.keys()].filter((axis) => summed[axis])
        if (axes.length === 0) axes.push(0)
        expect(error(of, shape, axes, keepDims)).toBeLessThan(1e-5)
      },
    ),
    { numRuns: 300 },
  )
  expect(Math.max(...rows)).toBeLessThanOrEqual(256)
})

it.each([
  ['rows', [50_176, 3], [0]],
  ['as many as a prime number', [10_007, 2], [0]],
  ['axes that lie apart', [40, 3, 50, 2], [0, 2]],
  ['all axes of images but the channels', [16, 28, 28, 3], [0, 1, 2]],
])('keep their digits over %s', (_, shape, axes) => {
  expect(error(tf.sum, shape, axes)).toBeLessThan(5e-7)
  expect(error(tf.mean, shape, axes)).toBeLessThan(5e-7)
  expect(Math.max(...rows)).toBeLessThanOrEqual(256)
})

it('have the gradients that they have anywhere', () => {
  const x = tf.tensor(
    Float32Array.from({ length: 600 }, (_, at) => at),
    [200, 3],
  )
  const [ofSum, ofMean] = [tf.grad((x) => tf.sum(x, 0))(x), tf.grad((x) => tf.mean(x, 0))(x)]
  expect(new Set(ofSum.dataSync())).toEqual(new Set([1]))
  expect(new Set(ofMean.dataSync())).toEqual(new Set([Math.fround(1 / 200)]))
})

it('of whole numbers and of none are the kernel’s own', () => {
  const whole = tf.sum(tf.fill([300, 2], 3, 'int32'), 0)
  expect(whole.dtype).toBe('int32')
  expect([...whole.dataSync()]).toEqual([900, 900])
  expect([...tf.sum(tf.zeros([0, 2]), 0).dataSync()]).toEqual([0, 0])
})
