// Writes a file so that nobody ever reads half of it.
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file so that it is there whole or not at all, whatever happens on the way.
 * @param aside where it is written first, in the same folder; no other process writes there
 */
export async function writeWhole(path: string, parts: Uint8Array[], aside: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(aside, 'w')
  try {
    for (const part of parts) await file.writeFile(part)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
}
