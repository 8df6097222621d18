// Cases for volumes, resizing, counting, Einstein's notation, and what moves elements between area and channels.
import * as tf from '@tensorflow/tfjs-core'
import { type Case, exactly, floats, type Given, whole } from '../compare.ts'
import { averages, mixedTensor, nearest } from '../mixing.ts'

type Tensors = Record<string, tf.Tensor>

const one = (
  kernel: string,
  name: string,
  inputs: Record<string, Given>,
  run: (x: Tensors) => tf.Tensor | tf.Tensor[],
  more: Partial<Case> = {},
): Case => ({ kernel, name, inputs, run, ...more })

const image = floats([2, 4, 6, 4])
const ints = whole([2, 3], [3, 1, 0, 4, 4, 2])
const kernel = (name: string, inputs: Tensors, attributes = {}) =>
  tf.engine().runKernel(name, inputs, attributes) as tf.Tensor

const volume = floats([2, 4, 5, 6, 2])
const volumeCases = (
  [
    [[2, 3, 2], 1, 'same'],
    [[2, 2, 3], 1, 'valid'],
    [[3, 2, 2], 2, 'same'],
    [[2, 2, 2], 2, 'valid'],
  ] as [[number, number, number], number, 'same' | 'valid'][]
).flatMap(([size, strides, pad]) => {
  const name = `${size}, strides ${strides}, ${pad}`
  const filters = { x: volume, w: floats([...size, 2, 3], { seed: 2 }) }
  const conv = ({ x, w }: Tensors) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, strides, pad)
  const max = ({ x }: Tensors) => tf.maxPool3d(x as tf.Tensor5D, size, strides, pad)
  const average = ({ x }: Tensors) => tf.avgPool3d(x as tf.Tensor5D, size, strides, pad)
  const reference = ({ x }: Tensors) =>
    mixedTensor(x!, new Map(size.map((length, k) => [k + 1, averages(volume.shape[k + 1]!, length, strides, pad)])))
  return [
    ...['Conv3D', 'Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2'].map((k) =>
      one(k, name, filters, conv, { tolerance: 1e-4 }),
    ),
    // The CPU backend takes the window's height for its width when it finds the greatest element again.
    one('MaxPool3D', name, { x: volume }, max, { gradient: false }),
    ...(size[1] === size[2] ? [one('MaxPool3DGrad', name, { x: volume }, max)] : []),
    one('AvgPool3D', name, { x: volume }, average, { reference }),
    one('AvgPool3DGrad', name, { x: volume }, average, { reference }),
  ]
})

const sizes: [number, number][] = [
  [8, 12],
  [7, 5],
  [2, 3],
  [1, 1],
]
/** Of `image`. */
const nearestOf =
  (size: [number, number], corners: boolean, centers = false) =>
  ({ x }: Tensors) =>
    mixedTensor(x!, new Map(size.map((to, k) => [k + 1, nearest(image.shape[k + 1]!, to, corners, centers)])))
const resizeCases = sizes.flatMap((size) =>
  [false, true].flatMap((corners) => {
    const name = `to ${size}${corners ? ', corners aligned' : ''}`
    const picked = ({ x }: Tensors) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, size, corners)
    const reference = nearestOf(size, corners)
    // On the CPU backend the gradient's height and width are exchanged.
    const square = { x: floats([2, 5, 5, 3]) }
    const bilinear = ({ x }: Tensors) => tf.image.resizeBilinear(x as tf.Tensor4D, size, corners)
    return [
      one('ResizeNearestNeighbor', name, { x: image }, picked, { reference }),
      one('ResizeNearestNeighborGrad', name, { x: image }, picked, { reference }),
      ...['ResizeBilinear', 'ResizeBilinearGrad'].map((k) => one(k, name, square, bilinear)),
      one('ResizeBilinear', `${name}, oblong`, { x: image }, bilinear, { gradient: false }),
    ]
  }),
)
const halfPixels = sizes.flatMap((size) => [
  one(
    'ResizeBilinear',
    `to ${size}, half pixels`,
    { x: image },
    ({ x }) => tf.image.resizeBilinear(x as tf.Tensor4D, size, false, true),
    { gradient: false },
  ),
  one(
    'ResizeNearestNeighbor',
    `to ${size}, half pixels`,
    { x: image },
    ({ x }) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, size, false, true),
    { reference: nearestOf(size, false, true) },
  ),
])

