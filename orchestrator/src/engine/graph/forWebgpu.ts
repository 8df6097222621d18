// Rewrites what onnxruntime's WebGPU provider (1.30) lacks or gets wrong into operators that it has, so that a step
// does not leave the GPU in its midst. Without a rewrite are ArgMax, ArgMin, TopK, IsNaN and IsInf: their nodes run
// on the CPU, between copies; tests name them.
import { add, apply, applyAll, cast, concat, expand, mul, slice, sub } from './build.ts'
import { longProduct, sumOverFirst } from './longSums.ts'
import { type Rewrite, rewrite } from './rewrite.ts'
import { constantNumbers, integers, type Operation, sameShape, scalar, size, type Value } from './value.ts'

const not = (x: Value) => apply('Not', [x])
const and = (a: Value, b: Value) => apply('And', [a, b])
const equal = (a: Value, b: Value) => apply('Equal', [a, b])
const less = (a: Value, b: Value) => apply('Less', [a, b])
const where = (condition: Value, a: Value, b: Value) => apply('Where', [condition, a, b])
const zero = (x: Value) => scalar(0, x.type)
// It compares no two bools.
const xor = (a: Value, b: Value) => not(equal(cast(a, 'int32'), cast(b, 'int32')))
const isFloat = (x: Value) => x.type === 'float32'

/** Half goes to the even neighbour. */
function round(x: Value): Value {
  const floor = apply('Floor', [x])
  const rest = sub(x, floor)
  const half = scalar(0.5)
  const isOdd = not(equal(mul(apply('Floor', [mul(floor, half)]), scalar(2)), floor))
  const up = where(equal(rest, half), cast(isOdd, 'float32'), cast(less(half, rest), 'float32'))
  return add(floor, up)
}

function selu(x: Value, { alpha, gamma }: { alpha: number; gamma: number }): Value {
  const below = mul(sub(apply('Exp', [apply('Min', [x, zero(x)])]), scalar(1)), scalar(alpha * gamma))
  return where(less(zero(x), x), mul(x, scalar(gamma)), below)
}

/** The rest of a division: with fmod it has the sign of a, else that of b. */
function modulo(a: Value, b: Value, fmod: boolean): Value {
  const quotient = apply('Div', [a, b])
  const whole = isFloat(a)
    ? where(less(quotient, zero(quotient)), apply('Ceil', [quotient]), apply('Floor', [quotient]))
    : quotient
  const rest = sub(a, mul(whole, b))
  if (fmod) return rest
  const differ = xor(less(rest, zero(rest)), less(b, zero(b)))
  return where(and(differ, not(equal(rest, zero(rest)))), add(rest, b), rest)
}

/**
 * Wrong on WebGPU where several channels of a group make one: there each of them is convolved with its own filter,
 * and the results are added.
 */
const transposedInGroups: Rewrite = ([x, w], { attributes }) => {
  const group = attributes.group as number
  const within = w!.shape[0]! / group
  if (group === 1 || within === 1 || w!.shape[1] !== 1) return undefined
  const every = (value: Value, axis: number, first: number) =>
    slice(value, [axis], [first], [value.shape[axis]!], [within])
  const parts = Array.from({ length: within }, (_, first) =>
    apply('ConvTranspose', [every(x!, 1, first), every(w!, 0, first)], attributes),
  )
  return parts.reduce(add)
}

/**
 * Wrong on WebGPU with 6, 9, 18, ... channels, multiples of 3 and not of 4, where the results' channels are a multiple
 * of 4 (microsoft/onnxruntime issue 29651 reads like it): zeros fill them up.
 */
