// Rules for kernels that only rearrange, repeat or make elements.
import {
  backend_util,
  type ConcatAttrs,
  type ExpandDimsAttrs,
  type FillAttrs,
  type PadV2Attrs,
  type RangeAttrs,
  type ReshapeAttrs,
  type ReverseAttrs,
  type SliceAttrs,
  type StridedSliceAttrs,
  slice_util,
  type Tensor,
  type TileAttrs,
  type TransposeAttrs,
  util,
} from '@tensorflow/tfjs-core'
import { apply, applyAll, concat, pad, reshape, select, slice, transpose } from '../graph/build.ts'
import { constant, integers, sameShape, scalar, size, type Value } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import {
  asItLies,
  axisIn,
  channelsFirst,
  commonLayout,
  type DType,
  image,
  imageValue,
  type Layout,
  plainValue,
  type Recorded,
  uniform,
  whole,
} from '../record/recorded.ts'

const DATA = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }

const numberOfOnes = (shape: readonly number[]) => shape.filter((n) => n !== 1)

/** A tensor with another shape of the same size. */
export function reshaped(x: Recorded, shape: number[]): Recorded {
  if (sameShape(x.shape, shape)) return x
  if (x.value.shape.length === 0) return { ...x, shape, layout: 'plain' }
  // Where only axes of length 1 come or go, what repeats may stay small.
  if (x.layout === 'plain' && sameShape(numberOfOnes(x.shape), numberOfOnes(shape))) {
    const lengths = x.value.shape.filter((_, i) => x.shape[i] !== 1)
    const value = reshape(
      x.value,
      shape.map((n) => (n === 1 ? 1 : lengths.shift()!)),
    )
    return { ...x, value, shape }
  }
  return plainValue(reshape(whole(x), shape), shape)
}

const lying = (value: Value, layout: Layout): Recorded => (layout === 'plain' ? plainValue(value) : imageValue(value))

/** A list that has one item for each axis, in the order in which the axes lie. */
const arranged = (list: readonly number[], layout: Layout) => (layout === 'plain' ? [...list] : channelsFirst(list))

const none = (shape: number[], dtype: DType) => plainValue(constant(new DATA[dtype](0), shape, dtype))

function joined(tensors: Recorded[], axis: number): Recorded {
  const shapes = tensors.map((t) => t.shape)
  backend_util.assertParamsConsistent(shapes, axis)
  const layout = commonLayout(tensors)
  const values = tensors.filter((t) => size(t.shape) > 0).map(layout === 'plain' ? whole : image)
  if (values.length === 0) return none(backend_util.computeOutShape(shapes, axis), tensors[0]!.dtype)
  return lying(concat(values, axisIn(layout, axis)), layout)
}

function sliced(x: Recorded, begin: number[], lengths: number[]): Recorded {
  const shape = lengths.map((n, i) => (n === -1 ? x.shape[i]! - begin[i]! : n))
  if (x.value.shape.length === 0) return { ...x, shape }
  const starts = arranged(begin, x.layout)
  const ends = arranged(
    begin.map((b, i) => b + shape[i]!),
    x.layout,
  )
  return lying(
    slice(
      asItLies(x),
      starts.map((_, i) => i),
      starts,
      ends,
    ),
    x.layout,
  )
}

function repeated(x: Recorded, reps: number[]): Recorded {
  const shape = x.shape.map((n, i) => n * reps[i]!)
  if (x.value.shape.length === 0) return { ...x, shape }
  // An axis of length 1 is stretched by whoever needs it; only longer ones are copied.
  const copies = reps.map((n, i) => (x.shape[i] === 1 ? 1 : n))
  const value = copies.every((n) => n === 1)
    ? x.value
    : apply('Tile', [asItLies(x), integers(arranged(copies, x.layout))])
  return { ...x, value, shape }
}

