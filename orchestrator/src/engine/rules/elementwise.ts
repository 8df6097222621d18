// Rules for kernels of one operand that work element by element.
import type { ClipByValueAttrs, LeakyReluAttrs, StepAttrs } from '@tensorflow/tfjs-core'
import { add, apply, cast, mul, sub } from '../graph/build.ts'
import type { OperatorName } from '../graph/operatorNames.ts'
import { scalar, type Value } from '../graph/value.ts'
import type { Rules, Unary } from '../record/kernelTypes.ts'
import type { DType, Recorded } from '../record/recorded.ts'
import { castTo, combine, float } from './combine.ts'

const one = () => scalar(1)
const zeroOf = (x: Value) => scalar(0, x.type)

/** A kernel that is one ONNX operator on floats. */
const floats =
  (operator: OperatorName, attributes = {}) =>
  ({ x }: Unary): Recorded =>
    combine([float(x)], (v) => apply(operator, [v], attributes))

/** A kernel that is one ONNX operator on any numbers. */
const numbers =
  (operator: OperatorName) =>
  ({ x }: Unary): Recorded =>
    combine([x.dtype === 'bool' ? castTo(x, 'int32') : x], (v) => apply(operator, [v]))

/** A kernel that rounds: whole numbers are round already. */
const rounding =
  (operator: OperatorName) =>
  ({ x }: Unary): Recorded =>
    x.dtype === 'float32' ? combine([x], (v) => apply(operator, [v])) : x

const formula =
  (build: (x: Value) => Value) =>
  ({ x }: Unary): Recorded =>
    combine([float(x)], build)

/** A question about floats; for whole numbers the answer is known. */
const question =
  (build: (x: Value) => Value, otherwise: number) =>
  ({ x }: Unary): Recorded =>
    x.dtype === 'float32'
      ? combine([x], build)
      : { value: scalar(otherwise, 'bool'), shape: x.shape, dtype: 'bool', layout: 'plain' }

// Klambauer et al. 2017, "Self-normalizing neural networks".
const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }

export const elementwise = {
  Abs: numbers('Abs'),
  Neg: numbers('Neg'),
  // TensorFlow.js's sign of NaN is 0, ONNX's is NaN.
  Sign: ({ x }: Unary) =>
    x.dtype === 'float32'
      ? combine([x], (v) =>
          sub(cast(apply('Greater', [v, zeroOf(v)]), v.type), cast(apply('Less', [v, zeroOf(v)]), v.type)),
        )
      : numbers('Sign')({ x }),
  Relu: numbers('Relu'),
  Floor: rounding('Floor'),
  Ceil: rounding('Ceil'),
  Round: rounding('Round'),
  Acos: floats('Acos'),
  Acosh: floats('Acosh'),
  Asin: floats('Asin'),
  Asinh: floats('Asinh'),
  Atan: floats('Atan'),
  Atanh: floats('Atanh'),
  Cos: floats('Cos'),
  Cosh: floats('Cosh'),
  Elu: floats('Elu', { alpha: 1 }),
  Erf: floats('Erf'),
  Exp: floats('Exp'),
  Log: floats('Log'),
  Reciprocal: floats('Reciprocal'),
  Selu: floats('Selu', SELU),
  Sigmoid: floats('Sigmoid'),
  Sin: floats('Sin'),
  Sinh: floats('Sinh'),
  Softplus: floats('Softplus'),
  Sqrt: floats('Sqrt'),
  Tan: floats('Tan'),
  Tanh: floats('Tanh'),
  Expm1: formula((x) => sub(apply('Exp', [x]), one())),
  Log1p: formula((x) => apply('Log', [add(x, one())])),
  Rsqrt: formula((x) => apply('Reciprocal', [apply('Sqrt', [x])])),
  Square: ({ x }: Unary) => combine([x], (v) => mul(v, v)),
  Relu6: ({ x }: Unary) => combine([x], (v) => apply('Clip', [v, zeroOf(v), scalar(6, v.type)])),
  LeakyRelu: ({ x }: Unary, { alpha }: LeakyReluAttrs) =>
    combine([float(x)], (v) => apply('LeakyRelu', [v], { alpha: alpha ?? 0.2 })),
  ClipByValue: ({ x }: Unary, { clipValueMin, clipValueMax }: ClipByValueAttrs) =>
    combine([x], (v) => apply('Clip', [v, scalar(clipValueMin, v.type), scalar(clipValueMax, v.type)])),
  Step: ({ x }: Unary, { alpha }: StepAttrs) =>
    combine([x], (v) => {
      const positive = apply('Greater', [v, zeroOf(v)])
      return alpha ? apply('Where', [positive, scalar(1, v.type), scalar(alpha, v.type)]) : cast(positive, v.type)
    }),
  LogicalNot: ({ x }: Unary) => combine([castTo(x, 'bool')], (v) => apply('Not', [v])),
  IsNan: question((x) => apply('IsNaN', [x]), 0),
  IsInf: question((x) => apply('IsInf', [x]), 0),
  IsFinite: question((x) => apply('Not', [apply('Or', [apply('IsNaN', [x]), apply('IsInf', [x])])]), 1),
  Cast: ({ x }: Unary, { dtype }: { dtype: DType | 'complex64' | 'string' }) => {
    if (dtype === 'complex64' || dtype === 'string') throw new Error(`there are no tensors of ${dtype}`)
    return castTo(x, dtype)
  },
  EluGrad: ({ dy, y }: { dy: Recorded; y: Recorded }) =>
    combine([dy, y], (d, v) => mul(d, apply('Min', [add(v, one()), one()]))),
} satisfies Rules
