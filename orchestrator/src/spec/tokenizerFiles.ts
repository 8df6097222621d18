// The tokenizer.json that a data set names: a trial knows it by its hash.
import { hash } from 'node:crypto'
import { resolve } from 'node:path'
import { InputError, showValue } from '../errors/problem.ts'
import { violation, type Written } from './checks.ts'
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

export function checkTokenizer({ value, fits, files }: Written): Violation[] {
  const place = ['dataset', 'tokenizer', 'file']
  const tokenizer = isRecord(value.dataset) && value.dataset.tokenizer
  if (!isRecord(tokenizer) || typeof tokenizer.file !== 'string' || !fits(place)) return []
  const read = files.readTokenizer(tokenizer.file)
  if (!('missing' in read)) return []
  return [violation(place, 'a tokenizer.json that can be read', `${showValue(tokenizer.file)}: ${read.missing}`)]
}
