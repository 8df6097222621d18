// Moves factors that many elements share out of products and sums: (x s) (y t) becomes (x y) (s t), sum(x s) becomes
// s sum(x). TensorFlow.js derives batch normalisation operation by operation; so its gradient becomes the closed form
// (Ioffe and Szegedy, arXiv:1502.03167), with 5 operations on every element and 2 sums instead of 11 and 5. That pays
// where starting an operation costs more than it computes; the results differ by what rounding does.
import { mul, reduce, reshape } from './build.ts'
import type { OperatorName } from './operatorNames.ts'
import { optimise } from './optimise.ts'
import { type Rewrite, rewrite } from './rewrite.ts'
import {
  constant,
  constantNumbers,
  constantScalar,
  newData,
  type Operation,
  sameShape,
  scalar,
  size,
  type Value,
} from './value.ts'

/** The same values but for rounding, from fewer operations on many elements. */
export function moveFactors(values: readonly Value[]): Value[] {
  const numbers = new Map<Value, number>()
  const number = (value: Value) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size)
    return numbers.get(value)!
  }
  /** The same product has the same operands in the same order. */
  const product = (a: Value, b: Value) => (number(a) <= number(b) ? mul(a, b) : mul(b, a))
  return optimise(rewrite(values, { ...REWRITES, Mul: ([a, b]) => multiplied(a!, b!, product) }))
}

const REWRITES: Partial<Record<OperatorName, Rewrite>> = {
  ReduceSum: reduced,
  ReduceMean: reduced,
  Div: ([x, by]) => {
    const number = constantScalar(by!)
    return number && by!.type === 'float32' && by!.shape.length === 0
      ? multiplied(x!, scalar(1 / number), mul)
      : undefined
  },
  Add: ([a, b], { outputs }) => plusZero(a!, b!, outputs[0]!) ?? plusZero(b!, a!, outputs[0]!),
  Neg: ([x]) => (isZero(x!) ? x : undefined),
}

const plusZero = (x: Value, other: Value, { shape }: Value) =>
  isZero(other) && sameShape(x.shape, shape) ? x : undefined

function multiplied(a: Value, b: Value, product: (a: Value, b: Value) => Value): Value | undefined {
  if (a.type !== 'float32') return undefined
  if (isShared(a) && isShared(b)) return ofShared(a, b)
  if (isShared(a)) return multiplied(b, a, product)
  const left = parts(a)
  if (isShared(b)) {
    if (!isFactorOf(b, a)) return undefined
    const both = left.factor && joined(left.factor, b)
    return both ? mul(left.rest, both) : mul(a, b)
  }
  if (!sameShape(a.shape, b.shape)) return undefined
  const right = parts(b)
  const rest = product(left.rest, right.rest)
  if (!left.factor || !right.factor)
    return [left.factor, right.factor].reduce<Value>((x, s) => (s ? mul(x, s) : x), rest)
  const both = joined(left.factor, right.factor)
  return both ? mul(rest, both) : mul(mul(rest, left.factor), right.factor)
}

/** Whether it has few elements, at most one axis of them, each for many of another value. */
const isShared = ({ shape }: Value) => shape.filter((n) => n !== 1).length <= 1

/** Whether x stays of its shape when it is multiplied by the factor, which is smaller. */
const isFactorOf = (factor: Value, x: Value) =>
  factor.shape.length <= x.shape.length &&
  size(factor.shape) < size(x.shape) &&
  factor.shape.every((n, i) => n === 1 || n === x.shape[x.shape.length - factor.shape.length + i])

/** x as a product of many elements with a shared factor, if it is one. */
function parts(x: Value): { rest: Value; factor?: Value } {
  const [rest, factor] = made(x, 'Mul')?.inputs ?? []
  return rest && factor && isShared(factor) && sameShape(rest.shape, x.shape) && !isShared(rest)
    ? { rest, factor }
    : { rest: x }
}

/** The product of two factors, where it is one too. */
function joined(a: Value, b: Value): Value | undefined {
  if (!sameShape(a.shape, b.shape) && size(a.shape) !== 1 && size(b.shape) !== 1) return undefined
  if (a.shape.length < b.shape.length) return joined(b, a)
  return ofShared(a, b) ?? mul(a, b)
}

/** A product of factors: constants become one, and what is reshaped is multiplied before. */
function ofShared(a: Value, b: Value): Value | undefined {
  if (isZero(a) || isZero(b)) return zeros(mul(a, b))
  if (constantScalar(a) !== undefined && constantScalar(b) === undefined) return ofShared(b, a) ?? mul(b, a)
  const inner = made(a, 'Reshape')?.inputs[0]
  if (inner && isShared(inner)) {
    if (b.shape.length === 0) return reshape(ofShared(inner, b) ?? mul(inner, b), a.shape)
    const other = made(b, 'Reshape')?.inputs[0]
    if (other && sameShape(inner.shape, other.shape) && sameShape(a.shape, b.shape))
      return reshape(ofShared(inner, other) ?? mul(inner, other), a.shape)
  }
  const [x, by] = made(a, 'Mul')?.inputs ?? []
  const [one, two] = [by && constantScalar(by), constantScalar(b)]
  if (x && one !== undefined && two !== undefined && by!.shape.length === 0 && b.shape.length === 0)
    return mul(x, scalar(one * two))
  return undefined
}

function reduced([x, axes]: readonly Value[], { operator, attributes, outputs }: Operation): Value | undefined {
  const name = operator as 'ReduceSum' | 'ReduceMean'
  const over = constantNumbers(axes)
  if (!over || x!.type !== 'float32') return undefined
  if (isCentered(x!, over)) return zeros(outputs[0]!)
  const { rest, factor } = parts(x!)
  if (!factor) return undefined
  const offset = rest.shape.length - factor.shape.length
  if (factor.shape.some((n, i) => n !== 1 && over.includes(i + offset))) return undefined
  const kept = rest.shape.map((_, i) => ({ n: factor.shape[i - offset] ?? 1, kept: !over.includes(i) }))
  const keep = attributes.keepdims === 1
  const shape = kept.filter((each) => keep || each.kept).map(({ n }) => n)
  const sum = isCentered(rest, over) ? zeros(outputs[0]!) : reduce(name, rest, over, keep)
  const outer = reshape(factor, shape)
  return isShared(sum) ? (ofShared(sum, outer) ?? mul(sum, outer)) : mul(sum, outer)
}

/** Whether x is something less its own mean over these axes: then its sum is zero. */
function isCentered(x: Value, axes: number[]): boolean {
  const [whole, center] = made(x, 'Sub')?.inputs ?? []
  const mean = made(made(center, 'Reshape')?.inputs[0] ?? center, 'ReduceMean')
  return mean !== undefined && mean.inputs[0] === whole && sameShape(constantNumbers(mean.inputs[1]) ?? [], axes)
}

function zeros({ shape }: Value): Value {
  return constant(newData('float32', size(shape)), shape, 'float32')
}

function isZero(value: Value): boolean {
  return value.type === 'float32' && isShared(value) && (constantNumbers(value)?.every((n) => n === 0) ?? false)
}

function made(value: Value | undefined, by: OperatorName): Operation | undefined {
  return value?.from.kind === 'operation' && value.from.operator === by ? value.from : undefined
}
