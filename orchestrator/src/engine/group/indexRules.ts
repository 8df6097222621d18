// How a group picks and places elements by index.
import { add, apply, cast, concat, expand, reshape, transpose } from '../graph/build.ts'
import { constant, size, type Value } from '../graph/value.ts'
import { type GroupRule, given, memberShape, ownOf, shifted } from './grouped.ts'

/** The members' numbers, as [K,1,…] of a rank. */
function memberNumbers(members: number, rank: number, step = 1): Value {
  const numbers = BigInt64Array.from({ length: members }, (_, member) => BigInt(member * step))
  return constant(numbers, [members, ...Array<number>(rank - 1).fill(1)], 'int64')
}

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i)

export const gather: GroupRule = ({ attributes }, inputs, members) => {
  const [x, indices] = [given(inputs, 0), given(inputs, 1)]
  const axis = attributes.axis as number
  if (!indices.own) return [apply('Gather', [x.value, indices.value], { axis: axis + 1 })]
  const picked = memberShape(indices)
  const shape = memberShape(x)
  const rows = shape[axis]!
  if (!x.own) {
    const y = apply('Gather', [x.value, indices.value], { axis })
    return [transpose(y, [axis, ...range(0, axis), ...range(axis + 1, y.shape.length)])]
  }
  // All members' rows lie one after the other.
  const first = transpose(x.value, [0, axis + 1, ...range(1, axis + 1), ...range(axis + 2, shape.length + 1)])
  const table = reshape(first, [members * rows, ...first.shape.slice(2)])
  const places = add(cast(indices.value, 'int64'), memberNumbers(members, picked.length + 1, rows))
  const y = apply('Gather', [table, places], { axis: 0 })
  // [K, picked…, before axis…, after axis…]
  const [from, to] = [1 + picked.length, 1 + picked.length + axis]
  return [transpose(y, [0, ...range(from, to), ...range(1, from), ...range(to, y.shape.length)])]
}

export const gatherNd: GroupRule = ({ attributes }, inputs, members) => {
  const [x, indices] = [given(inputs, 0), given(inputs, 1)]
  const batch_dims = (attributes.batch_dims as number) + 1
  return [apply('GatherND', [ownOf(x, members), ownOf(indices, members)], { batch_dims })]
}

export const scatterElements: GroupRule = ({ attributes }, inputs, members) => {
  const [x, indices, updates] = [0, 1, 2].map((i) => ownOf(given(inputs, i), members))
  const axis = shifted(attributes.axis as number)
  return [apply('ScatterElements', [x, indices, updates], { ...attributes, axis })]
}

export const scatterNd: GroupRule = ({ attributes }, inputs, members) => {
  const [x, indices, updates] = [0, 1, 2].map((i) => ownOf(given(inputs, i), members)) as [Value, Value, Value]
  // Each index begins with the member's number.
  const shape = [...indices.shape.slice(0, -1), 1]
  const numbers = expand(memberNumbers(members, shape.length), shape)
  const places = concat([numbers, indices], indices.shape.length - 1)
  return [apply('ScatterND', [x, places, updates], attributes)]
}

export const gemm: GroupRule = ({ attributes, outputs }, inputs, members) => {
  const { transA, transB, alpha, beta } = attributes as Record<string, number>
  const turned = (index: number, turn: boolean) => {
    const { value, own } = given(inputs, index)
    if (!turn) return value
    return transpose(value, own ? [0, 2, 1] : [1, 0])
  }
  const scaled = (x: Value, by: number | undefined) =>
    by === undefined || by === 1 ? x : apply('Mul', [x, constant(Float32Array.of(by), [], 'float32')])
  const product = scaled(apply('MatMul', [turned(0, transA === 1), turned(1, transB === 1)]), alpha)
  const c = inputs[2]
  const rank = outputs[0]!.shape.length
  const sum = c
    ? add(
        product,
        scaled(
          c.own ? reshape(c.value, [members, ...ones(rank - memberShape(c).length), ...memberShape(c)]) : c.value,
          beta,
        ),
      )
    : product
  return [size(sum.shape) === members * size(outputs[0]!.shape) ? sum : expand(sum, [members, ...outputs[0]!.shape])]
}

const ones = (length: number): number[] => Array<number>(length).fill(1)
