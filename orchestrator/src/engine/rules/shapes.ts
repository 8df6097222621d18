// Rules for kernels that only rearrange, repeat or make elements.
import {
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
  type TileAttrs,
  type TransposeAttrs,
  util,
} from '@tensorflow/tfjs-core'
import { apply, applyAll, concat, pad, reshape, slice, transpose } from '../graph/build.ts'
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

function joined(tensors: Recorded[], axis: number): Recorded {
  const layout = commonLayout(tensors)
  const values = tensors.filter((t) => size(t.shape) > 0).map(layout === 'plain' ? whole : image)
  if (values.length === 0) return tensors[0]!
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
  if (size(plan.finalShape) === 0) throw new Error('the slice is empty')
  if (plan.isIdentity) return reshaped(x, plan.finalShape)
  const axes = x.shape.map((_, i) => i)
  // A negative step ends before element 0, which ONNX writes as an end below -length.
  const ends = plan.end.map((at, i) => (plan.strides[i]! < 0 && at < 0 ? -x.shape[i]! - 1 : at))
  return plainValue(reshape(slice(whole(x), axes, plan.begin, ends, plan.strides), plan.finalShape))
}

function reversed(x: Recorded, dims: number[]): Recorded {
  const axes = util.parseAxisParam(dims, x.shape)
  if (axes.length === 0) return x
  const lasts = axes.map(() => -1)
  const befores = axes.map((axis) => -x.shape[axis]! - 1)
  return plainValue(slice(whole(x), axes, lasts, befores, lasts))
}

const DATA = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }

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
    return reshaped(input, [...input.shape.slice(0, at), 1, ...input.shape.slice(at)])
  },
  Transpose: ({ x }: Unary, { perm }: TransposeAttrs) => plainValue(transpose(whole(x), perm)),
  Concat: (tensors: Recorded[], { axis }: ConcatAttrs) =>
    joined(tensors, util.parseAxisParam(axis, tensors[0]!.shape)[0]!),
  Pack: (tensors: Recorded[], { axis }: { axis: number }) => {
    const { shape } = tensors[0]!
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
    const n = x.shape[at!]!
    let sizes = numOrSizeSplits
    if (typeof sizes === 'number') sizes = Array<number>(sizes).fill(n / sizes)
    const known = sizes.reduce((sum, s) => sum + Math.max(s, 0), 0)
    const lengths = sizes.map((s) => (s < 0 ? n - known : s))
    return applyAll('Split', [asItLies(x), integers(lengths)], { axis: axisIn(x.layout, at!) }).map((v) =>
      lying(v, x.layout),
    )
  },
  Slice: ({ x }: Unary, { begin, size: lengths }: SliceAttrs) => {
    const [starts, full] = slice_util.parseSliceParams(
      { shape: x.shape, rank: x.shape.length } as never,
      begin,
      lengths,
    )
    return sliced(x, starts!, full!)
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
    if (mode !== 'reflect') throw new Error(`mode '${mode}' is not supported`)
    const pads = [0, 1].flatMap((side) => paddings.map((p) => p[side as 0 | 1]))
    return plainValue(apply('Pad', [whole(x), integers(pads)], { mode: 'reflect' }))
  },
  Tile: ({ x }: Unary, { reps }: TileAttrs) => repeated(x, reps),
  Reverse: ({ x }: Unary, { dims }: ReverseAttrs) => reversed(x, dims as number[]),
  Fill: (_: unknown, { shape, value, dtype }: FillAttrs) =>
    uniform(value as number, shape, (dtype ?? 'float32') as DType),
  ZerosLike: ({ x }: Unary) => uniform(0, x.shape, x.dtype),
  OnesLike: ({ x }: Unary) => uniform(1, x.shape, x.dtype),
  Range: (_: unknown, { start, stop, step, dtype }: RangeAttrs) => {
    const count = start === stop ? 0 : Math.max(0, Math.ceil((stop - start) / step))
    return series(
      Array.from({ length: count }, (_n, i) => start + i * step),
      (dtype ?? 'float32') as DType,
    )
  },
  LinSpace: (_: unknown, { start, stop, num }: { start: number; stop: number; num: number }) =>
    series(
      Array.from({ length: num }, (_n, i) => start + (i * (stop - start)) / Math.max(num - 1, 1)),
      'float32',
    ),
} satisfies Rules