function stridedSlice(x: Recorded, attributes: StridedSliceAttrs): Recorded {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
  const plan = slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  )
  if (size(plan.finalShape) === 0) return none(plan.finalShape, x.dtype)
  if (plan.isIdentity) return reshaped(x, plan.finalShape)
  const axes = x.shape.map((_, i) => i)
  // A negative step ends before element 0, which ONNX writes as an end below -length.
  const ends = plan.end.map((at, i) => (plan.strides[i]! < 0 && at < 0 ? -x.shape[i]! - 1 : at))
  return plainValue(reshape(slice(whole(x), axes, plan.begin, ends, plan.strides), plan.finalShape))
}

/** @param skipped how many elements at the border are not repeated in the mirror */
function mirrored(x: Value, paddings: [number, number][], skipped: 0 | 1): Value {
  return paddings.reduce((value, [before, after], axis) => {
    if (before === 0 && after === 0) return value
    const n = x.shape[axis]!
    const places = Int32Array.from({ length: before + n + after }, (_, i) => {
      const at = i - before
      return at < 0 ? skipped - 1 - at : at < n ? at : 2 * n - 1 - skipped - at
    })
    return apply('Gather', [value, constant(places, [places.length], 'int32')], { axis })
  }, x)
}

function reversed(x: Recorded, dims: number[]): Recorded {
  const axes = util.parseAxisParam(dims, x.shape)
  if (axes.length === 0) return x
  const lasts = axes.map(() => -1)
  const befores = axes.map((axis) => -x.shape[axis]! - 1)
  return plainValue(slice(whole(x), axes, lasts, befores, lasts))
}

function series(numbers: number[], dtype: DType): Recorded {
  return plainValue(constant(DATA[dtype].from(numbers), [numbers.length], dtype))
}