const convolution: Rewrite = ([x, w, bias], { attributes }) => {
  const [out, within, height, width] = w!.shape as [number, number, number, number]
  const wrong = attributes.group === 1 && within > 3 && within % 3 === 0 && within % 4 !== 0 && out % 4 === 0
  if (!wrong) return undefined
  const batch = x!.shape[0]!
  const missing = 4 - (within % 4)
  const zeros = (shape: number[]) => expand(scalar(0), shape)
  const wider = concat([x!, zeros([batch, missing, ...x!.shape.slice(2)])], 1)
  const filter = concat([w!, zeros([out, missing, height, width])], 1)
  return apply('Conv', bias ? [wider, filter, bias] : [wider, filter], attributes)
}

/** WebGPU lets a kernel have eight buffers at least; one is the whole. */
const MOST_PARTS = 7

/** Concat with more inputs than a kernel has buffers, in several steps. */
function joined(parts: readonly Value[], axis: number): Value {
  if (parts.length <= MOST_PARTS) return concat([...parts], axis)
  return joined(
    chunks(parts).map((some) => concat(some, axis)),
    axis,
  )
}

/** Split with more outputs than a kernel has buffers, in several steps. */
function split(x: Value, lengths: readonly number[], axis: number): Value[] {
  if (lengths.length === 1) return [x]
  if (lengths.length <= MOST_PARTS) return applyAll('Split', [x, integers(lengths)], { axis })
  const some = chunks(lengths)
  const sums = some.map((each) => each.reduce((sum, n) => sum + n, 0))
  return split(x, sums, axis).flatMap((part, place) => split(part, some[place]!, axis))
}

function chunks<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / MOST_PARTS)
  return Array.from({ length: count }, (_, place) => list.slice(place * MOST_PARTS, (place + 1) * MOST_PARTS))
}

/** What counts where a condition holds, as the gradient of relu does. */
const counted: Rewrite = (inputs) => {
  for (const [x, share] of [inputs, inputs.toReversed()] as [Value, Value][]) {
    const condition =
      share.from.kind === 'operation' && share.from.operator === 'Cast' ? share.from.inputs[0] : undefined
    if (condition?.type === 'bool' && isFloat(x) && size(condition.shape) >= size(x.shape))
      return where(condition, x, zero(x))
  }
  return undefined
}

const REWRITES: Partial<Record<Operation['operator'], Rewrite>> = {
  Or: ([a, b]) => not(and(not(a!), not(b!))),
  Xor: ([a, b]) => xor(a!, b!),
  Abs: ([x]) => (isFloat(x!) ? undefined : where(less(x!, zero(x!)), sub(zero(x!), x!), x!)),
  Neg: ([x]) => (isFloat(x!) ? undefined : sub(zero(x!), x!)),
  Relu: ([x]) => (isFloat(x!) ? undefined : where(less(x!, zero(x!)), zero(x!), x!)),
  Sign: ([x]) => sub(cast(less(zero(x!), x!), x!.type), cast(less(x!, zero(x!)), x!.type)),
  Round: ([x]) => round(x!),
  Selu: ([x], { attributes }) => selu(x!, attributes as { alpha: number; gamma: number }),
  Mod: ([a, b], { attributes }) => modulo(a!, b!, attributes.fmod === 1),
  // It throws where both operands stretch.
  Pow: ([a, b], { outputs }) => {
    const { shape } = outputs[0]!
    const fit = [a!, b!].every((x) => x.shape.length === 0 || sameShape(x.shape, shape))
    return fit ? undefined : apply('Pow', [expand(a!, shape), expand(b!, shape)])
  },
  Mul: counted,
  Conv: convolution,
  Gemm: longProduct,
  ReduceSum: sumOverFirst,
  ReduceMean: sumOverFirst,
  Concat: (parts, { attributes }) => (parts.length > MOST_PARTS ? joined(parts, attributes.axis as number) : undefined),
  Split: ([x, lengths], { attributes }) => {
    const each = constantNumbers(lengths)!
    return each.length > MOST_PARTS ? split(x!, each, attributes.axis as number) : undefined
  },
  ConvTranspose: transposedInGroups,
}

/** The same values from operators that WebGPU has. */
export const forWebgpu = (values: readonly Value[]): Value[] => rewrite(values, REWRITES)
