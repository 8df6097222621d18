// Writes and reads artifacts: files named by the hash of their bytes.
import { createHash } from 'node:crypto'
import { access, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { artifactPath } from '@retort/schema/artifact'
import type { Artifact, ArtifactHash } from '@retort/schema/trial'

export const sha256 = (bytes: Uint8Array): ArtifactHash => createHash('sha256').update(bytes).digest('hex')

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

/** @param folder the store's folder */
export async function writeArtifact(folder: string, kind: Artifact['kind'], bytes: Uint8Array): Promise<Artifact> {
  const hash = sha256(bytes)
  const path = artifactPath(folder, hash)
  const present = await access(path).then(
    () => true,
    () => false,
  )
  if (!present) await writeWhole(path, [bytes], `${path}.${process.pid}.tmp`)
  return { kind, hash, bytes: bytes.length }
}

/** @throws Error when it is missing, or its bytes are not those that its name tells */
export async function readArtifact(folder: string, hash: ArtifactHash): Promise<Buffer> {
  const path = artifactPath(folder, hash)
  const bytes = await readFile(path).catch((error: Error) => {
    throw new Error(`cannot read artifact ${path}: ${error.message}`)
  })
  const found = sha256(bytes)
  if (found !== hash) throw new Error(`artifact ${path} is damaged: expected SHA-256 ${hash}, got ${found}`)
  return bytes
}
