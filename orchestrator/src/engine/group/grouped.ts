// Values of a group: several members run the same step at once, each on values of its own.
import { expand, reshape } from '../graph/build.ts'
import type { Operation, Value } from '../graph/value.ts'

/** A value of the step as a group computes it. */
export interface Grouped {
  value: Value
  /** Whether each member has its own, along a leading axis; else all share one. */
  own: boolean
}

/**
 * How a group computes an operation's outputs, each with the leading axis of members.
 * @param inputs at least one of them is the members' own
 */
export type GroupRule = (operation: Operation, inputs: (Grouped | undefined)[], members: number) => Value[]

/** What the value's shape is for one member. */
export const memberShape = ({ value, own }: Grouped): readonly number[] => (own ? value.shape.slice(1) : value.shape)

export function given(inputs: (Grouped | undefined)[], index: number): Grouped {
  const input = inputs[index]
  if (!input) throw new Error(`input ${index} is missing`)
  return input
}

/** The value with the leading axis, repeated for all members where they share it. */
export function ownOf({ value, own }: Grouped, members: number): Value {
  return own ? value : expand(reshape(value, [1, ...value.shape]), [members, ...value.shape])
}

/** The value so that it broadcasts with others whose members have values of a rank. */
export function alignedTo(grouped: Grouped, rank: number): Value {
  if (!grouped.own) return grouped.value
  const shape = memberShape(grouped)
  const ones = Array<number>(rank - shape.length).fill(1)
  return reshape(grouped.value, [grouped.value.shape[0]!, ...ones, ...shape])
}

/** An axis of one member's value, as the group has it; negative ones count from the end. */
export const shifted = (axis: number): number => (axis < 0 ? axis : axis + 1)
