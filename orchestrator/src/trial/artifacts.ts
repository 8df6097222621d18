// Writes and reads artifacts: files named by the hash of their bytes.
import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { artifactPath } from '@retort/schema/artifact'
import type { Artifact, ArtifactHash } from '@retort/schema/trial'
import { writeWhole } from '../data/writeWhole.ts'

export const sha256 = (bytes: Uint8Array): ArtifactHash => createHash('sha256').update(bytes).digest('hex')

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
