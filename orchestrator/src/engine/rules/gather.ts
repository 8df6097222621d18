// Rules for kernels that pick or place elements by index.
import type { CumsumAttrs, GatherV2Attrs, OneHotAttrs, TopKAttrs, UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core'
import { add, apply, applyAll, cast, expand, reshape, slice } from '../graph/build.ts'
import { constant, integers, scalar, size, type Value } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import { type DType, plainValue, type Recorded, whole } from '../record/recorded.ts'
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
  const [values, picks] = [whole(x), indicesOf(indices)]
  if (batchDims === 0) return apply('Gather', [values, picks], { axis: at })
  if (at !== batchDims)
    throw new Error(`axis ${at} with ${batchDims} batch axes is not supported, only axis ${batchDims}`)
  // Each batch entry's rows follow those of the entry before.
  const batch = size(x.shape.slice(0, batchDims))
  const rows = x.shape[at]!
  const each = indices.shape.slice(batchDims)
  const offsets = constant(
    Int32Array.from({ length: batch }, (_, i) => i * rows),
    [batch, 1],
    'int32',
  )
  const flat = add(reshape(picks, [batch, size(each)]), offsets)
  const picked = apply('Gather', [reshape(values, [batch * rows, ...x.shape.slice(at + 1)]), flat], { axis: 0 })
  return reshape(picked, [...x.shape.slice(0, batchDims), ...each, ...x.shape.slice(at + 1)])
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

const positions = (indices: Recorded) => cast(indicesOf(indices), 'int64')

export const gathering = {
  GatherV2: ({ x, indices }: { x: Recorded; indices: Recorded }, { axis, batchDims }: GatherV2Attrs) =>
    plainValue(gather(x, indices, axis, batchDims ?? 0)),
  GatherNd: ({ params, indices }: { params: Recorded; indices: Recorded }) =>
    plainValue(apply('GatherND', [whole(params), positions(indices)], { batch_dims: 0 })),
  OneHot: oneHot,
  UnsortedSegmentSum: segmentSum,
  ScatterNd: ({ indices, updates }: { indices: Recorded; updates: Recorded }, { shape }: { shape: number[] }) => {
    const zeros = expand(scalar(0, updates.value.type), shape)
    return plainValue(apply('ScatterND', [zeros, positions(indices), whole(updates)], { reduction: 'add' }))
  },
  TensorScatterUpdate: ({ tensor, indices, updates }: Record<'tensor' | 'indices' | 'updates', Recorded>) =>
    plainValue(apply('ScatterND', [whole(tensor), positions(indices), whole(updates)], { reduction: 'none' })),
  TopK: ({ x }: Unary, { k, sorted }: TopKAttrs) => {
    const attributes = { axis: x.shape.length - 1, largest: 1, sorted: Number(sorted ?? true) }
    const [values, indices] = applyAll('TopK', [whole(x), integers([k])], attributes)
    return [plainValue(values!), plainValue(cast(indices!, 'int32'))]
  },
  Cumsum: ({ x }: Unary, { axis, exclusive, reverse }: CumsumAttrs) => {
    const at = axis < 0 ? axis + x.shape.length : axis
    const attributes = { exclusive: Number(exclusive ?? false), reverse: Number(reverse ?? false) }
    return plainValue(apply('CumSum', [whole(x), scalar(at, 'int64')], attributes))
  },
} satisfies Rules
