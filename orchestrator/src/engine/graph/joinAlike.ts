// Computes what a graph computes of many short lists in the same way, as it does of each layer's statistics, once over
// the lists joined to one: a GPU takes as long to start an operation on ten numbers as on ten thousand.
import { apply, applyAll, concat } from './build.ts'
import type { OperatorName } from './operatorNames.ts'
import { optimise } from './optimise.ts'
import { ordered } from './order.ts'
import { constant, constantScalar, integers, type Operation, type Value } from './value.ts'

/** Joining and taking apart costs operations too. */
const ENOUGH = 8
/** Longer lists are not worth being copied. */
const LONGEST = 1 << 14

const BY_ELEMENT = new Set<OperatorName>(['Add', 'Sub', 'Mul', 'Div', 'Neg', 'Sqrt', 'Reciprocal'])

/** Operations that become one, in the order of their elements. */
type Group = Operation[]
/** What the new graph computes at once. */
type Unit = Operation | Group

const outputOf = (operation: Operation): Value => operation.outputs[0]!
const lengthOf = (operation: Operation): number => outputOf(operation).shape[0]!
const isList = ({ shape, type }: Value) => type === 'float32' && shape.length === 1 && shape[0]! <= LONGEST
const inputsOf = (unit: Unit): Value[] =>
  [unit].flat().flatMap(({ inputs }) => inputs.filter((input) => input !== undefined))

/** The same values, in the same order. */
export function joinAlike(values: readonly Value[]): Value[] {
  const operations = ordered(values)
  let groups: Group[] = []
  let order = scheduled(operations, groups)!
  for (const alike of alikes(operations)) {
    // Joined, two operations wait for what either needs: that may be the other, or lead in a circle.
    const tried = [...groups, alike]
    const next = scheduled(operations, tried)
    if (next) [groups, order] = [tried, next]
  }
  return groups.length === 0 ? [...values] : optimise(rebuilt(values, order))
}

/** Operations that do the same, as far as what they compute with is computed by operations that do the same. */
function alikes(operations: Operation[]): Group[] {
  const kinds = new Map<Value, string>()
  const numbers = new Map<Value, number>()
  const groups = new Map<string, Group>()
  const kindOf = (input: Value): string | undefined => {
    if (input.shape.length > 0) return isList(input) ? (kinds.get(input) ?? `list, ${input.from.kind}`) : undefined
    if (constantScalar(input) !== undefined) return 'number'
    if (!numbers.has(input)) numbers.set(input, numbers.size)
    return `scalar ${numbers.get(input)}`
  }
  for (const operation of operations) {
    const output = outputOf(operation)
    if (!BY_ELEMENT.has(operation.operator) || !isList(output)) continue
    const inputs = operation.inputs.map((input) => kindOf(input!))
    const fit = operation.inputs.every((input) => input!.shape.length === 0 || input!.shape[0] === output.shape[0])
    if (!fit || inputs.includes(undefined)) continue
    const kind = `${operation.operator}(${inputs.join()})`
    kinds.set(output, kind)
    groups.set(kind, [...(groups.get(kind) ?? []), operation])
  }
  return [...groups.values()].filter((group) => group.length >= ENOUGH)
}

/** An order in which the groups and all other operations can run, each after those it needs; undefined in a circle. */
function scheduled(operations: Operation[], groups: Group[]): Unit[] | undefined {
  const unitOf = new Map<Operation, Unit>(operations.map((operation) => [operation, operation]))
  for (const group of groups) for (const operation of group) unitOf.set(operation, group)
  const units = [...new Set(unitOf.values())]
  const readers = new Map<Unit, Unit[]>(units.map((unit) => [unit, []]))
  const waiting = new Map<Unit, number>()
  for (const unit of units) {
    const needs = new Set(inputsOf(unit).flatMap(({ from }) => (from.kind === 'operation' ? [unitOf.get(from)!] : [])))
    waiting.set(unit, needs.size)
    for (const need of needs) readers.get(need)!.push(unit)
  }
  const order = units.filter((unit) => waiting.get(unit) === 0)
  for (const unit of order) {
    for (const reader of readers.get(unit)!) {
      waiting.set(reader, waiting.get(reader)! - 1)
      if (waiting.get(reader) === 0) order.push(reader)
    }
  }
  return order.length === units.length ? order : undefined
}

function rebuilt(values: readonly Value[], order: Unit[]): Value[] {
  const news = new Map<Value, Value>()
  /** A group's results, joined; its members' first results tell which. */
  const joins = new Map<Value, { group: Group; whole: Value }>()
  const now = (value: Value): Value => {
    const known = news.get(value)
    if (known) return known
    const joined = joins.get(value)
    if (!joined) return value
    const { group, whole } = joined
    for (const [i, part] of applyAll('Split', [whole, integers(group.map(lengthOf))], { axis: 0 }).entries())
      news.set(outputOf(group[i]!), part)
    return news.get(value)!
  }
  /** The members' inputs in one place, joined. */
  const together = (inputs: Value[], lengths: number[]): Value => {
    if (inputs[0]!.shape.length === 0)
      return constantScalar(inputs[0]!) === undefined ? now(inputs[0]!) : each(inputs, lengths)
    const first = joins.get(inputs[0]!)
    const same =
      first?.group.length === inputs.length && inputs.every((input, i) => input === outputOf(first.group[i]!))
    return same ? first.whole : concat(inputs.map(now), 0)
  }
  for (const unit of order) {
    if (Array.isArray(unit)) {
      const [{ operator, inputs, attributes }] = unit as [Operation]
      const whole = apply(
        operator,
        inputs.map((_, place) =>
          together(
            unit.map((member) => member.inputs[place]!),
            unit.map(lengthOf),
          ),
        ),
        attributes,
      )
      for (const member of unit) joins.set(outputOf(member), { group: unit, whole })
      continue
    }
    const inputs = unit.inputs.map((input) => input && now(input))
    if (inputs.every((input, i) => input === unit.inputs[i])) continue
    for (const [i, output] of applyAll(unit.operator, inputs, unit.attributes).entries())
      news.set(unit.outputs[i]!, output)
  }
  return values.map(now)
}

/** Constants, one for each element of the lists that they belong to; one of them where all are the same. */
function each(numbers: Value[], lengths: number[]): Value {
  const values = numbers.map((number) => constantScalar(number)!)
  if (new Set(values).size === 1) return numbers[0]!
  const list = values.flatMap((value, place) => Array<number>(lengths[place]!).fill(value))
  return constant(Float32Array.from(list), [list.length], 'float32')
}
