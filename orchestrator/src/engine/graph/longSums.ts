// Sums for onnxruntime's WebGPU provider (1.30), whose kernels share out the results and not what each sums: few
// results of many elements, as the gradient of a weight is, leave a GPU idle. So sums are made of sums of parts.
import { add, apply, reduce, reshape, transpose } from './build.ts'
import type { Rewrite } from './rewrite.ts'
import { constant, constantNumbers, size, type Value } from './value.ts'

/** A group of threads computes so many rows and columns of a product. */
const TILE = 32
/** So many groups keep a large GPU busy: an H200 has 132 processors with room for several each. */
const ENOUGH_TILES = 1024
/** Shorter parts are not worth being added. */
const SHORTEST_PART = 64
/** Nor is it worth splitting shorter sums, which take an H200 a tenth of a millisecond. */
const LONG = 2048

/** A power of two that divides the length of the sums. */
function partsOf(length: number, rows: number, columns: number): number {
  if (length < LONG) return 1
  const tiles = Math.ceil(rows / TILE) * Math.ceil(columns / TILE)
  let parts = 1
  while (tiles * parts < ENOUGH_TILES && length % (2 * parts) === 0 && length / (2 * parts) >= SHORTEST_PART) parts *= 2
  return parts
}

/** [16384,128]^T [16384,128] took an H200 1.7 ms. Of its parts each is a product of its own. */
export const longProduct: Rewrite = ([a, b, bias], { attributes, outputs }) => {
  const { transA, transB, alpha, beta } = attributes
  const [rows, columns] = outputs[0]!.shape as [number, number]
  const length = a!.shape[transA ? 0 : 1]!
  const parts = partsOf(length, rows, columns)
  if (parts === 1 || alpha !== 1 || (bias && beta !== 1)) return undefined
  const each = length / parts
  const left = transA
    ? transpose(reshape(a!, [parts, each, rows]), [0, 2, 1])
    : transpose(reshape(a!, [rows, parts, each]), [1, 0, 2])
  const right = transB ? transpose(reshape(b!, [columns, parts, each]), [1, 2, 0]) : reshape(b!, [parts, each, columns])
  const products = reshape(apply('MatMul', [left, right]), [parts, rows * columns])
  const sum = reshape(sumOfRows(products), [rows, columns])
  return bias ? add(sum, bias) : sum
}

/**
 * Sums and means over the first axes, or the first and the last: the last ones first, then the rows of what is left.
 * onnxruntime would transpose all to have what it sums together.
 */
export const sumOverFirst: Rewrite = ([x, axes], { operator, outputs }) => {
  const { shape, type } = x!
  const over = new Set(constantNumbers(axes))
  const rank = shape.length
  let first = 0
  while (first < rank && over.has(first)) first++
  let last = rank
  while (last > first && over.has(last - 1)) last--
  if (type !== 'float32' || first === 0 || first === last || over.size !== first + rank - last) return undefined
  const trailing = Array.from({ length: rank - last }, (_, i) => last + i)
  const root = rootOf(x!)
  const sums = trailing.length === 0 ? x! : reduce(root ? 'ReduceSumSquare' : 'ReduceSum', root ?? x!, trailing, false)
  const length = size(shape.slice(0, first))
  const rows = reshape(sums, [length, size(shape.slice(first, last))])
  const times = operator === 'ReduceMean' ? 1 / (length * size(shape.slice(last))) : 1
  return reshape(sumOfRows(rows, times), outputs[0]!.shape)
}

/** Of what this is the square. */
const rootOf = ({ from }: Value): Value | undefined =>
  from.kind === 'operation' && from.operator === 'Mul' && from.inputs[0] === from.inputs[1] ? from.inputs[0] : undefined

/** The sum of a matrix's rows [length, columns], each times a number: [1, columns]. */
function sumOfRows(x: Value, times = 1): Value {
  const [length, columns] = x.shape as [number, number]
  const parts = partsOf(length, 1, columns)
  if (parts === 1) return apply('MatMul', [row(length, times), x])
  const sums = apply('MatMul', [row(length / parts, times), reshape(x, [parts, length / parts, columns])])
  return sumOfRows(reshape(sums, [parts, columns]))
}

const row = (length: number, value: number) => constant(new Float32Array(length).fill(value), [1, length], 'float32')
