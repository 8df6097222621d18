// Files of the user's that a teacher consists of: read whole, and known by their hash.
import { createHash, hash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import type { GivenFile } from '@retort/schema/given'
import { readBytes } from '../source.ts'

/** Throws InputError where it cannot be read. */
export function givenFile(file: string, folder: string): GivenFile {
  const path = isAbsolute(file) ? file : join(folder, file)
  return { file, path, sha256: hash('sha256', readBytes(path)) }
}

/**
 * A file's bytes, as they were when it was planned.
 * @throws Error when it cannot be read, or has changed since
 */
export function readGiven({ file, path, sha256 }: GivenFile): Buffer {
  const bytes = readBytes(path)
  const found = hash('sha256', bytes)
  if (found !== sha256) {
    throw new Error(`${file} has changed since it was planned: expected SHA-256 ${sha256}, got ${found}`)
  }
  return bytes
}

/** Of a file of any size, piece by piece. */
export function sha256Of(path: string): string {
  const sum = createHash('sha256')
  const piece = Buffer.alloc(2 ** 20)
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) sum.update(piece.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return sum.digest('hex')
}

/** Whether a path that one file says of another leads out of the folder. */
export const isOutside = (path: string): boolean =>
  /^([/\\]|[A-Za-z]:|\.\.([/\\]|$))/.test(normalize(path.replaceAll('\\', '/')))
