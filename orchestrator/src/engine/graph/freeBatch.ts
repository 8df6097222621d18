// Frees the length of the batch in a graph: compares the graph as traced with two lengths, and writes what depends
// on the length so that it holds for any.
import { apply } from './build.ts'
import { ordered } from './order.ts'
import { constantNumbers, integers, type Operation, sameShape, typeText, type Value } from './value.ts'

/** Takes the rest of an axis, however long it is. */
const TO_THE_END = 2 ** 31 - 1

/** Replacements for the shape constants that name the batch's length, by the operation and input that use them. */
export type Freed = Map<Operation, Map<number, Value>>

/**
 * @param one the graph's results as traced with one batch length
 * @param other the same graph as traced with another
 * @throws Error naming the operation that only works for a fixed batch length
 */
export function freeBatch(one: readonly Value[], other: readonly Value[]): Freed {
  const freed: Freed = new Map()
  const [operations, twins] = [ordered(one), ordered(other)]
  if (operations.length !== twins.length) throw new Error('The prediction takes another course for another batch size')
  for (const [i, operation] of operations.entries()) {
    const twin = twins[i]!
    const same =
      operation.operator === twin.operator && JSON.stringify(operation.attributes) === JSON.stringify(twin.attributes)
    if (!same) throw fixed(operation, 'its attributes')
    for (const [k, input] of operation.inputs.entries()) {
      const replacement = input && constantFor(operation, k, input, twin.inputs[k]!)
      if (!replacement) continue
      const replacements = freed.get(operation) ?? new Map<number, Value>()
      freed.set(operation, replacements.set(k, replacement))
    }
  }
  return freed
}

function constantFor(operation: Operation, k: number, input: Value, twin: Value): Value | undefined {
  if (input.from.kind !== 'constant') return undefined
  if (twin.from.kind !== 'constant' || !sameShape(input.shape, twin.shape)) throw fixed(operation, typeText(input))
  const [numbers, others] = [constantNumbers(input)!, constantNumbers(twin)!]
  const free = numbers.map((n, i) => n !== others[i] && !(Number.isNaN(n) && Number.isNaN(others[i])))
  if (!free.includes(true)) return undefined
  const source = operation.inputs[0]!
  if (operation.operator === 'Reshape' && k === 1 && free.filter(Boolean).length === 1) {
    return integers(numbers.map((n, i) => (free[i] ? -1 : n)))
  }
  if (operation.operator === 'Expand' && k === 1) {
    const offset = numbers.length - source.shape.length
    // A length of 1 leaves an axis as long as it is.
    if (numbers.every((n, i) => !free[i] || source.shape[i - offset] === n)) {
      return integers(numbers.map((n, i) => (free[i] ? 1 : n)))
    }
  }
  if (operation.operator === 'Slice' && k === 2) {
    const axes = constantNumbers(operation.inputs[3])!
    if (numbers.every((n, i) => !free[i] || n === source.shape[axes[i]!])) {
      return integers(numbers.map((n, i) => (free[i] ? TO_THE_END : n)))
    }
  }
  throw fixed(operation, `input ${k}`)
}

function fixed(operation: Operation, what: string): Error {
  return new Error(`The prediction depends on the batch size: ${what} of ${operation.operator} changes with it`)
}

/** The graph with its replacements: shapes of values stay as traced, only the constants are freed. */
export function withFreed(values: readonly Value[], freed: Freed): Value[] {
  const rebuilt = new Map<Value, Value>()
  for (const operation of ordered(values)) {
    const inputs = operation.inputs.map((v, k) => freed.get(operation)?.get(k) ?? (v && (rebuilt.get(v) ?? v)))
    const copy: Operation = { ...operation, inputs, outputs: [] }
    const outputs = operation.outputs.map((output) => ({ ...output, from: copy }))
    ;(copy.outputs as Value[]).push(...outputs)
    for (const [i, output] of operation.outputs.entries()) rebuilt.set(output, outputs[i]!)
  }
  return values.map((v) => {
    const value = rebuilt.get(v) ?? v
    return value.from.kind === 'operation' ? value : apply('Identity', [value])
  })
}