export const shapes = {
  Reshape: ({ x }: Unary, { shape }: ReshapeAttrs) => {
    const full = util.inferFromImplicitShape(shape, size(x.shape))
    if (size(full) !== size(x.shape)) throw new Error(`the new shape [${full}] has not the size of [${x.shape}]`)
    return reshaped(x, full)
  },
  ExpandDims: ({ input }: { input: Recorded }, { dim }: ExpandDimsAttrs) => {
    const at = dim < 0 ? input.shape.length + dim + 1 : dim
    if (at < 0 || at > input.shape.length)
      throw new Error(`axis ${dim} is outside of a tensor of rank ${input.shape.length}`)
    return reshaped(input, [...input.shape.slice(0, at), 1, ...input.shape.slice(at)])
  },
  Transpose: ({ x }: Unary, { perm }: TransposeAttrs) => plainValue(transpose(whole(x), perm)),
  Concat: (tensors: Recorded[], { axis }: ConcatAttrs) =>
    joined(tensors, util.parseAxisParam(axis, tensors[0]!.shape)[0]!),
  Pack: (tensors: Recorded[], { axis }: { axis: number }) => {
    const { shape } = tensors[0]!
    for (const t of tensors)
      if (!sameShape(t.shape, shape)) throw new Error(`[${t.shape}] is not stacked on [${shape}]`)
    const at = axis < 0 ? shape.length + axis + 1 : axis
    const stacked = [...shape.slice(0, at), 1, ...shape.slice(at)]
    return joined(
      tensors.map((t) => reshaped(t, stacked)),
      at,
    )
  },
  Unpack: ({ value }: { value: Recorded }, { axis }: { axis: number }) => {
    const at = axis < 0 ? value.shape.length + axis : axis
    const rest = value.shape.filter((_, i) => i !== at)
    return Array.from({ length: value.shape[at]! }, (_, i) => {
      const begin = value.shape.map((_n, d) => (d === at ? i : 0))
      const lengths = value.shape.map((n, d) => (d === at ? 1 : n))
      return reshaped(sliced(value, begin, lengths), rest)
    })
  },
  SplitV: ({ x }: Unary, { numOrSizeSplits, axis }: { numOrSizeSplits: number | number[]; axis: number }) => {
    const [at] = util.parseAxisParam(axis, x.shape)
    // It writes into a list that it is given.
    const sizes = typeof numOrSizeSplits === 'number' ? numOrSizeSplits : [...numOrSizeSplits]
    const lengths = backend_util.prepareSplitSize({ shape: x.shape } as Tensor, sizes, at)
    return applyAll('Split', [asItLies(x), integers(lengths)], { axis: axisIn(x.layout, at!) }).map((v) =>
      lying(v, x.layout),
    )
  },
  Slice: ({ x }: Unary, { begin, size: lengths }: SliceAttrs) => {
    const like = { shape: x.shape, rank: x.shape.length } as Tensor
    const [starts, full] = slice_util.parseSliceParams(like, begin, lengths) as [number[], number[]]
    slice_util.assertParamsValid(like, starts, full)
    return sliced(x, starts, full)
  },
  StridedSlice: ({ x }: Unary, attributes: StridedSliceAttrs) => stridedSlice(x, attributes),
  PadV2: ({ x }: Unary, { paddings, constantValue }: PadV2Attrs) => {
    const [begins, ends] = [0, 1].map((side) =>
      arranged(
        paddings.map((p) => p[side as 0 | 1]),
        x.layout,
      ),
    )
    const filler = constantValue ? scalar(constantValue, x.value.type) : undefined
    return lying(pad(asItLies(x), [...begins!, ...ends!], filler), x.layout)
  },
  MirrorPad: ({ x }: Unary, { paddings, mode }: { paddings: [number, number][]; mode: string }) => {
    return plainValue(mirrored(whole(x), paddings, mode === 'reflect' ? 1 : 0))
  },
  Tile: ({ x }: Unary, { reps }: TileAttrs) => repeated(x, reps),
  Reverse: ({ x }: Unary, { dims }: ReverseAttrs) => reversed(x, dims as number[]),
  FlipLeftRight: ({ image: x }: { image: Recorded }) => reversed(x, [2]),
  Fill: (_: unknown, { shape, value, dtype }: FillAttrs) => {
    const type = dtype ?? util.inferDtype(value)
    if (!Object.hasOwn(DATA, type)) throw new Error(`there are no tensors of ${type}`)
    return uniform(value as number, shape, type as DType)
  },
  /** What repeats may stay small. */
  BroadcastTo: ({ x }: Unary, { shape }: { shape: number[] }) => {
    const missing = Array<number>(shape.length - x.shape.length).fill(1)
    return plainValue(reshape(whole(x), [...missing, ...x.shape]), shape)
  },
  Diag: ({ x }: Unary) => {
    const n = size(x.shape)
    const diagonal = Uint8Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0))
    const matrix = select(constant(diagonal, [n, n], 'bool'), reshape(whole(x), [n]), scalar(0, x.value.type))
    return plainValue(reshape(matrix, [...x.shape, ...x.shape]))
  },
  ZerosLike: ({ x }: Unary) => uniform(0, x.shape, x.dtype),
  OnesLike: ({ x }: Unary) => uniform(1, x.shape, x.dtype),
  Range: (_: unknown, { start, stop, step, dtype }: RangeAttrs) => {
    // TensorFlow.js counts down where it is told to by the bounds alone.
    const by = stop < start && step === 1 ? -1 : step
    const count = start === stop ? 0 : Math.max(0, Math.ceil((stop - start) / by))
    return series(
      Array.from({ length: count }, (_n, i) => start + i * by),
      (dtype ?? 'float32') as DType,
    )
  },
  LinSpace: (_: unknown, { start, stop, num }: { start: number; stop: number; num: number }) =>
    series(
      Array.from({ length: num }, (_n, i) => start + (i * (stop - start)) / Math.max(num - 1, 1)),
      'float32',
    ),
} satisfies Rules
