// Whether the `sweep` axes lead somewhere, set what is valid there, and do not get in each other's way.
import type { Student, Training } from '@retort/schema/experiment'
import type { ResolvedTraining } from '@retort/schema/trial'
import { nearest } from '../errors/nearest.ts'
import { alternatives, type Path, showPath, showValue } from '../errors/problem.ts'
import {
  type Axis,
  applies,
  type Point,
  pointSchema,
  schemaOfValues,
  startsOf,
  switchedBy,
  type Variant,
} from './axes.ts'
import { canonical, canonicalTraining } from './canonical.ts'
import { objectiveAxis, objectiveSchema } from './objectives.ts'
import { resolveTraining } from './resolve.ts'
import { fill, follow, isRecord, type Schema } from './schema.ts'
import { forbiddenNames } from './source.ts'
import { type Violation, violations } from './validate.ts'
import { listOf, violation, type Written } from './written.ts'

/** What people look for under `sweep` that has a place of its own. */
const places: Record<string, string> = {
  seed: 'seeds',
  seeds: 'seeds',
  temperature: 'temperatures',
  temperatures: 'temperatures',
  lossWeights: 'lossWeights',
  'distillation.temperature': 'temperatures',
  'distillation.weights': 'lossWeights',
  'distillation.weights.hard': 'lossWeights',
  'distillation.weights.soft': 'lossWeights',
  architecture: 'students',
  'architecture.type': 'students',
  'architecture.file': 'students',
}

/** The axes that can be used, and what is wrong with the others. */
export function checkAxes(written: Written): { axes: Axis[]; found: Violation[] } {
  const sweep = isRecord(written.value.sweep) ? written.value.sweep : {}
  const axes = Object.entries(sweep).map(
    ([path, axis]): Axis => ({ path, segments: path.split('.'), values: listOf(isRecord(axis) ? axis.values : []) }),
  )
  const { points, complete } = pointsOf(written)
  const known = [...new Set(points.flatMap((point) => pathsOf(point)))]
  const found = axes.flatMap((axis) => checkForm(axis, known))
  const formed = axes.filter((axis) => !found.some(({ path }) => path[1] === axis.path))
  found.push(...checkOverlaps(formed))

  // Values that exchange an optimizer or a schedule must be valid before what follows from them can be asked.
  const valid = formed
    .map((axis) => ({ ...axis, values: validSwitches(axis, points) }))
    .filter(({ values }) => values.length > 0)
  const starts = points.flatMap((point) => startsOf(point, valid))
  const usable: Axis[] = []
  for (const axis of formed) {
    if (axis.path === objectiveAxis) {
      const wrong = checkAgainst([objectiveSchema], axis)
      found.push(...wrong)
      if (wrong.length === 0) usable.push(axis)
      continue
    }
    const where = starts.filter((start) => applies(axis, start))
    const wrong = checkValues(axis, where)
    // A student that does not fit the schema might have what an axis sets.
    if (where.length === 0 && (complete(axis.segments[0]!) || !isInSchema(pointSchema, axis.segments))) {
      wrong.push(unknownPath(axis, starts))
    }
    found.push(...wrong)
    if (where.length > 0 && wrong.length === 0) usable.push(axis)
  }
  return { axes: usable, found }
}

/** The students as far as they fit the schema, and whether all of them do in their training or architecture. */
function pointsOf({ value, fits }: Written): { points: Point[]; complete(part: string): boolean } {
  const students = listOf(value.students)
  const fileFits = fits(['training'])
  const fit = students.map((student, index) => ({
    student: student as Student,
    architecture: isRecord(student) && fits(['students', index, 'architecture']),
    training: isRecord(student) && fileFits && fits(['students', index, 'training']),
  }))
  const points = fit.map(({ student, architecture, training }) => ({
    architecture: architecture ? fill(pointSchema.properties!.architecture!, student.architecture) : {},
    training: training ? resolveTraining(value.training as Training, student.training) : {},
  }))
  const complete = (part: string) =>
    students.length > 0 && fit.every((one) => (part === 'training' ? one.training : one.architecture))
  return { points: points as Point[], complete }
}

/** Whether any model, of whatever type, could have the path. */
function isInSchema(schema: Schema, [key, ...rest]: string[]): boolean {
  if (key === undefined) return true
  const { oneOf, items, properties = {} } = follow(schema)
  if (oneOf !== undefined) return oneOf.some((branch) => isInSchema(branch, [key, ...rest]))
  if (items !== undefined) return /^\d+$/.test(key) && isInSchema(items, rest)
  return Object.hasOwn(properties, key) && isInSchema(properties[key]!, rest)
}

function at(axis: Axis, ...rest: Path): Path {
  return ['sweep', axis.path, ...rest]
}

