// Cases for matrix products.
import * as tf from '@tensorflow/tfjs-core'
import { type Case, floats } from '../compare.ts'

const turns = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const))

const product = (left: number[], right: number[], a: boolean, b: boolean): Case => ({
  kernel: 'BatchMatMul',
  name: `[${left}] by [${right}]${a ? ', first turned' : ''}${b ? ', second turned' : ''}`,
  inputs: { a: floats(left), b: floats(right, { seed: 2 }) },
  run: (inputs) => tf.matMul(inputs.a!, inputs.b!, a, b),
})

const turned = (shape: number[], yes: boolean) => (yes ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape)

const fused = (activation: tf.fused.Activation, bias: boolean): Case => ({
  kernel: '_FusedMatMul',
  name: `${activation}${bias ? ', bias' : ''}`,
  inputs: { a: floats([3, 4]), b: floats([4, 5], { seed: 2 }), c: floats([5], { seed: 3 }) },
  run: ({ a, b, c }) =>
    tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias ? c : undefined, activation }),
  gradient: bias ? ['a', 'b', 'c'] : ['a', 'b'],
})

export const matmulCases: Case[] = [
  ...turns.map(([a, b]) => product(turned([3, 4], a), turned([4, 5], b), a, b)),
  ...turns.map(([a, b]) => product(turned([2, 3, 4], a), turned([2, 4, 5], b), a, b)),
  product([2, 2, 3, 4], [2, 2, 4, 5], false, false),
  // TensorFlow.js's gradient does not undo broadcasting.
  { ...product([2, 3, 4], [1, 4, 5], false, false), gradient: ['a'] },
  product([1, 3, 4], [1, 4, 5], false, false),
  product([1, 7], [7, 1], false, false),
  ...(['linear', 'relu', 'relu6', 'elu', 'sigmoid'] as const).map((activation) => fused(activation, true)),
  fused('linear', false),
  {
    kernel: '_FusedMatMul',
    name: 'leakyrelu',
    inputs: { a: floats([3, 4]), b: floats([4, 5], { seed: 2 }) },
    run: ({ a, b }) =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, activation: 'leakyrelu', leakyreluAlpha: 0.3 }),
    gradient: false,
  },
  {
    kernel: '_FusedMatMul',
    name: 'prelu',
    inputs: { a: floats([3, 4]), b: floats([4, 5], { seed: 2 }), slope: floats([5], { seed: 3 }) },
    run: ({ a, b, slope }) =>
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        activation: 'prelu',
        preluActivationWeights: slope,
      }),
    gradient: false,
  },
]