const letters = { a: 2, b: 3, c: 4, d: 5 } as Record<string, number>
const einsumCases = [
  'ab,bc->ac',
  'abc,adc->abd',
  'abcd,acdb->a',
  'abc,cb->ab',
  'ab,ab->ab',
  'ab,cd->dbca',
  'acb->bca',
  'abc->b',
  'abcd,abd->bc',
].map((equation) => {
  const terms = equation.split('->')[0]!.split(',')
  const inputs = Object.fromEntries(
    terms.map((term, i) => [
      `x${i}`,
      floats(
        [...term].map((l) => letters[l]!),
        { seed: i + 1 },
      ),
    ]),
  )
  return one('Einsum', equation, inputs, (x) => tf.einsum(equation, ...Object.values(x)))
})

const dilated = { x: floats([2, 5, 6, 3]), w: floats([2, 3, 3], { seed: 2 }) }
const dilationCases = (
  [
    [1, 'same', 1],
    [2, 'same', 1],
    [1, 'valid', 1],
    [2, 'valid', 2],
  ] as [number, 'same' | 'valid', number][]
).flatMap(([strides, pad, dilations]) =>
  ['Dilation2D', 'Dilation2DBackpropInput', 'Dilation2DBackpropFilter'].map((k) =>
    one(k, `strides ${strides}, ${pad}, dilations ${dilations}`, dilated, ({ x, w }) =>
      tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, strides, pad, dilations),
    ),
  ),
)

/** What the CPU backend's own rule cannot do. */
const moreEinsumCases = [
  one(
    'Einsum',
    'ab,bc->c',
    { x: floats([2, 3]), y: floats([3, 4], { seed: 2 }) },
    ({ x, y }) => tf.einsum('ab,bc->c', x!, y!),
    { reference: ({ x, y }) => tf.sum(tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D), 0) },
  ),
  one('Einsum', 'a,b->', { x: floats([3]), y: floats([4], { seed: 2 }) }, ({ x, y }) => tf.einsum('a,b->', x!, y!), {
    reference: ({ x, y }) => tf.mul(tf.sum(x!), tf.sum(y!)),
  }),
]

