// Writes what was asked for to where people said: all of it, or nothing.
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'

export interface FileToWrite {
  path: string
  content: string | Uint8Array
}

/**
 * @param folder made where it is missing; left out where the files' folder must be there
 * @throws Error of the file system; what was not there before is not there then
 */
export async function writeFiles(files: FileToWrite[], folder?: string): Promise<void> {
  const made = folder === undefined ? undefined : await mkdir(folder, { recursive: true })
  const fresh = files.flatMap(({ path }) => (existsSync(path) ? [] : [path]))
  try {
    for (const { path, content } of files) await writeFile(path, content)
  } catch (error) {
    for (const path of made === undefined ? fresh : [made]) await rm(path, { recursive: true, force: true })
    throw error
  }
}
