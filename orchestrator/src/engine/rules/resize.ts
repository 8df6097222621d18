// Rules for resizing images and its gradients. Resizing is linear and works on rows and columns one after the other:
// a product with a matrix that says how much of each old row is in each new one. Its gradient is one with the same
// matrix transposed, whatever the mode.
import type { ResizeBilinearAttrs } from '@tensorflow/tfjs-core'
import { apply } from '../graph/build.ts'
import { constant, type Value } from '../graph/value.ts'
import type { Rules } from '../record/kernelTypes.ts'
import { image, imageValue, type Recorded } from '../record/recorded.ts'
import { castTo, float } from './combine.ts'

type Attributes = Pick<ResizeBilinearAttrs, 'alignCorners' | 'halfPixelCenters'>

/** For each new row, the old rows that it is made of and how much of each. */
type Mix = (from: number, to: number, attributes: Attributes) => [number, number][][]

/** Where new rows lie among the old ones. */
function positions(from: number, to: number, { alignCorners, halfPixelCenters }: Attributes): number[] {
  const corners = alignCorners && to > 1 ? 1 : 0
  // Divided last: 49 times 1 / 49 is below 1, and its floor another row.
  return Array.from({ length: to }, (_, i) => ((i + (halfPixelCenters ? 0.5 : 0)) * (from - corners)) / (to - corners))
}

const bilinear: Mix = (from, to, attributes) =>
  positions(from, to, attributes).map((at) => {
    const place = attributes.halfPixelCenters ? at - 0.5 : at
    const low = Math.max(0, Math.floor(place))
    const high = Math.max(0, Math.min(from - 1, Math.ceil(place)))
    const share = place - low
    return low === high
      ? [[low, 1]]
      : [
          [low, 1 - share],
          [high, share],
        ]
  })

const nearest: Mix = (from, to, attributes) =>
  positions(from, to, attributes).map((at) => [
    [Math.min(from - 1, attributes.alignCorners ? Math.round(at) : Math.floor(at)), 1],
  ])

/** The mix as a matrix [from, to], or [to, from] if transposed. */
function matrix(mix: Mix, from: number, to: number, attributes: Attributes, transposed: boolean): Value {
  const data = new Float32Array(from * to)
  for (const [row, parts] of mix(from, to, attributes).entries()) {
    for (const [old, share] of parts) data[transposed ? row * from + old : old * to + row] = share
  }
  return constant(data, transposed ? [to, from] : [from, to], 'float32')
}

/** [N,C,H,W] with each row and column mixed from others. */
function mixed(x: Value, rows: Value, columns: Value): Value {
  return apply('MatMul', [rows, apply('MatMul', [x, columns])])
}

function resized(x: Recorded, mix: Mix, [height, width]: [number, number], attributes: Attributes): Recorded {
  const [, oldHeight, oldWidth] = x.shape as [number, number, number]
  const rows = matrix(mix, oldHeight, height, attributes, true)
  return imageValue(mixed(image(float(x)), rows, matrix(mix, oldWidth, width, attributes, false)))
}

/** Picks rows and columns: of whole numbers too, and no NaN spreads to its neighbours. */
function picked(x: Recorded, [height, width]: [number, number], attributes: Attributes): Recorded {
  const lengths = [height, width]
  const value = lengths.reduce((v, to, i) => {
    const rows = nearest(x.shape[i + 1]!, to, attributes).map(([only]) => only![0])
    return apply('Gather', [v, constant(Int32Array.from(rows), [to], 'int32')], { axis: i + 2 })
  }, image(x))
  return imageValue(value)
}

const gradient =
  (mix: Mix) =>
  ({ images, dy }: { images: Recorded; dy: Recorded }, attributes: Attributes): Recorded => {
    const [, height, width] = dy.shape as [number, number, number]
    const [, oldHeight, oldWidth] = images.shape as [number, number, number]
    const rows = matrix(mix, oldHeight, height, attributes, false)
    const result = mixed(image(float(dy)), rows, matrix(mix, oldWidth, width, attributes, true))
    return castTo(imageValue(result), images.dtype)
  }

interface Resize extends Attributes {
  size: [number, number]
}

export const resize = {
  ResizeBilinear: ({ images }: { images: Recorded }, { size, ...attributes }: Resize) =>
    resized(images, bilinear, size, attributes),
  ResizeNearestNeighbor: ({ images }: { images: Recorded }, { size, ...attributes }: Resize) =>
    picked(images, size, attributes),
  ResizeBilinearGrad: gradient(bilinear),
  ResizeNearestNeighborGrad: gradient(nearest),
} satisfies Rules
