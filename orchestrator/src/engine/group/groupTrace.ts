// Turns a traced step into the step of a group: its members run at once, each with values of its own along a new
// leading axis. Neither the step nor its layers know of it; there is a rule for each operator.
import type { Variable } from '@tensorflow/tfjs-core'
import { applyAll } from '../graph/build.ts'
import { ordered } from '../graph/order.ts'
import { placeholder, type Value } from '../graph/value.ts'
import type { Trace } from '../record/trace.ts'
import { type Grouped, ownOf } from './grouped.ts'
import { RULES } from './rules.ts'

/**
 * @param shared names of the inputs of which there is one for all members
 * @param common variables of which there is one for all members, which the step does not assign
 * @returns the step with [members, …] for every input that is not shared, every variable that is not common and every
 * output; what no member's own value flows into is computed once
 * @throws Error naming an operator that has no form for groups
 */
export function groupTrace(
  trace: Trace,
  members: number,
  shared: ReadonlySet<string>,
  common: ReadonlySet<Variable> = new Set(),
): Trace {
  const grouped = new Map<Value, Grouped>()
  const own = (value: Value): Value => {
    if (value.from.kind !== 'placeholder') throw new Error(`expected a placeholder, got a ${value.from.kind}`)
    const replacement = placeholder(value.from.name, [members, ...value.shape], value.type)
    grouped.set(value, { value: replacement, own: true })
    return replacement
  }
  const inputs = trace.inputs.map((input) =>
    shared.has(input.name) ? input : { name: input.name, placeholder: own(input.placeholder) },
  )
  const variables = trace.variables.map((each) =>
    common.has(each.variable) ? each : { ...each, placeholder: own(each.placeholder) },
  )
  const now = (value: Value): Grouped => grouped.get(value) ?? { value, own: false }

  const results = [
    ...trace.outputs.map(({ value }) => value),
    ...trace.variables.flatMap(({ next }) => (next ? [next] : [])),
  ]
  for (const operation of ordered(results)) {
    const given = operation.inputs.map((value) => value && now(value))
    const rule = RULES[operation.operator]
    const isOwn = given.some((input) => input?.own)
    if (isOwn && !rule) throw new Error(`${operation.operator} has no form for groups of trials`)
    const outputs = isOwn
      ? rule!(operation, given, members)
      : applyAll(
          operation.operator,
          given.map((input) => input?.value),
          operation.attributes,
        )
    for (const [index, output] of operation.outputs.entries()) {
      grouped.set(output, { value: outputs[index]!, own: isOwn })
    }
  }
  const ofAll = (value: Value): Value => ownOf(now(value), members)
  return {
    inputs,
    variables: variables.map((each) => ({ ...each, next: each.next && ofAll(each.next) })),
    outputs: trace.outputs.map(({ name, value }) => ({ name, value: ofAll(value) })),
  }
}
