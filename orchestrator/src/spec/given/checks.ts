// Whether each teacher is of one kind, its files can be read, and ensembles are made of teachers that there are.
import { dirname } from 'node:path'
import type { Experiment, Teacher } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import { nearest } from '../../errors/nearest.ts'
import { alternatives, type Path, type Problem, showValue } from '../../errors/problem.ts'
import { canonical } from '../canonical.ts'
import { circlesOf } from '../lines.ts'
import type { Files } from '../resolve.ts'
import { definition, fill, isRecord } from '../schema.ts'
import type { Source } from '../source.ts'
import type { Violation } from '../validate.ts'
import { listOf, violation, type Written } from '../written.ts'
import { contentOf } from './content.ts'
import { givenTypeOf, givenTypes } from './read.ts'

const kinds = ['architecture', ...givenTypes] as const

export function checkTeachers(written: Written): Violation[] {
  const teachers = listOf(written.value.teachers)
  const ofOne = teachers.flatMap((teacher, index) => (isRecord(teacher) ? checkKind(teacher, index) : []))
  return [...ofOne, ...checkEnsembles(written), ...checkSameGiven(written)]
}

/** Exactly one thing that it is, and nothing beside it that only training takes. */
function checkKind(teacher: Record<string, unknown>, index: number): Violation[] {
  const found = kinds.filter((kind) => Object.hasOwn(teacher, kind))
  if (found.length === 0) {
    const expected = `one of ${alternatives(kinds.map(showValue))}`
    const message = `missing; expected ${expected}`
    return [violation(['teachers', index, 'architecture'], expected, 'nothing', { message })]
  }
  if (found.length > 1) {
    const expected = `one of ${alternatives(kinds.map(showValue))}`
    return [violation(['teachers', index], expected, alternatives(found.map(showValue)).replace(' or ', ' and '))]
  }
  const [kind] = found
  const refused = (name: string, why: string): Violation[] => {
    if (!Object.hasOwn(teacher, name)) return []
    const message = `a teacher with ${showValue(kind)} ${why}, so it has no ${showValue(name)}`
    return [violation(['teachers', index, name], 'nothing', showValue(name), { at: 'name', message })]
  }
  const training = kind === 'architecture' ? [] : ['training', 'seed']
  const reading = kind === 'logits' || kind === 'ensemble' ? ['tokenizer', 'length'] : []
  return [
    ...training.flatMap((name) => refused(name, 'is not trained here')),
    ...reading.flatMap((name) => refused(name, 'reads no text')),
    ...(Object.hasOwn(teacher, 'tokenizer') || reading.length > 0
      ? []
      : refused('length', 'reads the windows of the data set')),
  ]
}

function checkEnsembles({ value, fits }: Written): Violation[] {
  const teachers = listOf(value.teachers)
  const ids = teachers.flatMap((teacher) => (isRecord(teacher) && typeof teacher.id === 'string' ? [teacher.id] : []))
  const members: { teacher: string; student: string; path: Path }[] = []
  const found = teachers.flatMap((teacher, index) => {
    if (!isRecord(teacher) || !isRecord(teacher.ensemble) || !fits(['teachers', index, 'ensemble', 'of'])) return []
    const { of, weights } = teacher.ensemble
    const place: Path = ['teachers', index, 'ensemble']
    const named = listOf(of).flatMap((id, at) => {
      const path = [...place, 'of', at]
      const others = ids.filter((other) => other !== teacher.id)
      if (typeof id === 'string' && ids.includes(id)) {
        members.push({ teacher: id, student: String(teacher.id), path })
        if (id === teacher.id) return [violation(path, 'another teacher', `${showValue(id)} itself`)]
        const member = teachers.find((other) => isRecord(other) && other.id === id)
        if (!isRecord(member) || member.tokenizer === undefined) return []
        const found = `${showValue(id)}, which has a tokenizer of its own`
        return [
          violation(path, 'a teacher that reads the data set’s tokens, as a mean is over the same classes', found),
        ]
      }
      const expected = `the id of another teacher: ${alternatives(others.map(showValue))}`
      const suggestion = nearest(String(id), others)
      return [violation(path, expected, showValue(id), suggestion === undefined ? {} : { suggestion })]
    })
    const [count, weighted] = [listOf(of).length, listOf(weights).length]
    if (weights === undefined || count === weighted || !fits([...place, 'weights'])) return named
    return [...named, violation([...place, 'weights'], `${count} weights, one for each teacher`, String(weighted))]
  })
  const circles = circlesOf(members).map(({ pair, circle }) => {
    const shown = circle.map(showValue).join(' in ')
    return violation(members[pair]!.path, 'ensembles that are not made of each other', shown)
  })
  return [...found, ...circles]
}