export const moreCases: Case[] = [
  ...volumeCases,
  ...resizeCases,
  ...halfPixels,
  ...einsumCases,
  ...moreEinsumCases,
  ...dilationCases,
  one('LogicalXor', '', { x: ints }, ({ x }) => kernel('LogicalXor', { a: tf.greater(x!, 2), b: tf.less(x!, 4) }), {
    reference: ({ x }) => tf.notEqual(tf.greater(x!, 2), tf.less(x!, 4)),
  }),
  one('BitwiseAnd', '', { x: ints }, ({ x }) => kernel('BitwiseAnd', { a: x!, b: tf.scalar(6, 'int32') })),
  one('Select', 'of bools', { x: ints }, ({ x }) => tf.where(tf.greater(x!, 2), tf.less(x!, 4), tf.equal(x!, 1))),
  one(
    'SparseToDense',
    '',
    { x: floats([3]) },
    ({ x }) => tf.sparseToDense(tf.tensor1d([4, 0, 2], 'int32'), x!, [6], 7),
    {
      gradient: false,
    },
  ),
  one('LogSoftmax', '', { x: floats([3, 4]) }, ({ x }) => kernel('LogSoftmax', { logits: x! }, { axis: 1 }), {
    gradient: false,
    reference: ({ x }) => tf.logSoftmax(x!),
  }),
  ...[0, 1, -1].flatMap((axis) =>
    [false, true].flatMap((exclusive) =>
      [false, true].map((reverse) =>
        one(
          'Cumprod',
          `axis ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reversed' : ''}`,
          { x: floats([2, 3, 4]) },
          ({ x }) => tf.cumprod(x!, axis, exclusive, reverse),
          // The CPU backend gives nothing for an axis that is counted from the end.
          { gradient: false, reference: ({ x }) => tf.cumprod(x!, axis < 0 ? axis + 3 : axis, exclusive, reverse) },
        ),
      ),
    ),
  ),
  one(
    'BroadcastTo',
    '',
    { x: floats([1, 4]) },
    ({ x }) => kernel('BroadcastTo', { x: x! }, { shape: [3, 4], inputShape: [1, 4] }),
    { reference: ({ x }) => tf.broadcastTo(x!, [3, 4]) },
  ),
  one('Diag', 'of a row', { x: floats([4]) }, ({ x }) => tf.diag(x!), { gradient: false }),
  one('Diag', 'of a matrix', { x: ints }, ({ x }) => tf.diag(x!)),
  one('FlipLeftRight', '', { x: image }, ({ x }) => tf.image.flipLeftRight(x as tf.Tensor4D), { gradient: false }),
  one('DepthToSpace', '', { x: image }, ({ x }) => tf.depthToSpace(x as tf.Tensor4D, 2), { gradient: false }),
  one('SpaceToBatchND', '', { x: image }, ({ x }) =>
    tf.spaceToBatchND(
      x!,
      [2, 3],
      [
        [1, 1],
        [0, 3],
      ],
    ),
  ),
  one('BatchToSpaceND', '', { x: floats([8, 2, 3, 2]) }, ({ x }) =>
    tf.batchToSpaceND(
      x!,
      [2, 2],
      [
        [1, 0],
        [0, 2],
      ],
    ),
  ),
  one('LRN', '', { x: image }, ({ x }) => tf.localResponseNormalization(x as tf.Tensor4D, 1, 1, 0.5, 0.7)),
  one('LRNGrad', '', { x: image }, ({ x }) => tf.localResponseNormalization(x as tf.Tensor4D, 2, 1, 0.5, 0.7)),
  one(
    'MaxPoolWithArgmax',
    'in each image',
    { x: image },
    ({ x }) => {
      const { result, indexes } = tf.maxPoolWithArgmax(x as tf.Tensor4D, 2, 2, 'same')
      return [result!, indexes!]
    },
    { gradient: false },
  ),
  one(
    'MaxPoolWithArgmax',
    'in the batch',
    { x: image },
    ({ x }) => tf.maxPoolWithArgmax(x as tf.Tensor4D, 2, 1, 'valid', true).indexes!,
    { gradient: false },
  ),
  one(
    'Bincount',
    'weighed',
    { x: ints, w: floats([2, 3]) },
    ({ x, w }) => kernel('Bincount', { x: tf.reshape(x!, [6]), weights: tf.reshape(w!, [6]) }, { size: 4 }),
    { gradient: false },
  ),
  one('DenseBincount', 'rows', { x: ints }, ({ x }) =>
    tf.denseBincount(x as tf.Tensor2D, tf.tensor1d([]) as unknown as tf.Tensor2D, 5),
  ),
  one('DenseBincount', 'whether there', { x: ints }, ({ x }) =>
    tf.denseBincount(x as tf.Tensor2D, tf.tensor1d([]) as unknown as tf.Tensor2D, 4, true),
  ),
  ...(['left', 'right'] as const).map((side) =>
    one(
      'SearchSorted',
      side,
      { sorted: exactly([2, 4], [0, 3, 9, 10, 1, 2, 3, 4]), values: exactly([2, 3], [0, 9, 11, 2, 4, 5]) },
      ({ sorted, values }) => tf.searchSorted(sorted!, values!, side),
      { gradient: false },
    ),
  ),
  one(
    'GatherV2',
    'behind batch axes',
    { x: floats([2, 3, 4, 5]) },
    ({ x }) => tf.gather(x!, tf.tensor([0, 3, 1, 2], [2, 2], 'int32'), 2, 1),
    { gradient: false },
  ),
  one(
    'MirrorPad',
    'symmetric',
    { x: floats([2, 3]) },
    ({ x }) =>
      tf.mirrorPad(
        x!,
        [
          [1, 2],
          [3, 0],
        ],
        'symmetric',
      ),
    { gradient: false },
  ),
]
