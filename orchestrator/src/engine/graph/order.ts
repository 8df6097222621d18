// The order in which a graph's operations can run.
import type { Operation, Value } from './value.ts'

/** The operations that some values need, each after those it needs; always the same order for the same graph. */
export function ordered(values: readonly Value[]): Operation[] {
  const done = new Set<Operation>()
  const order: Operation[] = []
  // An explicit stack: a long chain of operations would overflow the call stack.
  const stack: { operation: Operation; next: number }[] = []
  const visit = (value: Value | undefined) => {
    if (value?.from.kind === 'operation' && !done.has(value.from)) {
      done.add(value.from)
      stack.push({ operation: value.from, next: 0 })
    }
  }
  for (const value of values) {
    visit(value)
    while (stack.length > 0) {
      const top = stack.at(-1)!
      if (top.next < top.operation.inputs.length) visit(top.operation.inputs[top.next++])
      else {
        order.push(top.operation)
        stack.pop()
      }
    }
  }
  return order
}

/** How many times each value is read, by operations and as a result. */
export function readers(values: readonly Value[]): Map<Value, number> {
  const counts = new Map<Value, number>()
  const count = (value: Value | undefined) => value && counts.set(value, (counts.get(value) ?? 0) + 1)
  for (const value of values) count(value)
  for (const operation of ordered(values)) operation.inputs.forEach(count)
  return counts
}