/** Two teachers whose files and settings say the same are one trial. */
function checkSameGiven({ value, fits, files }: Written): Violation[] {
  const teachers = listOf(value.teachers).flatMap((raw, index) => {
    if (!fits(['teachers', index])) return []
    const teacher = raw as Teacher
    if (teacher.architecture !== undefined || givenTypeOf(teacher) === undefined) return []
    const read = files.readGiven(teacher)
    if (!('resolved' in read)) return []
    const given = read.resolved
    // The weights of an ONNX model may stand in files beside it, which nobody has read yet.
    const folder = given.type === 'onnx' ? dirname(given.path) : null
    const reader = [tokenizerOf(teacher, files), teacher.length ?? null]
    return [{ index, id: teacher.id, content: [contentOf(given), folder, reader] }]
  })
  return same(teachers)
}

/** The same, of what is known once the files of all of them are read. */
export function sameGivenProblems(
  { problem }: Pick<Source, 'problem'>,
  { teachers }: Pick<Resolved<Experiment>, 'teachers'>,
): Problem[] {
  const given = teachers.flatMap((teacher, index) => {
    if (!('given' in teacher)) return []
    const { id, reader, given } = teacher
    const { file: _, ...tokenizer } = { file: '', ...reader?.tokenizer }
    return [{ index, id, content: [contentOf(given), tokenizer, reader?.length ?? null] }]
  })
  return same(given).map(({ path, at, ...what }) => problem(path, what, at))
}

function same(teachers: { index: number; id: string; content: unknown }[]): Violation[] {
  const first = new Map<string, string>()
  return teachers.flatMap(({ index, id, content }) => {
    const key = canonical(content)
    const other = first.get(key)
    if (other === undefined) {
      first.set(key, id)
      return []
    }
    const names = `${showValue(id)} and ${showValue(other)}`
    const message = `the same teacher under two names, ${names}`
    return [violation(['teachers', index], `a teacher that differs from ${showValue(other)}`, names, { message })]
  })
}

/** As the schema fills it, and of a file what it holds. */
function tokenizerOf({ tokenizer }: Teacher, { readTokenizer }: Files): unknown {
  if (tokenizer === undefined) return null
  const filled = fill(definition('Teacher').properties!.tokenizer!, tokenizer) as typeof tokenizer
  if (!('file' in filled)) return filled
  const read = readTokenizer(filled.file)
  return 'missing' in read ? filled : { ...filled, file: read.sha256 }
}

/** Files of teachers: those that cannot be read are told of where they are named, what is wrong inside them there. */
export function checkGivenFiles({ value, fits, files }: Written): { found: Violation[]; problems: Problem[] } {
  const found: Violation[] = []
  const problems: Problem[] = []
  for (const [index, raw] of listOf(value.teachers).entries()) {
    const type = isRecord(raw) ? givenTypeOf(raw as unknown as Teacher) : undefined
    if (type === undefined || !fits(['teachers', index, type])) continue
    const read = files.readGiven(raw as Teacher)
    if ('resolved' in read) continue
    problems.push(...read.problems)
    for (const { path, file, found: got } of read.missing) {
      found.push(violation(['teachers', index, ...path], 'a file that can be read', `${showValue(file)}: ${got}`))
    }
  }
  return { found, problems }
}
