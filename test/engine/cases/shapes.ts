// Cases for kernels that rearrange, repeat, pick or make elements.
import * as tf from '@tensorflow/tfjs-core'
import { type Case, exactly, floats, type Given, whole } from '../compare.ts'

const x = floats([2, 3, 4])
const image = floats([2, 4, 4, 3])
const ints = whole([2, 3], [3, -1, 0, 4, 4, -2])

const one = (
  kernel: string,
  name: string,
  run: (x: tf.Tensor) => tf.Tensor | tf.Tensor[],
  given: Given = x,
  more: Partial<Case> = {},
): Case => ({
  kernel,
  name,
  inputs: { x: given },
  run: ({ x: t }) => run(t!),
  ...more,
})

/** The same tensor, lying channels first. */
const lying = (t: tf.Tensor) => tf.mul(t, tf.avgPool(t as tf.Tensor4D, 2, 1, 'same'))

export const shapeCases: Case[] = [
  one('Identity', '', (t) => tf.clone(t)),
  one('Reshape', 'to a matrix', (t) => tf.reshape(t, [6, 4])),
  one('Reshape', 'implicit', (t) => tf.reshape(t, [-1, 2])),
  one('Reshape', 'channels first', (t) => tf.reshape(lying(t), [2, -1]), image, { gradient: false }),
  one('Reshape', 'of what repeats', (t) =>
    tf.mul(tf.reshape(tf.tile(tf.reshape(t, [6, 1, 4]), [1, 5, 1]), [6, 1, 5, 4]), tf.sum(t)),
  ),
  one('ExpandDims', 'first', (t) => tf.mul(tf.expandDims(t, 0), 2)),
  one('ExpandDims', 'last', (t) => tf.mul(tf.expandDims(t, -1), 2)),
  one('Transpose', 'reversed', (t) => tf.transpose(t)),
  one('Transpose', 'given', (t) => tf.transpose(t, [1, 0, 2])),
  one('Transpose', 'channels first', (t) => tf.transpose(lying(t), [3, 0, 2, 1]), image, { gradient: false }),
  one('Concat', 'axis 1', (t) => tf.concat([t, tf.mul(t, 2), t], 1)),
  one('Concat', 'channels first', (t) => tf.concat([lying(t), t], 3), image, { gradient: false }),
  one('Concat', 'int32', (t) => tf.concat([t, t]), ints),
  one('Pack', 'axis 1', (t) => tf.stack([t, tf.mul(t, 2)], 1)),
  one('Unpack', 'axis 1', (t) => tf.unstack(t, 1)),
  one('SplitV', 'equal parts', (t) => tf.split(t, 2, 2)),
  one('SplitV', 'given parts', (t) => tf.split(t, [1, 3], 2)),
  one('SplitV', 'the rest', (t) => tf.split(t, [1, -1], 1)),
  one('Slice', 'inside', (t) => tf.slice(t, [0, 1, 1], [2, 2, 2])),
  one('Slice', 'to the end', (t) => tf.slice(t, [1, 0, 1], [-1, -1, -1])),
  one('Slice', 'channels first', (t) => tf.slice(lying(t), [0, 1, 2, 1], [2, 2, 1, 2]), image, { gradient: false }),
  one('StridedSlice', 'steps', (t) => tf.stridedSlice(t, [0, 0, 0], [2, 3, 4], [1, 2, 3]), x, { gradient: false }),
  one('StridedSlice', 'backwards', (t) => tf.stridedSlice(t, [1, 2, 3], [0, 0, 0], [-1, -1, -2], 0, 1), x, {
    gradient: false,
  }),
  one('StridedSlice', 'one axis less', (t) => tf.stridedSlice(t, [1, 0, 0], [2, 3, 4], [1, 1, 1], 0, 0, 0, 0, 1), x, {
    gradient: false,
  }),
  one('PadV2', 'zeros', (t) =>
    tf.pad(t, [
      [1, 0],
      [0, 2],
      [1, 1],
    ]),
  ),
  one('PadV2', 'a number', (t) =>
    tf.pad(
      t,
      [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
      3,
    ),
  ),
  one(
    'PadV2',
    'channels first',
    (t) =>
      tf.pad(lying(t), [
        [0, 0],
        [1, 2],
        [0, 1],
        [2, 0],
      ]),
    image,
    { gradient: false },
  ),
  one(
    'MirrorPad',
    'reflect',
    (t) =>
      tf.mirrorPad(
        t,
        [
          [1, 0],
          [0, 2],
          [1, 1],
        ],
        'reflect',
      ),
    x,
    { gradient: false },
  ),
  one('Tile', '', (t) => tf.tile(t, [2, 1, 3])),
  one('Tile', 'as a broadcast', (t) => tf.broadcastTo(t, [5, 3, 4]), floats([3, 1])),
  one('Tile', 'of one', (t) => tf.tile(t, [3, 4]), floats([1, 2])),
  one('Reverse', 'one axis', (t) => tf.reverse(t, 1)),
  one('Reverse', 'all', (t) => tf.reverse(t)),
  one('Fill', '', (t) => tf.mul(t, tf.fill([3, 4], 2.5)), x),
  one('Fill', 'as a result', (t) => [tf.fill([3, 4], 2.5), tf.mul(t, 2)], x),
  one('ZerosLike', '', (t) => tf.add(tf.zerosLike(t), tf.mul(t, 2))),
  one('OnesLike', '', (t) => tf.mul(tf.onesLike(t), tf.mul(t, 2))),
  one('Range', '', (t) => tf.mul(t, tf.range(0, 8, 2)), x),
  one('LinSpace', '', (t) => tf.mul(t, tf.linspace(0, 1, 4)), x),
  one('Cumsum', 'inner axis', (t) => tf.cumsum(t, 1), x, { gradient: false }),
  one('Cumsum', 'last axis', (t) => tf.cumsum(t, 2)),
  one('Cumsum', 'exclusive, reversed', (t) => tf.cumsum(t, 2, true, true)),
  one(
    'TopK',
    '',
    (t) => {
      const { values, indices } = tf.topk(t, 2)
      return [values, indices]
    },
    x,
    { gradient: false },
  ),
  {
    kernel: 'GatherV2',
    name: 'rows',
    inputs: { x: floats([5, 3]), i: whole([4], [0, 3, 3, 1]) },
    run: ({ x: t, i }) => tf.gather(t!, i as tf.Tensor1D),
  },
  {
    kernel: 'GatherV2',
    name: 'matrix of indices',
    inputs: { x: floats([5, 3]), i: whole([2, 2], [0, 3, 3, 1]) },
    run: ({ x: t, i }) => tf.gather(t!, i as tf.Tensor2D),
  },
  {
    kernel: 'GatherV2',
    name: 'columns',
    inputs: { x: floats([2, 5, 3]), i: whole([3], [4, 0, 4]) },
    run: ({ x: t, i }) => tf.gather(t!, i as tf.Tensor1D, 1),
  },
  {
    kernel: 'GatherV2',
    name: 'batches',
    inputs: { x: floats([2, 5, 3]), i: whole([2, 2], [4, 0, 1, 1]) },
    run: ({ x: t, i }) => tf.gather(t!, i as tf.Tensor2D, 1, 1),
    gradient: false,
  },
  {
    kernel: 'GatherNd',
    inputs: { x: floats([3, 4, 2]), i: whole([2, 2], [0, 3, 2, 1]) },
    run: ({ x: t, i }) => tf.gatherND(t!, i!),
    gradient: false,
  },
  { kernel: 'OneHot', inputs: { i: whole([2, 3], [0, 2, -1, 3, 4, 1]) }, run: ({ i }) => tf.oneHot(i!, 4) },
  {
    kernel: 'OneHot',
    name: 'given values',
    inputs: { i: whole([3], [0, 2, 1]) },
    run: ({ i }) => tf.oneHot(i!, 4, 0.9, 0.1, 'float32'),
  },
  {
    kernel: 'UnsortedSegmentSum',
    inputs: { x: floats([5, 3]), i: whole([5], [0, 2, 2, -1, 0]) },
    run: ({ x: t, i }) => tf.unsortedSegmentSum(t!, i as tf.Tensor1D, 4),
  },
  {
    kernel: 'ScatterNd',
    inputs: { x: floats([3, 2]), i: whole([3, 1], [4, 1, 4]) },
    run: ({ x: t, i }) => tf.scatterND(i!, t!, [5, 2]),
    gradient: false,
  },
  {
    kernel: 'TensorScatterUpdate',
    inputs: { x: floats([5, 2]), i: whole([2, 1], [4, 1]), u: exactly([2, 2], [9, 8, 7, 6]) },
    run: ({ x: t, i, u }) => tf.tensorScatterUpdate(t!, i!, u!),
    gradient: false,
  },
]
