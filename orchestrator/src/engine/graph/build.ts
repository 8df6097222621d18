// Builds values: one function for each operator that rules use often, and `apply` for the rest. An operation that
// would change nothing is not built.
import { reducedShape } from './operatorKinds.ts'
import type { OperatorName } from './operatorNames.ts'
import { operator } from './operators.ts'
import {
  type Attributes,
  type ElementType,
  integers,
  type Operation,
  sameShape,
  type TensorType,
  typeText,
  type Value,
} from './value.ts'

/** Applies an operator and gives all of its outputs. Throws if types or shapes do not fit. */
export function applyAll(name: OperatorName, inputs: (Value | undefined)[], attributes: Attributes = {}): Value[] {
  let types: TensorType[]
  try {
    types = operator(name).infer(inputs, attributes)
  } catch (error) {
    const given = inputs.map((v) => (v ? typeText(v) : '-')).join(', ')
    throw new Error(`${name}(${given}): ${(error as Error).message}`, { cause: error })
  }
  const outputs: Value[] = []
  const operation: Operation = { kind: 'operation', operator: name, inputs, attributes, outputs }
  for (const [index, { shape, type }] of types.entries()) outputs.push({ shape, type, from: operation, index })
  return outputs
}

/** Applies an operator and gives its first output. */
export function apply(name: OperatorName, inputs: (Value | undefined)[], attributes: Attributes = {}): Value {
  return applyAll(name, inputs, attributes)[0]!
}

export const add = (a: Value, b: Value): Value => apply('Add', [a, b])
export const sub = (a: Value, b: Value): Value => apply('Sub', [a, b])
export const mul = (a: Value, b: Value): Value => apply('Mul', [a, b])
export const div = (a: Value, b: Value): Value => apply('Div', [a, b])

const TYPE_NUMBERS: Record<ElementType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 }

export function cast(x: Value, type: ElementType): Value {
  return x.type === type ? x : apply('Cast', [x], { to: TYPE_NUMBERS[type] })
}

export function reshape(x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : apply('Reshape', [x, integers(shape)])
}

/** Whether an order of axes moves only axes of length 1, so that the elements stay where they are. */
export function isReshape(shape: readonly number[], perm: readonly number[]): boolean {
  const moved = perm.filter((i) => shape[i] !== 1)
  return moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)
}

export function transpose(x: Value, perm: readonly number[]): Value {
  if (isReshape(x.shape, perm))
    return reshape(
      x,
      perm.map((i) => x.shape[i]!),
    )
  return apply('Transpose', [x], { perm })
}

export function expand(x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : apply('Expand', [x, integers(shape)])
}

export type Reduction = 'ReduceSum' | 'ReduceSumSquare' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd'

export function reduce(name: Reduction, x: Value, axes: readonly number[], keep: boolean): Value {
  const shape = reducedShape(x.shape, axes, keep)
  if (axes.every((axis) => x.shape[axis] === 1)) return reshape(name === 'ReduceSumSquare' ? mul(x, x) : x, shape)
  // An axis of length 1 between others costs onnxruntime its fast way, ten times the time, unless it is reduced too.
  const all = x.shape.flatMap((n, axis) => (n === 1 || axes.includes(axis) ? [axis] : []))
  return reshape(apply(name, [x, integers(all)], { keepdims: keep ? 1 : 0 }), shape)
}

/** x[start : end : step] on some axes; a step may be negative. */
export function slice(
  x: Value,
  axes: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[] = axes.map(() => 1),
): Value {
  const whole = axes.every((axis, i) => starts[i] === 0 && ends[i]! >= x.shape[axis]! && steps[i] === 1)
  return whole ? x : apply('Slice', [x, integers(starts), integers(ends), integers(axes), integers(steps)])
}

export function concat(values: Value[], axis: number): Value {
  return values.length === 1 ? values[0]! : apply('Concat', values, { axis })
}

/** Pads with zeros (or `value`): `pads` holds all begins, then all ends. */
export function pad(x: Value, pads: readonly number[], value?: Value): Value {
  if (pads.every((n) => n === 0)) return x
  return apply('Pad', value ? [x, integers(pads), value] : [x, integers(pads)], { mode: 'constant' })
}

/** a where the condition holds, else b. onnxruntime has no Where of bools. */
export function select(condition: Value, a: Value, b: Value): Value {
  if (a.type !== 'bool') return apply('Where', [condition, a, b])
  return cast(apply('Where', [condition, cast(a, 'int32'), cast(b, 'int32')]), 'bool')
}

/** The elements of [N,C,H,W] by their place in tiles of a size, row by row: each part has one element of every tile. */
export function tileParts(x: Value, tile: readonly number[]): Value[] {
  const [rows, columns] = tile as [number, number]
  const ends = x.shape.slice(2)
  return Array.from({ length: rows * columns }, (_, i) =>
    slice(x, [2, 3], [Math.floor(i / columns), i % columns], ends, tile),
  )
}
