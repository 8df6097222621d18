// Rewrites what onnxruntime's WebGPU provider (1.30) lacks or gets wrong into operators that it has, so that a step
// does not leave the GPU in its midst. Without a rewrite are ArgMax, ArgMin, TopK, IsNaN and IsInf: their nodes run
// on the CPU, between copies; tests name them.
import { add, apply, applyAll, cast, concat, expand, mul, slice, sub } from './build.ts'
import { ordered } from './order.ts'
import { type Operation, sameShape, scalar, type Value } from './value.ts'

type Rewrite = (inputs: readonly Value[], operation: Operation) => Value | undefined

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
  Conv: convolution,
  ConvTranspose: transposedInGroups,
}

/** The same values from operators that WebGPU has. */
export function forWebgpu(values: readonly Value[]): Value[] {
  const rebuilt = new Map<Value, Value>()
  const now = (value: Value | undefined) => value && (rebuilt.get(value) ?? value)
  for (const operation of ordered(values)) {
    const inputs = operation.inputs.map(now)
    const rewritten = REWRITES[operation.operator]?.(inputs as Value[], operation)
    const unchanged = inputs.every((value, i) => value === operation.inputs[i])
    const outputs = rewritten
      ? [rewritten]
      : unchanged
        ? operation.outputs
        : applyAll(operation.operator, inputs, operation.attributes)
    for (const [i, output] of outputs.entries()) rebuilt.set(operation.outputs[i]!, output)
  }
  return values.map((value) => now(value)!)
}
