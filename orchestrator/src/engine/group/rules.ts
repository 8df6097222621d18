// How a group computes each operator: one line for each that has a form for members with values of their own.
import { apply, applyAll, expand, reshape, transpose } from '../graph/build.ts'
import type { OperatorName } from '../graph/operatorNames.ts'
import { constantNumbers, integers, type Operation } from '../graph/value.ts'
import { alignedTo, type Grouped, type GroupRule, given, ownOf, shifted } from './grouped.ts'
import { gather, gatherNd, gemm, scatterElements, scatterNd } from './indexRules.ts'
import { batchNormalization, convolution, pooling, unpooling } from './windowRules.ts'

const rankOf = ({ outputs }: Operation): number => outputs[0]!.shape.length

/** Of operators that broadcast. */
const elementwise: GroupRule = (operation, inputs) => {
  const rank = rankOf(operation)
  return applyAll(
    operation.operator,
    inputs.map((input) => input && alignedTo(input, rank)),
    operation.attributes,
  )
}

/** The bounds of the operator are single numbers. */
const clip: GroupRule = (operation, inputs) => {
  const [x, low, high] = inputs
  if (!low?.own && !high?.own) return elementwise(operation, inputs, 0)
  const rank = rankOf(operation)
  let y = alignedTo(x!, rank)
  if (low) y = apply('Max', [y, alignedTo(low, rank)])
  if (high) y = apply('Min', [y, alignedTo(high, rank)])
  return [y]
}

const numbersOf = (inputs: (Grouped | undefined)[], index: number): number[] => {
  const found = constantNumbers(given(inputs, index).value)
  if (!found) throw new Error(`input ${index} must be a constant`)
  return found
}

const plain = (inputs: (Grouped | undefined)[]) => inputs.map((input) => input?.value)

/** Of operators with an attribute `axis`, where only the first input is the members' own. */
const alongAxis: GroupRule = ({ operator, attributes }, inputs) =>
  applyAll(operator, plain(inputs), { ...attributes, axis: shifted(attributes.axis as number) })

/** Of operators whose axes are a constant input. */
const axesInput =
  (index: number): GroupRule =>
  ({ operator, attributes }, inputs) => {
    const values = plain(inputs)
    const { shape, type } = values[index]!
    const axes = integers(numbersOf(inputs, index).map(shifted))
    if (type !== 'int64') throw new Error(`the axes must be int64, got ${type}`)
    values[index] = reshape(axes, shape)
    return applyAll(operator, values, attributes)
  }

export const RULES: Partial<Record<OperatorName, GroupRule>> = {
  Abs: elementwise,
  Acos: elementwise,
  Acosh: elementwise,
  Add: elementwise,
  And: elementwise,
  Asin: elementwise,
  Asinh: elementwise,
  Atan: elementwise,
  Atanh: elementwise,
  Cast: elementwise,
  Ceil: elementwise,
  Cos: elementwise,
  Cosh: elementwise,
  Div: elementwise,
  Elu: elementwise,
  Equal: elementwise,
  Erf: elementwise,
  Exp: elementwise,
  Floor: elementwise,
  Greater: elementwise,
  GreaterOrEqual: elementwise,
  Identity: elementwise,
  IsInf: elementwise,
  IsNaN: elementwise,
  LeakyRelu: elementwise,
  Less: elementwise,
  LessOrEqual: elementwise,
  Log: elementwise,
  Max: elementwise,
  Min: elementwise,
  Mod: elementwise,
  Mul: elementwise,
  Neg: elementwise,
  Not: elementwise,
  Or: elementwise,
  Pow: elementwise,
  Reciprocal: elementwise,
  Relu: elementwise,
  Round: elementwise,
  Selu: elementwise,
  Sigmoid: elementwise,
  Sign: elementwise,
  Sin: elementwise,
  Sinh: elementwise,
  Softplus: elementwise,
  Sqrt: elementwise,
  Sub: elementwise,
  Tan: elementwise,
  Tanh: elementwise,
  Where: elementwise,
  Xor: elementwise,
  Clip: clip,

  ReduceMax: axesInput(1),
  ReduceMean: axesInput(1),
  ReduceMin: axesInput(1),
  ReduceProd: axesInput(1),
  ReduceSum: axesInput(1),
  CumSum: axesInput(1),
  Slice: axesInput(3),
  ArgMax: alongAxis,
  ArgMin: alongAxis,
  OneHot: alongAxis,
  Softmax: alongAxis,
  Split: alongAxis,
  TopK: alongAxis,

  Concat: ({ attributes }, inputs, members) => [
    apply(
      'Concat',
      inputs.map((input) => ownOf(input!, members)),
      { axis: shifted(attributes.axis as number) },
    ),
  ],
  Expand: (operation, inputs, members) => [
    expand(alignedTo(given(inputs, 0), rankOf(operation)), [members, ...operation.outputs[0]!.shape]),
  ],
  Pad: ({ attributes }, inputs) => {
    const [x, , value] = plain(inputs)
    const pads = numbersOf(inputs, 1)
    const half = pads.length / 2
    const all = integers([0, ...pads.slice(0, half), 0, ...pads.slice(half)])
    return [apply('Pad', value ? [x, all, value] : [x, all], attributes)]
  },
  // Its first input does not broadcast.
  PRelu: (operation, inputs, members) => [
    apply('PRelu', [ownOf(given(inputs, 0), members), alignedTo(given(inputs, 1), rankOf(operation))]),
  ],
  Reshape: ({ outputs }, inputs, members) => [reshape(given(inputs, 0).value, [members, ...outputs[0]!.shape])],
  Tile: (_, inputs) => [apply('Tile', [given(inputs, 0).value, integers([1, ...numbersOf(inputs, 1)])])],
  Transpose: ({ attributes }, inputs) => [
    transpose(given(inputs, 0).value, [0, ...(attributes.perm as number[]).map(shifted)]),
  ],
  MatMul: (operation, inputs) => {
    const rank = rankOf(operation)
    return [
      apply(
        'MatMul',
        inputs.map((input) => alignedTo(input!, rank)),
      ),
    ]
  },
  Gemm: gemm,
  Gather: gather,
  GatherND: gatherNd,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  Conv: convolution,
  ConvTranspose: convolution,
  MaxPool: pooling,
  MaxUnpool: unpooling,
  AveragePool: pooling,
  BatchNormalization: batchNormalization,
}
