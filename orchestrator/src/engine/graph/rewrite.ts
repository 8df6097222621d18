// Rebuilds a graph with some operations written in another way.
import { applyAll } from './build.ts'
import type { OperatorName } from './operatorNames.ts'
import { ordered } from './order.ts'
import type { Operation, Value } from './value.ts'

/** Other values for an operation's outputs, or undefined. @param inputs as they are now */
export type Rewrite = (inputs: readonly Value[], operation: Operation) => Value | Value[] | undefined

/** The same values, in the same order. */
export function rewrite(values: readonly Value[], rewrites: Partial<Record<OperatorName, Rewrite>>): Value[] {
  const rebuilt = new Map<Value, Value>()
  const now = (value: Value | undefined) => value && (rebuilt.get(value) ?? value)
  for (const operation of ordered(values)) {
    const inputs = operation.inputs.map(now)
    const rewritten = rewrites[operation.operator]?.(inputs as Value[], operation)
    const unchanged = inputs.every((value, i) => value === operation.inputs[i])
    const outputs = rewritten
      ? [rewritten].flat()
      : unchanged
        ? operation.outputs
        : applyAll(operation.operator, inputs, operation.attributes)
    for (const [i, output] of outputs.entries()) rebuilt.set(operation.outputs[i]!, output)
  }
  return values.map((value) => now(value)!)
}
