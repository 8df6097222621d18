// Who learns from whom: the lines of teaching that the pairs span, before temperatures, loss weights and seeds
// multiply them into trials.
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import { type Axis, type Variant, variantsOf } from './axes.ts'

/** A student at a point of the axes, as somebody teaches it. */
export interface Line {
  student: string
  variant: Variant
  master: Master
  /** The variant's values, and those that made its teacher, by path. */
  axes: Variant['axes']
}

/** A teacher; a line that teaches; a student's baseline. */
export type Master =
  | { type: 'teacher'; id: string }
  | { type: 'line'; line: Line }
  | { type: 'baseline'; student: string; variant: Variant }

/** A student as it trains, with nobody and with each who teaches it. */
export interface Student {
  variants: Variant[]
  lines: Line[]
}

type Taught = Pick<Resolved<Experiment>, 'teachers' | 'students' | 'pairs'>

/** Who teaches a student: the teachers in the file's order, then the students in that of the pairs. */
export function mastersOf({ pairs, teachers }: Pick<Taught, 'pairs' | 'teachers'>, student: string) {
  if (pairs === 'all') return teachers.map(({ id }) => ({ type: 'teacher' as const, id, generations: 1 }))
  const own = pairs.filter((pair) => pair.student === student)
  const place = new Map(teachers.map(({ id }, index) => [id, index]))
  const byTeachers = own.flatMap(({ teacher, generations }) =>
    typeof teacher === 'string' && place.has(teacher) ? [{ type: 'teacher' as const, id: teacher, generations }] : [],
  )
  const byStudents = own.flatMap(({ teacher, generations }) =>
    typeof teacher === 'string' ? [] : [{ type: 'student' as const, id: teacher.student, generations }],
  )
  return [...byTeachers.sort((one, other) => place.get(one.id)! - place.get(other.id)!), ...byStudents]
}

/**
 * Every student with its variants and lines, in the file's order but for those that teach, which come before whom they
 * teach. A line comes after the one that teaches it.
 * @param experiment whose pairs do not go in a circle
 */
export function linesOf(experiment: Taught, axes: Axis[]): Map<string, Student> {
  const known = new Map<string, Student>()
  const studentOf = (id: string): Student => {
    const found = known.get(id)
    if (found !== undefined) return found
    const variants = [...variantsOf(experiment.students.find((student) => student.id === id)!, axes)]
    const masters = mastersOf(experiment, id).map((master) => ({
      ...master,
      at: master.type === 'teacher' ? () => [{ type: 'teacher' as const, id: master.id }] : teaching(id, master.id),
    }))
    const lines: Line[] = []
    for (const variant of variants) {
      for (const { at, generations } of masters) {
        for (const first of at === undefined ? baselineOf(id, variant) : at(variant.axes)) {
          let master: Master = first
          for (let generation = 1; generation <= generations; generation++) {
            const line: Line = { student: id, variant, master, axes: { ...axesOfMaster(master), ...variant.axes } }
            lines.push(line)
            master = { type: 'line', line }
          }
        }
      }
    }
    const student = { variants, lines }
    known.set(id, student)
    return student
  }
  /** As what a student teaches another at a point of the axes; undefined for itself. */
  const teaching = (student: string, teacher: string): ((axes: Variant['axes']) => Master[]) | undefined => {
    if (student === teacher) return undefined
    const { variants, lines } = studentOf(teacher)
    // Those that teach another generation of this student are not its last.
    const followed = new Set(lines.map(({ master }) => (master.type === 'line' ? master.line : undefined)))
    const last = lines.filter((line) => !followed.has(line))
    return last.length === 0
      ? agreeing(variants, (variant): Master => ({ type: 'baseline', student: teacher, variant }))
      : agreeing(last, (line): Master => ({ type: 'line', line }))
  }
  for (const { id } of experiment.students) studentOf(id)
  return known
}

const baselineOf = (student: string, variant: Variant): Master[] => [{ type: 'baseline', student, variant }]

function axesOfMaster(master: Master): Variant['axes'] {
  if (master.type === 'teacher') return {}
  return master.type === 'line' ? master.line.axes : master.variant.axes
}

/**
 * Finds, for the values of some axes, the items whose values of the axes that both have are the same. Items are looked
 * up, not gone through: a grid is to be planned in time that grows with its trials.
 */
function agreeing<Item extends { axes: Variant['axes'] }, Found>(items: Item[], found: (item: Item) => Found) {
  const kinds = grouped(items, ({ axes }) => JSON.stringify(Object.keys(axes)))
  const indexes = new Map<string, { shared: string[]; index: Map<string, Item[]> }[]>()
  return (axes: Variant['axes']): Found[] => {
    const kind = JSON.stringify(Object.keys(axes))
    const known = indexes.get(kind)
    const tables =
      known ??
      [...kinds.values()].map((alike) => {
        const shared = Object.keys(alike[0]!.axes).filter((path) => Object.hasOwn(axes, path))
        return { shared, index: grouped(alike, (item) => valuesOf(item.axes, shared)) }
      })
    if (known === undefined) indexes.set(kind, tables)
    return tables.flatMap(({ shared, index }) => (index.get(valuesOf(axes, shared)) ?? []).map(found))
  }
}

function grouped<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

const valuesOf = (axes: Variant['axes'], paths: string[]): string => JSON.stringify(paths.map((path) => axes[path]))

/** The pairs by which students teach each other in a circle: for each, the ids that it closes the circle of. */
export function circlesOf(pairs: { teacher: string; student: string }[]): { pair: number; circle: string[] }[] {
  const taughtBy = new Map<string, string[]>()
  const found: { pair: number; circle: string[] }[] = []
  for (const [pair, { teacher, student }] of pairs.entries()) {
    if (teacher === student) continue
    const circle = wayBetween(taughtBy, student, teacher)
    if (circle !== undefined) found.push({ pair, circle: [teacher, ...circle] })
    else taughtBy.set(teacher, [...(taughtBy.get(teacher) ?? []), student])
  }
  return found
}

/** Ids from one to the other, each of which teaches the next. */
function wayBetween(teaches: Map<string, string[]>, from: string, to: string): string[] | undefined {
  const before = new Map<string, string | null>([[from, null]])
  for (const at of before.keys()) {
    if (at === to) {
      const way: string[] = []
      for (let step: string | null = at; step !== null; step = before.get(step)!) way.unshift(step)
      return way
    }
    for (const next of teaches.get(at) ?? []) if (!before.has(next)) before.set(next, at)
  }
  return undefined
}
