// Cases for kernels of one operand.
import * as tf from '@tensorflow/tfjs-core'
import { type Case, exactly, floats, whole } from '../compare.ts'

const some = floats([3, 4], { low: -2, high: 2 })
const positive = floats([3, 4], { low: 0.1, high: 3 })
const inside = floats([3, 4], { low: -0.9, high: 0.9 })
const above = floats([3, 4], { low: 1.1, high: 3 })
const apart = exactly([8], [-2.5, -1.5, -0.4, 0.3, 0.6, 1.5, 2.5, 7.2])
const strange = exactly([6], [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1, 3])
const ints = whole([2, 3], [-3, -1, 0, 1, 2, 7])

const unary = (kernel: string, run: (x: tf.Tensor) => tf.Tensor, x = some, more: Partial<Case> = {}): Case => ({
  kernel,
  inputs: { x },
  run: ({ x: t }) => run(t!),
  ...more,
})

export const elementwiseCases: Case[] = [
  unary('Abs', tf.abs),
  unary('Abs', tf.abs, ints, { name: 'int32' }),
  unary('Neg', tf.neg),
  unary('Neg', tf.neg, ints, { name: 'int32' }),
  unary('Sign', tf.sign, apart),
  unary('Relu', tf.relu, apart),
  unary('Relu', tf.relu, ints, { name: 'int32' }),
  unary('Floor', tf.floor, apart),
  unary('Ceil', tf.ceil, apart),
  unary('Round', tf.round, apart),
  unary('Acos', tf.acos, inside),
  unary('Acosh', tf.acosh, above),
  unary('Asin', tf.asin, inside),
  unary('Asinh', tf.asinh),
  unary('Atan', tf.atan),
  unary('Atanh', tf.atanh, inside),
  unary('Cos', tf.cos),
  unary('Cosh', tf.cosh),
  unary('Elu', tf.elu),
  unary('EluGrad', (x) => tf.grad((t) => tf.elu(t))(x), apart, { gradient: false }),
  unary('Erf', tf.erf),
  unary('Exp', tf.exp),
  unary('Exp', tf.exp, ints, { name: 'int32', gradient: false, tolerance: 1e-4 }),
  unary('Expm1', tf.expm1),
  unary('Log', tf.log, positive),
  unary('Log1p', tf.log1p, positive),
  unary('Reciprocal', tf.reciprocal, positive, { tolerance: 1e-4 }),
  unary('Rsqrt', tf.rsqrt, positive, { tolerance: 1e-4 }),
  unary('Selu', tf.selu),
  unary('Sigmoid', tf.sigmoid),
  unary('Sin', tf.sin),
  unary('Sinh', tf.sinh),
  unary('Softplus', tf.softplus),
  unary('Sqrt', tf.sqrt, positive),
  unary('Square', tf.square),
  unary('Square', tf.square, ints, { name: 'int32' }),
  unary('Tan', tf.tan, inside),
  unary('Tanh', tf.tanh),
  unary('Relu6', tf.relu6, apart),
  unary('LeakyRelu', (x) => tf.leakyRelu(x, 0.1), apart),
  unary('ClipByValue', (x) => tf.clipByValue(x, -1, 2), apart),
  unary('ClipByValue', (x) => tf.clipByValue(x, -1, 2), ints, { name: 'int32' }),
  unary('Step', (x) => tf.step(x), apart),
  unary('Step', (x) => tf.step(x, 0.5), apart, { name: 'alpha', gradient: false }),
  unary('LogicalNot', (x) => tf.logicalNot(tf.cast(x, 'bool')), ints),
  unary('IsNan', tf.isNaN, strange, { gradient: false }),
  unary('IsInf', tf.isInf, strange, { gradient: false }),
  unary('IsFinite', tf.isFinite, strange, { gradient: false }),
  unary('IsFinite', tf.isFinite, ints, { name: 'int32', gradient: false }),
  unary('Cast', (x) => tf.cast(x, 'int32'), apart, { name: 'float32 to int32', gradient: false }),
  unary('Cast', (x) => tf.cast(x, 'bool'), strange, { name: 'float32 to bool', gradient: false }),
  unary('Cast', (x) => tf.cast(x, 'float32'), ints, { name: 'int32 to float32' }),
  unary('Cast', (x) => tf.cast(tf.cast(x, 'bool'), 'int32'), ints, { name: 'bool to int32' }),
]
