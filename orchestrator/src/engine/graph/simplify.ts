// Rewrites of single operations into something cheaper that gives the same.
import { isReshape, reshape, transpose } from './build.ts'
import { constantNumbers, constantScalar, type Operation, sameShape, type Value } from './value.ts'

type Inputs = readonly (Value | undefined)[]
type Rewrite = (inputs: Inputs, operation: Operation) => Value | undefined

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

const REWRITES: Partial<Record<Operation['operator'], Rewrite[]>> = {
  Add: [neutral(0, [0, 1])],
  Sub: [neutral(0, [1])],
  Mul: [neutral(1, [0, 1])],
  Div: [neutral(1, [1])],
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
export function simplify(operation: Operation, inputs: Inputs): Value | undefined {
  for (const rewrite of REWRITES[operation.operator] ?? []) {
    const simpler = rewrite(inputs, operation)
    if (simpler) return simpler
  }
  return undefined
}
