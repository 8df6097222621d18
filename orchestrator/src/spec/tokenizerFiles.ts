// The tokenizer.json that a data set or a teacher names: a trial knows it by its hash.
import { hash } from 'node:crypto'
import { resolve } from 'node:path'
import { InputError, type Path, showValue } from '../errors/problem.ts'
import { listOf, violation, type Written } from './checks.ts'
import { isRecord } from './schema.ts'
import { readBytes } from './source.ts'
import type { Violation } from './validate.ts'

/** `missing` where it cannot be read. */
export type ReadTokenizer = { path: string; sha256: string } | { missing: string }

/** Reads each file once, so that what is checked is what is used. */
export function tokenizerFiles(folder: string): (file: string) => ReadTokenizer {
  const known = new Map<string, ReadTokenizer>()
  return (file) => {
    const found = known.get(file) ?? readTokenizer(resolve(folder, file))
    known.set(file, found)
    return found
  }
}

function readTokenizer(path: string): ReadTokenizer {
  try {
    return { path, sha256: hash('sha256', readBytes(path)) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { missing: error.problems[0]!.found }
  }
}

export function checkTokenizers(written: Written): Violation[] {
  const { value } = written
  const places = [['dataset'], ...listOf(value.teachers).map((_, index) => ['teachers', index])]
  return places.flatMap((place) => {
    const [kind, index] = place
    const owner = index === undefined ? value[kind as string] : listOf(value.teachers)[index as number]
    return isRecord(owner) ? checkTokenizer(written, owner.tokenizer, [...place, 'tokenizer']) : []
  })
}

function checkTokenizer({ value, fits, files }: Written, tokenizer: unknown, place: Path): Violation[] {
  if (tokenizer === undefined) return []
  const type = isRecord(value.dataset) && fits(['dataset', 'type']) ? value.dataset.type : undefined
  if (place[0] === 'teachers' && typeof type === 'string' && type !== 'next-token') {
    const message = `only a teacher of a "next-token" data set may read by a tokenizer of its own, and this is ${showValue(type)}`
    return [violation(place, 'nothing', showValue(tokenizer), { at: 'name', message })]
  }
  if (!isRecord(tokenizer) || typeof tokenizer.file !== 'string' || !fits([...place, 'file'])) return []
  const read = files.readTokenizer(tokenizer.file)
  if (!('missing' in read)) return []
  const found = `${showValue(tokenizer.file)}: ${read.missing}`
  return [violation([...place, 'file'], 'a tokenizer.json that can be read', found)]
}
