// How a group convolves and pools. Members with filters of their own become groups of channels of one convolution.
import { add, apply, applyAll, div, mul, reshape, sub, transpose } from '../graph/build.ts'
import { constant, integers, scalar, size, type Value } from '../graph/value.ts'
import { alignedTo, type Grouped, type GroupRule, given, memberShape, ownOf } from './grouped.ts'

const from = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i)

/** [K,N,C,…] to [N,K*C,…]: the members' channels side by side. */
function sideBySide(x: Value): Value {
  const [members, batch, channels, ...rest] = x.shape as [number, number, number, ...number[]]
  return reshape(transpose(x, [1, 0, ...from(2, x.shape.length)]), [batch, members * channels, ...rest])
}

/** The way back: [N,K*C,…] to [K,N,C,…]. */
function apart(x: Value, members: number): Value {
  const [batch, channels, ...rest] = x.shape as [number, number, ...number[]]
  const split = reshape(x, [batch, members, channels / members, ...rest])
  return transpose(split, [1, 0, ...from(2, split.shape.length)])
}

/** [K,N,…] to [K*N,…]: for what treats every sample alike. */
const stacked = (x: Value): Value => reshape(x, [x.shape[0]! * x.shape[1]!, ...x.shape.slice(2)])
const unstacked = (x: Value, members: number): Value =>
  reshape(x, [members, x.shape[0]! / members, ...x.shape.slice(1)])

/** [K,O] to [K,1,O,1,…], so that it broadcasts with [K,N,O,…] of a rank; shared ones alike without K. */
function alongChannels(channels: Grouped, rank: number): Value {
  const ones = Array<number>(rank - 3).fill(1)
  const shape = memberShape(channels)
  return channels.own
    ? reshape(channels.value, [channels.value.shape[0]!, 1, ...shape, ...ones])
    : reshape(channels.value, [...shape, ...ones])
}

export const convolution: GroupRule = ({ operator, attributes }, inputs, members) => {
  const [x, filter, bias] = [given(inputs, 0), given(inputs, 1), inputs[2]]
  const convolved = (a: Value, b: Value, group: number) => apply(operator, [a, b], { ...attributes, group })
  const group = attributes.group as number
  const plain = () => {
    if (!filter.own) return unstacked(convolved(stacked(x.value), filter.value, group), members)
    const filters = stacked(filter.value)
    // Filters of a plain convolution lie by their output channels, so one image can meet all members' filters.
    if (!x.own && group === 1 && operator === 'Conv') return apart(convolved(x.value, filters, 1), members)
    return apart(convolved(sideBySide(ownOf(x, members)), filters, group * members), members)
  }
  const y =
    x.own || filter.own ? plain() : ownOf({ value: convolved(x.value, filter.value, group), own: false }, members)
  return [bias ? add(y, alongChannels(bias, y.shape.length)) : y]
}

export const pooling: GroupRule = ({ operator, attributes, outputs }, inputs, members) => {
  const x = given(inputs, 0)
  const [y, places] = applyAll(operator, [stacked(x.value)], attributes)
  if (outputs.length === 1) return [unstacked(y!, members)]
  // Places count from the start of all images; each member's must count from its own first one.
  return [unstacked(y!, members), sub(unstacked(places!, members), starts(members, memberShape(x)))]
}

/** Where each member's images start among all, as [K,1,…]. */
function starts(members: number, images: readonly number[]): Value {
  const length = size(images)
  const numbers = BigInt64Array.from({ length: members }, (_, member) => BigInt(member * length))
  return constant(numbers, [members, ...images.map(() => 1)], 'int64')
}

export const unpooling: GroupRule = ({ attributes, outputs }, inputs, members) => {
  const [x, places] = [0, 1].map((i) => ownOf(given(inputs, i), members)) as [Value, Value]
  const { shape } = outputs[0]!
  const all = integers([members * shape[0]!, ...shape.slice(1)])
  const amongAll = stacked(add(places, starts(members, shape)))
  return [unstacked(apply('MaxUnpool', [stacked(x), amongAll, all], attributes), members)]
}

/** As arithmetic: the operator takes one scale for each channel, not one for each member's. */
export const batchNormalization: GroupRule = ({ attributes }, inputs) => {
  const x = given(inputs, 0)
  const rank = memberShape(x).length
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((i) => alongChannels(given(inputs, i), rank + 1)) as [
    Value,
    Value,
    Value,
    Value,
  ]
  const deviation = apply('Sqrt', [add(variance, scalar(attributes.epsilon as number))])
  return [add(mul(sub(alignedTo(x, rank), mean), div(scale, deviation)), offset)]
}
