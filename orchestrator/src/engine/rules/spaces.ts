// Rules for kernels that move elements between an image's area and its batch or channels.
import {
  type BatchToSpaceNDAttrs,
  backend_util,
  type DepthToSpaceAttrs,
  type SpaceToBatchNDAttrs,
} from '@tensorflow/tfjs-core'
import { pad, reshape, slice, transpose } from '../graph/build.ts'
import { size } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import { plainValue, whole } from '../record/recorded.ts'

export const spaces = {
  SpaceToBatchND: ({ x }: Unary, { blockShape, paddings }: SpaceToBatchNDAttrs) => {
    const rest = x.shape.slice(1 + blockShape.length).map((): [number, number] => [0, 0])
    const all = [[0, 0], ...paddings, ...rest]
    const padded = pad(
      whole(x),
      [0, 1].flatMap((side) => all.map((p) => p[side]!)),
    )
    const blocks = size(blockShape)
    const shape = [...padded.shape]
    const apart = reshape(padded, backend_util.getReshaped(shape, blockShape, blocks, false))
    const moved = transpose(apart, backend_util.getPermuted(apart.shape.length, blockShape.length, false))
    return plainValue(reshape(moved, backend_util.getReshapedPermuted(shape, blockShape, blocks, false)))
  },
  BatchToSpaceND: ({ x }: Unary, { blockShape, crops }: BatchToSpaceNDAttrs) => {
    const blocks = size(blockShape)
    const apart = reshape(whole(x), backend_util.getReshaped(x.shape, blockShape, blocks))
    const moved = transpose(apart, backend_util.getPermuted(apart.shape.length, blockShape.length))
    const shape = backend_util.getReshapedPermuted(x.shape, blockShape, blocks)
    const begins = backend_util.getSliceBeginCoords(crops, blockShape.length)
    const lengths = backend_util.getSliceSize(shape, crops, blockShape.length)
    const axes = lengths.map((_, i) => i)
    const starts = axes.map((i) => begins[i] ?? 0)
    const cut = slice(
      reshape(moved, shape),
      axes,
      starts,
      starts.map((start, i) => start + lengths[i]!),
    )
    return plainValue(cut)
  },
  DepthToSpace: ({ x }: Unary, { blockSize: b, dataFormat }: DepthToSpaceAttrs) => {
    const value = whole(x)
    if (dataFormat === 'NCHW') {
      const [n, c, h, w] = x.shape as [number, number, number, number]
      const apart = transpose(reshape(value, [n, b, b, c / b ** 2, h, w]), [0, 3, 4, 1, 5, 2])
      return plainValue(reshape(apart, [n, c / b ** 2, h * b, w * b]))
    }
    const [n, h, w, c] = x.shape as [number, number, number, number]
    const apart = transpose(reshape(value, [n, h, w, b, b, c / b ** 2]), [0, 1, 3, 2, 4, 5])
    return plainValue(reshape(apart, [n, h * b, w * b, c / b ** 2]))
  },
} satisfies Rules
