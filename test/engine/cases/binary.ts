// Cases for kernels that combine tensors element by element, with and without broadcasting.
import * as tf from '@tensorflow/tfjs-core'
import { type Case, exactly, floats, type Given, whole } from '../compare.ts'

const a = floats([2, 3, 4], { low: 0.2, high: 2 })
const b = floats([2, 3, 4], { low: 0.2, high: 2, seed: 2 })
const row = floats([4], { low: 0.2, high: 2, seed: 3 })
const column = floats([3, 1], { low: 0.2, high: 2, seed: 4 })
const number = floats([], { low: 0.2, high: 2, seed: 5 })
const ints = whole([2, 3], [-7, -3, 0, 3, 7, 9])
const others = whole([2, 3], [2, -2, 5, 3, -4, 9])
const signed = exactly([2, 3], [-7.5, -3, 0.5, 3, 7, 9])
const divisors = exactly([2, 3], [2, -2.5, 5, 3, -4, 10])

type Op = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const pair = (kernel: string, run: Op, x: Given, y: Given, name?: string, more: Partial<Case> = {}): Case => ({
  kernel,
  name,
  inputs: { a: x, b: y },
  run: (inputs) => run(inputs.a!, inputs.b!),
  ...more,
})

const broadcasting = (kernel: string, run: Op, more: Partial<Case> = {}): Case[] => [
  pair(kernel, run, a, b, 'same shapes', more),
  pair(kernel, run, a, row, 'row', more),
  pair(kernel, run, column, a, 'column', more),
  pair(kernel, run, a, number, 'scalar', more),
  pair(kernel, run, row, column, 'row with column', more),
]

/** TensorFlow.js's gradients of some kernels do not undo broadcasting. */
const same = (kernel: string, run: Op): Case[] => [
  pair(kernel, run, a, b, 'gradient'),
  ...broadcasting(kernel, run, { gradient: false }),
]

const comparison = (kernel: string, run: Op): Case[] => [
  pair(kernel, run, ints, others, 'int32', { gradient: false }),
  pair(kernel, run, signed, divisors, 'float32', { gradient: false }),
]

const bool = (t: tf.Tensor) => tf.cast(t, 'bool')

export const binaryCases: Case[] = [
  ...broadcasting('Add', tf.add),
  ...broadcasting('Sub', tf.sub),
  ...broadcasting('Multiply', tf.mul),
  ...broadcasting('RealDiv', tf.div),
  ...broadcasting('Pow', tf.pow, { tolerance: 1e-4 }),
  ...same('Maximum', tf.maximum),
  ...same('Minimum', tf.minimum),
  ...same('SquaredDifference', tf.squaredDifference),
  ...broadcasting('Atan2', tf.atan2),
  pair('Atan2', tf.atan2, signed, divisors, 'all quadrants'),
  pair('Add', tf.add, ints, others, 'int32'),
  pair('Add', (x, y) => tf.add(bool(x), bool(y)), ints, others, 'bool'),
  pair('Multiply', tf.mul, ints, others, 'int32'),
  pair('Maximum', tf.maximum, ints, others, 'int32'),
  pair('FloorDiv', tf.floorDiv, ints, others, 'int32'),
  pair('FloorDiv', tf.floorDiv, signed, divisors, 'float32', { gradient: false }),
  pair('Mod', tf.mod, ints, others, 'int32'),
  pair('Mod', tf.mod, signed, divisors, 'float32', { gradient: false }),
  ...comparison('Equal', tf.equal),
  ...comparison('NotEqual', tf.notEqual),
  ...comparison('Less', tf.less),
  ...comparison('LessEqual', tf.lessEqual),
  ...comparison('Greater', tf.greater),
  ...comparison('GreaterEqual', tf.greaterEqual),
  pair('LogicalAnd', (x, y) => tf.logicalAnd(bool(x), bool(y)), ints, whole([2, 3], [0, 1, 0, 1, 0, 1])),
  pair('LogicalOr', (x, y) => tf.logicalOr(bool(x), bool(y)), ints, whole([2, 3], [0, 1, 0, 1, 0, 1])),
  pair('Prelu', tf.prelu, signed, floats([3])),
  {
    kernel: 'Select',
    inputs: { c: ints, a: signed, b: divisors },
    run: ({ c, a: x, b: y }) => tf.where(bool(c!), x!, y!),
  },
  {
    kernel: 'AddN',
    inputs: { a, b, c: floats([2, 3, 4], { seed: 9 }) },
    run: ({ a: x, b: y, c }) => tf.addN([x!, y!, c!]),
  },
]
