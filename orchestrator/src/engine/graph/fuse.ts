// Puts one operation where a graph has several that compute the same, as TensorFlow.js writes it, one after the other.
import { applyAll } from './build.ts'
import type { OperatorName } from './operatorNames.ts'
import { ordered } from './order.ts'
import type { Operation, Value } from './value.ts'

/** Some operations that one can stand for. */
export interface Fusion {
  /** What the one gives, in its order, as the several compute it. */
  gives: Value[]
  /** What they compute first of it; of all that the one reads nothing may be computed from that. */
  first: Value
  /** Makes the one, of values as they are now. */
  make(now: (value: Value) => Value): Value[]
}

/** The same values, in the same order, with what `find` finds as one operation each. @param find by the last operation */
export function fuse(values: readonly Value[], find: (operation: Operation) => Fusion | undefined): Value[] {
  const operations = ordered(values)
  const found = operations.map(find).filter((fusion) => fusion !== undefined)
  if (found.length === 0) return [...values]
  const byFirst = new Map(found.map((fusion) => [fusion.first, fusion]))
  const rebuilt = new Map<Value, Value>()
  const now = (value: Value): Value => rebuilt.get(value) ?? value
  for (const operation of operations) {
    if (operation.outputs.some((output) => rebuilt.has(output))) continue
    const fusion = byFirst.get(operation.outputs[0]!)
    if (fusion) {
      for (const [place, value] of fusion.make(now).entries()) rebuilt.set(fusion.gives[place]!, value)
      continue
    }
    const inputs = operation.inputs.map((input) => input && now(input))
    if (inputs.every((input, i) => input === operation.inputs[i])) continue
    const outputs = applyAll(operation.operator, inputs, operation.attributes)
    for (const [i, output] of outputs.entries()) rebuilt.set(operation.outputs[i]!, output)
  }
  return values.map(now)
}

export function made(value: Value | undefined, by: OperatorName): Operation | undefined {
  return value?.from.kind === 'operation' && value.from.operator === by ? value.from : undefined
}

/** An operation's two inputs in either order. */
export function bothWays(operation: Operation | undefined): [Value, Value][] {
  const [a, b] = operation?.inputs ?? []
  return a && b
    ? [
        [a, b],
        [b, a],
      ]
    : []
}
