// The `sweep` axes: paths into a student trial's configuration, and the grid that their values span. The axis
// `objective` leads into no student: objectives.ts has it.
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedArchitecture, ResolvedTraining } from '@retort/schema/trial'
import { branchFor, fill, follow, isRecord, type Schema, schemaAt, tagsOf } from './schema.ts'

/** The part of a student trial's configuration that axes lead into. */
export interface Point {
  architecture: ResolvedArchitecture
  training: ResolvedTraining
}

export interface Axis {
  /** As it is written: `training.optimizer.learningRate`. */
  path: string
  segments: string[]
  values: unknown[]
}

/** A student at one point of the grid of axes. */
export interface Variant extends Point {
  /** Values as they are written, by path, of the axes that apply. */
  axes: Record<string, unknown>
}

export const pointSchema: Schema = {
  type: 'object',
  properties: { training: { $ref: '#/$defs/Training' }, architecture: { $ref: '#/$defs/Architecture' } },
}

export function axesOf(sweep: Resolved<Experiment>['sweep']): Axis[] {
  return Object.entries(sweep).map(([path, { values }]) => ({ path, segments: path.split('.'), values }))
}

/** Whether the point has what the axis sets. */
export function applies(axis: Axis, point: Point): boolean {
  let at: unknown = point
  for (const segment of axis.segments) {
    const isPart = Array.isArray(at) ? /^(0|[1-9]\d*)$/.test(segment) : isRecord(at)
    if (!isPart || !Object.hasOwn(at as object, segment)) return false
    at = (at as Record<string, unknown>)[segment]
  }
  return true
}

/** The schema of the object whose type the axis sets, where it does: such an axis exchanges the whole object. */
export function switchedBy(axis: Axis, point: Point): Schema | undefined {
  const parent = schemaAt(pointSchema, point, axis.segments.slice(0, -1))
  const discriminator = parent && follow(parent).discriminator
  return discriminator?.propertyName === axis.segments.at(-1) ? parent : undefined
}

/** The schema of what an axis sets at a point that it applies to. */
export function schemaOfValues(axis: Axis, point: Point): Schema {
  const switched = switchedBy(axis, point)
  // A type that asks for more than its name is set with the whole object.
  if (switched !== undefined) return { enum: tagsOf(follow(switched)).filter((type) => needsOnlyType(switched, type)) }
  return schemaAt(pointSchema, point, axis.segments) as Schema
}

const needsOnlyType = (schema: Schema, type: string): boolean =>
  branchFor(follow(schema), { type })!.required!.every((name) => name === 'type')

/**
 * The points from which the other axes start: one for each combination of the values of axes that exchange an
 * optimizer or schedule. Which other axes apply depends on them, as SGD has a momentum and Adam has none.
 */
export function startsOf(point: Point, axes: Axis[]): Variant[] {
  let starts: Variant[] = [{ ...point, axes: {} }]
  for (const axis of axes) {
    starts = starts.flatMap((start) => {
      const switched = applies(axis, start) ? switchedBy(axis, start) : undefined
      if (switched === undefined) return [start]
      return axis.values.map((type) => {
        const parent = axis.segments.slice(0, -1)
        const old = parent.reduce<unknown>((at, segment) => (at as Record<string, unknown>)[segment], start)
        const same = (old as { type: string }).type === type
        const exchanged = same ? start : replaceAt(start, parent, fill(switched, { type }))
        return { ...exchanged, axes: { ...start.axes, [axis.path]: type } }
      })
    })
  }
  return starts
}

/** The axes that apply at a start, without those that led to it. */
export function freeAxes(start: Variant, axes: Axis[]): Axis[] {
  return axes.filter((axis) => !Object.hasOwn(start.axes, axis.path) && applies(axis, start))
}

/** How many points a student has in the grid; nothing is built for it. */
export function countVariants(point: Point, axes: Axis[]): number {
  return startsOf(point, axes).reduce(
    (sum, start) => sum + freeAxes(start, axes).reduce((product, axis) => product * axis.values.length, 1),
    0,
  )
}

/** A student at every point of the grid, the last axis varying fastest. */
export function* variantsOf(point: Point, axes: Axis[]): Generator<Variant> {
  for (const start of startsOf(point, axes)) {
    const free = freeAxes(start, axes).map((axis) => {
      const schema = schemaOfValues(axis, start)
      return { axis, filled: axis.values.map((value) => fill(schema, value)) }
    })
    yield* product(start, free)
  }
}

function* product(at: Variant, [first, ...rest]: { axis: Axis; filled: unknown[] }[]): Generator<Variant> {
  if (first === undefined) {
    yield at
    return
  }
  for (const [index, value] of first.filled.entries()) {
    const axes = { ...at.axes, [first.axis.path]: first.axis.values[index] }
    yield* product({ ...replaceAt(at, first.axis.segments, value), axes }, rest)
  }
}

/** A copy in which one part is another; all that does not lead to it is shared. */
function replaceAt<Whole>(whole: Whole, [key, ...rest]: string[], part: unknown): Whole {
  if (key === undefined) return part as Whole
  if (Array.isArray(whole)) return whole.with(Number(key), replaceAt(whole[Number(key)], rest, part)) as Whole
  if (!isRecord(whole)) throw new Error(`no part ${key} to replace`)
  return { ...whole, [key]: replaceAt(whole[key], rest, part) }
}
