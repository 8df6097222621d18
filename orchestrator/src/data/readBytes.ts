// Reads one of the files that a data set names.
import { readFile } from 'node:fs/promises'
import { DatasetProblem } from './data.ts'

/**
 * @param path the file
 * @param key the data set's property that names it, for errors
 * @throws DatasetProblem when it cannot be read
 */
export async function readBytes(path: string, key: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DatasetProblem(`${path}: ${error.code === 'ENOENT' ? 'no such file' : error.message}`, [key])
  })
}
