// The tokenizer.json that a data set or a teacher names: a trial knows it by its hash.
import { hash } from 'node:crypto'
import { resolve } from 'node:path'
import { InputError } from '../errors/problem.ts'
import { readBytes } from './source.ts'

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
