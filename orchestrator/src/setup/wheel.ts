// What is taken out of a wheel of TensorFlow, which is a ZIP file: the C library, its headers, and what it says of itself.
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Unzip, UnzipInflate } from 'fflate'

/**
 * Unpacks the wanted files, a piece at a time since the library has a gigabyte.
 * @returns their names in the wheel
 * @throws Error where the file is no ZIP file or ends early
 */
export async function unpack(wheel: string, folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const names: string[] = []
  const open = new Set<string>()
  const unzip = new Unzip((file) => {
    if (!wanted(file.name)) return
    const path = join(folder, file.name)
    mkdirSync(dirname(path), { recursive: true })
    const descriptor = openSync(path, 'w', 0o644)
    names.push(file.name)
    open.add(file.name)
    file.ondata = (error, chunk, final) => {
      if (error !== null) throw error
      writeSync(descriptor, chunk)
      if (!final) return
      closeSync(descriptor)
      open.delete(file.name)
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  try {
    for await (const chunk of createReadStream(wheel, { highWaterMark: 2 ** 20 })) unzip.push(chunk as Buffer)
    unzip.push(new Uint8Array(), true)
  } catch (error) {
    throw new Error(`${wheel}: ${(error as Error).message}`)
  }
  if (open.size > 0) throw new Error(`${wheel}: ends within ${[...open].join(', ')}`)
  return names
}