function checkForm(axis: Axis, known: string[]): Violation[] {
  const found = showValue(axis.path)
  const forbidden = axis.segments.find((segment) => forbiddenNames.includes(segment))
  if (forbidden !== undefined) {
    const message = `the name ${showValue(forbidden)} is refused, since it means something else to programs`
    return [violation(at(axis), 'a path without it', found, { at: 'name', message })]
  }
  const place = Object.hasOwn(places, axis.path) ? places[axis.path] : undefined
  if (place !== undefined) {
    const message = `${found} is no axis of its own: list the values under ${showValue(place)}`
    return [violation(at(axis), `the values under ${showValue(place)}`, found, { at: 'name', message })]
  }
  const [head, ...rest] = axis.segments
  if (head === objectiveAxis) {
    if (rest.length === 0) return []
    const message = `${found} is no axis of its own: list whole objectives under "objective"`
    return [violation(at(axis), 'whole objectives under "objective"', found, { at: 'name', message })]
  }
  if ((head === 'training' || head === 'architecture') && rest.length > 0 && rest.every((part) => part !== ''))
    return []
  const expected = 'a path that begins with "training." or "architecture.", or "objective"'
  const suggestion = known.find((path) => path.endsWith(`.${axis.path}`)) ?? nearest(axis.path, known)
  return [violation(at(axis), expected, found, { at: 'name', ...(suggestion === undefined ? {} : { suggestion }) })]
}

function checkOverlaps(axes: Axis[]): Violation[] {
  return axes.flatMap((axis, index) =>
    axes.slice(0, index).flatMap((earlier) => {
      const shorter = Math.min(axis.segments.length, earlier.segments.length)
      if (!axis.segments.slice(0, shorter).every((segment, place) => segment === earlier.segments[place])) return []
      const message = `overlaps the axis ${showValue(earlier.path)}: both set the same part`
      const expected = 'axes that set different parts'
      return [
        violation(at(axis), expected, `${showValue(axis.path)} and ${showValue(earlier.path)}`, {
          at: 'name',
          message,
        }),
      ]
    }),
  )
}

/** The values of an axis that exchanges an optimizer or schedule, as far as they are valid; all of another axis. */
function validSwitches(axis: Axis, points: Point[]): unknown[] {
  const point = points.find((candidate) => applies(axis, candidate) && switchedBy(axis, candidate) !== undefined)
  if (point === undefined) return axis.values
  const schema = schemaOfValues(axis, point)
  return [...new Set(axis.values)].filter((value) => violations(schema, value).length === 0)
}

function checkValues(axis: Axis, starts: Variant[]): Violation[] {
  const schemas = new Map<string, Schema>()
  for (const start of starts) {
    const schema = schemaOfValues(axis, start)
    schemas.set(canonical(schema), schema)
  }
  return checkAgainst([...schemas.values()], axis)
}

function checkAgainst(schemas: Schema[], axis: Axis): Violation[] {
  const found = new Map<string, Violation>()
  for (const { default: _, ...schema } of schemas) {
    const first = new Map<string, number>()
    for (const [index, value] of axis.values.entries()) {
      const wrong = violations(schema, value).map((inner) => ({
        ...inner,
        path: at(axis, 'values', index, ...inner.path),
      }))
      if (wrong.length === 0) {
        const filled = fill(schema, value)
        const key = canonicalValue(axis, filled)
        const earlier = first.get(key)
        if (earlier === undefined) first.set(key, index)
        // The schema tells of values that are the same as they are written.
        else if (canonical(value) !== canonical(axis.values[earlier])) {
          const alike = canonical(filled) === canonical(fill(schema, axis.values[earlier]))
          const how = alike ? ' once the defaults are filled in' : `, ${showValue(axis.values[earlier])}`
          const same = `${showValue(value)}, the same as item ${earlier}${how}`
          wrong.push(violation(at(axis, 'values', index), 'each value once', same))
        }
      }
      for (const one of wrong) found.set(`${showPath(one.path)} ${one.message}`, one)
    }
  }
  return [...found.values()]
}

/** Equal for values that set the same: an objective and the list of it alone, classes in another order. */
function canonicalValue({ path, segments }: Axis, filled: unknown): string {
  if (path === objectiveAxis) return canonical([filled].flat())
  const [part, ...rest] = segments
  const set = rest.reduceRight((inner, segment) => ({ [segment]: inner }), filled)
  return part === 'training' ? canonicalTraining(set as Partial<ResolvedTraining>) : canonical(set)
}

function unknownPath(axis: Axis, starts: Variant[]): Violation {
  const paths = [...new Set(starts.flatMap((start) => pathsOf(start)))].filter((path) =>
    path.startsWith(`${axis.segments[0]}.`),
  )
  const expected = `a path that a student has: ${alternatives(paths)}`
  const suggestion = nearest(axis.path, paths)
  const message = `applies to no student${suggestion === undefined ? `; expected ${alternatives(paths)}` : ''}`
  return violation(at(axis), expected, showValue(axis.path), {
    at: 'name',
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

/** Every path that could be an axis at a point. */
function pathsOf({ training, architecture }: Point): string[] {
  const below = (value: unknown, path: string[]): string[] => {
    const itself = path.length > 1 ? [path.join('.')] : []
    if (!isRecord(value)) return itself
    return [...itself, ...Object.entries(value).flatMap(([key, part]) => below(part, [...path, key]))]
  }
  return below({ training, architecture }, []).filter((path) => !Object.hasOwn(places, path))
}
