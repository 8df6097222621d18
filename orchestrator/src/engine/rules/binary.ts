// Rules for kernels that combine several operands element by element.
import { add, apply, cast, div, mul, select, sub } from '../graph/build.ts'
import type { OperatorName } from '../graph/operatorNames.ts'
import { scalar, type Value } from '../graph/value.ts'
import type { Binary, Rules } from '../record/kernelTypes.ts'
import type { Recorded } from '../record/recorded.ts'
import { castTo, combine, float } from './combine.ts'

const arithmetic =
  (build: (a: Value, b: Value) => Value) =>
  ({ a, b }: Binary): Recorded =>
    a.dtype === 'bool' ? combine([castTo(a, 'int32'), castTo(b, 'int32')], build) : combine([a, b], build)

const numbers = (operator: OperatorName) => arithmetic((a, b) => apply(operator, [a, b]))

const logic =
  (operator: OperatorName) =>
  ({ a, b }: Binary): Recorded =>
    combine([castTo(a, 'bool'), castTo(b, 'bool')], (x, y) => apply(operator, [x, y]))

const zeroOf = (x: Value) => scalar(0, x.type)

/** a / b rounded down; ONNX's division of whole numbers rounds towards zero. */
function floorDivision(a: Value, b: Value): Value {
  const quotient = div(a, b)
  if (a.type === 'float32') return apply('Floor', [quotient])
  const rest = sub(a, mul(quotient, b))
  const inexact = apply('Not', [apply('Equal', [rest, zeroOf(rest)])])
  const signs = apply('Xor', [apply('Less', [rest, zeroOf(rest)]), apply('Less', [b, zeroOf(b)])])
  return sub(quotient, cast(apply('And', [inexact, signs]), 'int32'))
}

/** The rest of a division with the sign of the divisor, as TensorFlow defines it. */
function floorModulo(a: Value, b: Value): Value {
  if (a.type !== 'float32') return apply('Mod', [a, b], { fmod: 0 })
  const fmod = (x: Value) => apply('Mod', [x, b], { fmod: 1 })
  return fmod(add(fmod(a), b))
}

function atan2(y: Value, x: Value): Value {
  const zero = scalar(0)
  const where = (condition: Value, a: Value, b: Value) => apply('Where', [condition, a, b])
  const angle = apply('Atan', [div(y, x)])
  const behind = add(angle, where(apply('GreaterOrEqual', [y, zero]), scalar(Math.PI), scalar(-Math.PI)))
  const upright = mul(apply('Sign', [y]), scalar(Math.PI / 2))
  // What is neither of these is NaN, and so is the angle.
  return where(apply('Less', [x, zero]), behind, where(apply('Equal', [x, zero]), upright, angle))
}

export const binary = {
  Add: numbers('Add'),
  Sub: numbers('Sub'),
  Multiply: numbers('Mul'),
  RealDiv: ({ a, b }: Binary) => combine([float(a), float(b)], div),
  Pow: numbers('Pow'),
  Maximum: numbers('Max'),
  Minimum: numbers('Min'),
  FloorDiv: arithmetic(floorDivision),
  Mod: arithmetic(floorModulo),
  SquaredDifference: arithmetic((a, b) => {
    const difference = sub(a, b)
    return mul(difference, difference)
  }),
  Atan2: ({ a, b }: Binary) => combine([float(a), float(b)], atan2),
  Equal: ({ a, b }: Binary) => combine([a, b], (x, y) => apply('Equal', [x, y])),
  NotEqual: ({ a, b }: Binary) => combine([a, b], (x, y) => apply('Not', [apply('Equal', [x, y])])),
  Less: numbers('Less'),
  LessEqual: numbers('LessOrEqual'),
  Greater: numbers('Greater'),
  GreaterEqual: numbers('GreaterOrEqual'),
  LogicalAnd: logic('And'),
  LogicalOr: logic('Or'),
  LogicalXor: logic('Xor'),
  BitwiseAnd: numbers('BitwiseAnd'),
  Prelu: ({ x, alpha }: { x: Recorded; alpha: Recorded }) =>
    combine([float(x), float(alpha)], (v, slope) => apply('PRelu', [v, slope])),
  Select: ({ condition, t, e }: Record<'condition' | 't' | 'e', Recorded>) =>
    combine([castTo(condition, 'bool'), t, e], select),
  AddN: (tensors: Recorded[]) => tensors.reduce((sum, t) => combine([sum, t], add)),
} satisfies Rules
