// Cases for reductions and softmax.
import * as tf from '@tensorflow/tfjs-core'
import { type Case, floats, type Given, whole } from '../compare.ts'

const x = floats([2, 3, 4])
const image = floats([2, 3, 4, 5])
const ints = whole([2, 3], [3, -1, 0, 4, 4, -2])

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor

const reduce = (kernel: string, run: Reduce, more: Partial<Case> = {}): Case[] =>
  ([undefined, 0, [1, 2], [0, 2], -1] as (number | number[] | undefined)[]).flatMap((axis) =>
    [false, true].map((keep) => ({
      kernel,
      name: `axis ${axis ?? 'all'}${keep ? ', kept' : ''}`,
      inputs: { x },
      run: ({ x: t }: Record<string, tf.Tensor>) => run(t!, axis as number[] | undefined, keep),
      ...more,
    })),
  )

const one = (
  kernel: string,
  run: (x: tf.Tensor) => tf.Tensor,
  given: Given,
  name?: string,
  more: Partial<Case> = {},
): Case => ({
  kernel,
  name,
  inputs: { x: given },
  run: ({ x: t }) => run(t!),
  ...more,
})

export const reductionCases: Case[] = [
  ...reduce('Sum', tf.sum),
  ...reduce('Mean', tf.mean),
  ...reduce('Max', tf.max),
  ...reduce('Min', tf.min),
  // TensorFlow.js's gradient of a product uses tensor methods that its core does not have.
  ...reduce('Prod', tf.prod, { gradient: false }),
  one('Sum', tf.sum, ints, 'int32'),
  one('Max', tf.max, ints, 'int32'),
  one('Sum', (t) => tf.sum(tf.cast(t, 'bool')), ints, 'bool'),
  one('Sum', (t) => tf.sum(tf.tile(tf.expandDims(t, 0), [5, 1, 1, 1]), 0), x, 'of what repeats'),
  one('Sum', (t) => tf.sum(tf.mul(tf.ones([3, 4]), t)), floats([]), 'of a number that repeats'),
  one('All', (t) => tf.all(tf.cast(t, 'bool'), 1), ints),
  one('Any', (t) => tf.any(tf.cast(t, 'bool'), 0), ints),
  one('ArgMax', (t) => tf.argMax(t, 1), x, undefined, { gradient: false }),
  one('ArgMax', (t) => tf.argMax(t, 1), ints, 'ties'),
  one('ArgMin', (t) => tf.argMin(t, -1), x, undefined, { gradient: false }),
  one('Softmax', (t) => tf.softmax(t), x),
  // What convolutions give lies channels first.
  ...([[1, 2], [0, 1, 2], 3, [0, 3], 0, [2, 3]] as (number | number[])[]).flatMap((axis) =>
    [false, true].map((keep) =>
      one(
        'Mean',
        (t) => tf.mean(tf.maxPool(t as tf.Tensor4D, 2, 1, 'valid'), axis, keep),
        image,
        `channels first, axis ${axis}${keep ? ', kept' : ''}`,
      ),
    ),
  ),
]
