// Rebuilds a graph with less work in it: simplified operations, one operation where several compute the same.
// What nothing needs is not rebuilt.
import { applyAll } from './build.ts'
import { foldRearranged } from './fold.ts'
import { ordered } from './order.ts'
import { simplify, surroundingsOf } from './simplify.ts'
import { constantData, type Operation, type Value } from './value.ts'

const SMALL = 64

/**
 * The same values from a smaller graph, in the same order.
 * @param known constants for placeholders, where the graph is to hold their values
 */
export function optimise(values: readonly Value[], known: ReadonlyMap<Value, Value> = new Map()): Value[] {
  let { results, changed } = rebuild([...values], known)
  // One rewrite can make room for the next.
  while (changed) ({ results, changed } = rebuild(results, new Map()))
  return results
}

function rebuild(values: Value[], known: ReadonlyMap<Value, Value>): { results: Value[]; changed: boolean } {
  const rebuilt = new Map<Value, Value>(known)
  const common = new Map<string, readonly Value[]>()
  const folded = new Map<string, Value>()
  const identity = numbering()
  const surroundings = surroundingsOf(values)
  const now = (value: Value): Value => rebuilt.get(value) ?? value
  let changed = false
  for (const operation of ordered(values)) {
    const inputs = operation.inputs.map((v) => v && now(v))
    const key = `${operation.operator} ${JSON.stringify(operation.attributes)} ${inputs.map(identity).join(' ')}`
    // A weight that many operations rearrange, as each step of an LSTM does, stays one constant.
    const constant = folded.get(key) ?? foldRearranged(operation, inputs)
    if (constant) folded.set(key, constant)
    const simpler = constant ?? simplify(operation, inputs, surroundings)
    const outputs = simpler ? [simpler] : shared(operation, inputs, common, key)
    changed ||= outputs !== operation.outputs
    for (const [i, output] of outputs.entries()) rebuilt.set(operation.outputs[i]!, output)
  }
  return { results: values.map(now), changed }
}

/** The results of an operation, computed once for all equal ones. */
function shared(
  operation: Operation,
  inputs: (Value | undefined)[],
  common: Map<string, readonly Value[]>,
  key: string,
): readonly Value[] {
  let outputs = common.get(key)
  if (!outputs) {
    const unchanged = inputs.every((v, i) => v === operation.inputs[i])
    outputs = unchanged ? operation.outputs : applyAll(operation.operator, inputs, operation.attributes)
    common.set(key, outputs)
  }
  return outputs
}

/** Names values so that equal small constants have the same name. */
function numbering(): (value: Value | undefined) => string {
  const numbers = new Map<Value, string>()
  return (value) => {
    if (!value) return '_'
    let name = numbers.get(value)
    if (name === undefined) {
      const data = constantData(value)
      name =
        data && data.length <= SMALL
          ? `${value.type}[${value.shape}]${Array.from(data as ArrayLike<number>, (n) => (Object.is(n, -0) ? '-0' : n))}`
          : `#${numbers.size}`
      numbers.set(value, name)
    }
    return name
  }
}
