// Rewrites of single operations into something cheaper that gives the same. Each brings an end nearer: fewer
// operations, or a form that no rewrite takes.
import { apply, isReshape, reshape, tileParts, transpose } from './build.ts'
import { ordered, readers } from './order.ts'
import { constantNumbers, constantScalar, type Operation, sameShape, type Value } from './value.ts'

/** What a rewrite may know of the graph before this round of rewrites. */
export interface Surroundings {
  /** How many operations and results read a value. */
  reads(value: Value): number
  /** Whether the graph has relu(x). */
  hasRelu(x: Value): boolean
  /** Whether the graph takes x apart with strides. */
  isTakenApart(x: Value): boolean
}

export function surroundingsOf(values: readonly Value[]): Surroundings {
  const counts = readers(values)
  const operations = ordered(values)
  const isStrided = ({ operator, inputs }: Operation) =>
    operator === 'Slice' && constantNumbers(inputs[4])!.some((step) => step > 1)
  const inputsOf = (some: Operation[]) => new Set(some.map((operation) => operation.inputs[0]!))
  const activated = inputsOf(operations.filter(({ operator }) => operator === 'Relu'))
  const apart = inputsOf(operations.filter(isStrided))
  return {
    reads: (value) => counts.get(value) ?? 0,
    hasRelu: (x) => activated.has(x),
    isTakenApart: (x) => apart.has(x),
  }
}

type Inputs = readonly (Value | undefined)[]
type Rewrite = (inputs: Inputs, operation: Operation, surroundings: Surroundings) => Value | undefined

const made = (value: Value | undefined, by: Operation['operator']): Operation | undefined =>
  value?.from.kind === 'operation' && value.from.operator === by ? value.from : undefined

/** x where the other operand is the neutral number and does not stretch x. */
const neutral =
  (number: number, sides: (0 | 1)[]): Rewrite =>
  (inputs, operation) => {
    for (const side of sides) {
      const [other, kept] = [inputs[side]!, inputs[1 - side]!]
      if (constantScalar(other) === number && sameShape(kept.shape, operation.outputs[0]!.shape)) return kept
    }
    return undefined
  }

/** A convolution or matrix product takes the bias that is added to its result, if only that addition reads it. */
const withBias: Rewrite = (inputs, operation, { reads }) => {
  for (const side of [0, 1]) {
    const [result, bias] = [inputs[side]!, inputs[1 - side]!]
    if (reads(operation.inputs[side]!) !== 1) continue
    const product = made(result, 'Gemm')
    if (product && !product.inputs[2] && bias.shape.length === 1 && bias.shape[0] === result.shape[1]) {
      return apply('Gemm', [product.inputs[0], product.inputs[1], bias], product.attributes)
    }
    const channels = result.shape[1]!
    const perChannel =
      bias.shape.at(-3) === channels && bias.shape.every((n, i) => n === 1 || i === bias.shape.length - 3)
    if (!perChannel) continue
    const convolution = made(result, 'Conv')
    if (convolution && !convolution.inputs[2]) {
      return apply('Conv', [...convolution.inputs.slice(0, 2), reshape(bias, [channels])], convolution.attributes)
    }
    const reordered = made(result, 'FromBlocks')
    const blocked = made(reordered?.inputs[0], 'BlockedConv')
    if (reordered && blocked && !blocked.inputs[2]) {
      const sum = apply('BlockedConv', [...blocked.inputs.slice(0, 2), reshape(bias, [channels])], blocked.attributes)
      return apply('FromBlocks', [sum], reordered.attributes)
    }
  }
  return undefined
}

/** A convolution in blocks activates what it writes. */
const activated: Rewrite = ([x], operation, { reads }) => {
  const reordered = made(x, 'FromBlocks')
  const blocked = made(reordered?.inputs[0], 'BlockedConv')
  if (!reordered || !blocked || blocked.attributes.activation || reads(operation.inputs[0]!) !== 1) return undefined
  const result = apply('BlockedConv', [...blocked.inputs], { ...blocked.attributes, activation: 'Relu' })
  return apply('FromBlocks', [result], reordered.attributes)
}

/** x > 0 asks relu(x) instead, so that nothing but relu needs x and the two can become one. */
const askRelu: Rewrite = ([x, bound], operation, { hasRelu }) =>
  hasRelu(operation.inputs[0]!) && constantScalar(bound!) === 0
    ? apply('Greater', [apply('Relu', [x]), bound])
    : undefined

/** A maximum over tiles whose elements are taken apart anyway, for its gradient, is the maximum of those. */
const ofParts: Rewrite = ([x], { inputs, attributes, outputs }, { reads, isTakenApart }) => {
  const [kernel, strides, pads] = [attributes.kernel_shape, attributes.strides, attributes.pads] as number[][]
  const whole = x!.shape.slice(2).every((n, i) => n === outputs[0]!.shape[i + 2]! * kernel![i]!)
  const tiles = whole && sameShape(kernel!, strides!) && pads!.every((n) => n === 0)
  if (!tiles || !isTakenApart(inputs[0]!) || reads(outputs[1]!) > 0) return undefined
  return tileParts(x!, kernel!).reduce((a, b) => apply('Max', [a, b]))
}

const REWRITES: Partial<Record<Operation['operator'], Rewrite[]>> = {
  Add: [neutral(0, [0, 1]), withBias],
  Sub: [neutral(0, [1])],
  Mul: [neutral(1, [0, 1])],
  Div: [neutral(1, [1])],
  Greater: [askRelu],
  Relu: [activated],
  MaxPool: [ofParts],
  Identity: [([x]) => x],
  Neg: [([x]) => made(x, 'Neg')?.inputs[0]],
  Cast: [([x], operation) => (x!.type === operation.outputs[0]!.type ? x : undefined)],
  Reshape: [
    ([x, shape]) => (sameShape(x!.shape, constantNumbers(shape)!) ? x : undefined),
    ([x], operation) => {
      const inner = made(x, 'Reshape')
      return inner && reshape(inner.inputs[0]!, operation.outputs[0]!.shape)
    },
  ],
  Transpose: [
    ([x], operation) => {
      const perm = operation.attributes.perm as number[]
      const inner = made(x, 'Transpose')
      if (inner) {
        const first = inner.attributes.perm as number[]
        return transpose(
          inner.inputs[0]!,
          perm.map((i) => first[i]!),
        )
      }
      return isReshape(x!.shape, perm) ? reshape(x!, operation.outputs[0]!.shape) : undefined
    },
  ],
}

/** Something cheaper than the operation on these inputs, or undefined. */
export function simplify(operation: Operation, inputs: Inputs, surroundings: Surroundings): Value | undefined {
  for (const rewrite of REWRITES[operation.operator] ?? []) {
    const simpler = rewrite(inputs, operation, surroundings)
    if (simpler) return simpler
  }
  return undefined
}
