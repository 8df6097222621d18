// Rules for kernels that pick or place elements by index.
import {
  backend_util,
  type CumsumAttrs,
  type GatherV2Attrs,
  gather_util,
  type OneHotAttrs,
  type SparseToDenseAttrs,
  scatter_util,
  type Tensor,
  type TopKAttrs,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core'
import { add, apply, applyAll, cast, expand, reshape, slice, transpose } from '../graph/build.ts'
import { constant, constantNumbers, integers, scalar, size, type Value } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import { type DType, plainValue, type Recorded, uniform, whole } from '../record/recorded.ts'
import { castTo } from './combine.ts'

const indicesOf = (x: Recorded): Value => whole(castTo(x, 'int32'))

function counting(n: number): Value {
  return constant(
    Int32Array.from({ length: n }, (_, i) => i),
    [n],
    'int32',
  )
}

function gather(x: Recorded, indices: Recorded, axis: number, batchDims: number): Value {
  const at = axis < 0 ? axis + x.shape.length : axis
  const { collectGatherOpShapeInfo } = backend_util.segment_util
  const info = collectGatherOpShapeInfo(x as never, indices as never, at, batchDims)
  const { batchSize: batch, outerSize: outer, dimSize: rows, sliceSize: inner } = info
  for (const index of constantNumbers(indices.value) ?? []) {
    if (index < 0 || index >= rows) throw new Error(`GatherV2: the index value ${index} is not in [0, ${rows - 1}]`)
  }
  const [values, picks] = [whole(x), indicesOf(indices)]
  if (batch === 1) {
    // Axes of length 1 may lie before the others.
    const skipped = (batchDims + indices.shape.length) % indices.shape.length
    const own = batchDims === 0 ? picks : reshape(picks, indices.shape.slice(skipped))
    return reshape(apply('Gather', [values, own], { axis: at }), info.outputShape)
  }
  // Each batch entry's rows follow those of the entry before.
  const rowsFirst = transpose(reshape(values, [batch, outer, rows, inner]), [0, 2, 1, 3])
  const offsets = constant(
    Int32Array.from({ length: batch }, (_, i) => i * rows),
    [batch, 1],
    'int32',
  )
  const flat = add(reshape(picks, [batch, size(indices.shape) / batch]), offsets)
  const picked = apply('Gather', [reshape(rowsFirst, [batch * rows, outer, inner]), flat], { axis: 0 })
  return reshape(transpose(picked, [0, 2, 1, 3]), info.outputShape)
}

function oneHot({ indices }: { indices: Recorded }, { depth, onValue, offValue, dtype }: OneHotAttrs): Recorded {
  const type = (dtype ?? 'float32') as DType
  const picks = indicesOf(indices)
  // An index outside of the depth has no hot element, whereas ONNX's OneHot wraps negative ones.
  const hot = apply('Equal', [reshape(picks, [...picks.shape, 1]), counting(depth)])
  if (onValue === 1 && offValue === 0) return plainValue(cast(hot, type))
  return plainValue(apply('Where', [hot, scalar(onValue, type), scalar(offValue, type)]))
}

/** Sums the rows of each segment; rows of negative segments are left out. */
function segmentSum(
  { x, segmentIds }: { x: Recorded; segmentIds: Recorded },
  { numSegments }: UnsortedSegmentSumAttrs,
): Recorded {
  const rows = size(segmentIds.shape)
  const inner = x.shape.slice(segmentIds.shape.length)
  const ids = reshape(indicesOf(segmentIds), [rows, 1])
  const nowhere = scalar(numSegments, 'int32')
  const placed = apply('Where', [apply('Less', [ids, scalar(0, 'int32')]), nowhere, ids])
  const zeros = expand(scalar(0, x.value.type), [numSegments + 1, ...inner])
  const updates = reshape(whole(x), [rows, ...inner])
  const sums = apply('ScatterND', [zeros, cast(placed, 'int64'), updates], { reduction: 'add' })
  return plainValue(slice(sums, [0], [0], [numSegments]))
}

/** Places updates, whose number and size TensorFlow.js computes from the shapes, in a tensor. */
function scattered(onto: Recorded, indices: Recorded, updates: Recorded, reduction: 'none' | 'add'): Recorded {
  const { sliceRank, numUpdates, sliceSize, outputSize } = scatter_util.calculateShapes(
    updates as never,
    indices as never,
    onto.shape,
  )
  const slices = onto.shape.slice(0, sliceRank)
  const inner = onto.shape.slice(sliceRank)
  if (size(slices) * sliceSize !== outputSize) throw new Error(`[${onto.shape}] has not ${sliceRank} axes`)
  const places = reshape(positions(indices), [numUpdates, sliceRank])
  // One update may serve all places.
  const given =
    updates.shape.length === 0
      ? expand(whole(updates), [numUpdates, ...inner])
      : reshape(whole(updates), [numUpdates, ...inner])
  return plainValue(apply('ScatterND', [whole(onto), places, given], { reduction }))
}

const positions = (indices: Recorded) => cast(indicesOf(indices), 'int64')

export const gathering = {
  GatherV2: ({ x, indices }: { x: Recorded; indices: Recorded }, { axis, batchDims }: GatherV2Attrs) =>
    plainValue(gather(x, indices, axis, batchDims ?? 0)),
  GatherNd: ({ params, indices }: { params: Recorded; indices: Recorded }) => {
    const like = (t: Recorded) => ({ shape: t.shape, rank: t.shape.length, dtype: t.dtype }) as Tensor
    gather_util.prepareAndValidate(like(params), like(indices))
    return plainValue(apply('GatherND', [whole(params), positions(indices)], { batch_dims: 0 }))
  },
  OneHot: oneHot,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: ({ indices, updates }: { indices: Recorded; updates: Recorded }, { shape }: { shape: number[] }) => {
    return scattered(uniform(0, shape, updates.dtype), indices, updates, 'add')
  },
  TensorScatterUpdate: ({ tensor, indices, updates }: Record<'tensor' | 'indices' | 'updates', Recorded>) =>
    scattered(tensor, indices, updates, 'none'),
  SparseToDense: (
    { sparseIndices, sparseValues, defaultValue }: Record<'sparseIndices' | 'sparseValues' | 'defaultValue', Recorded>,
    { outputShape }: SparseToDenseAttrs,
  ) =>
    scattered(
      plainValue(expand(whole(castTo(defaultValue, sparseValues.dtype)), outputShape)),
      sparseIndices,
      sparseValues,
      'none',
    ),
  TopK: ({ x }: Unary, { k }: TopKAttrs) => {
    // The lower index comes first among equals, which onnxruntime does only when it sorts.
    const attributes = { axis: x.shape.length - 1, largest: 1, sorted: 1 }
    const [values, indices] = applyAll('TopK', [whole(x), integers([k])], attributes)
    return [plainValue(values!), plainValue(cast(indices!, 'int32'))]
  },
  Cumsum: ({ x }: Unary, { axis, exclusive, reverse }: CumsumAttrs) => {
    const at = axis < 0 ? axis + x.shape.length : axis
    const attributes = { exclusive: Number(exclusive ?? false), reverse: Number(reverse ?? false) }
    return plainValue(apply('CumSum', [whole(x), scalar(at, 'int64')], attributes))
  },
} satisfies Rules
