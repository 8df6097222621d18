// Writes and reads artifacts: files named by the hash of their bytes.
import { createHash } from 'node:crypto'
import { access, open } from 'node:fs/promises'
import type { Artifact, ArtifactHash } from '@retort/schema/artifact'
import { artifactPath } from '@retort/schema/artifact'
import { writeWhole } from '../data/writeWhole.ts'

export const sha256 = (bytes: Uint8Array): ArtifactHash => createHash('sha256').update(bytes).digest('hex')

/**
 * @param folder the store's folder
 * @param parts of its bytes, one after the other
 */
export async function writeArtifact(folder: string, kind: Artifact['kind'], ...parts: Uint8Array[]): Promise<Artifact> {
  const digest = createHash('sha256')
  for (const part of parts) for (const piece of pieces(part)) digest.update(piece)
  const hash = digest.digest('hex')
  const path = artifactPath(folder, hash)
  const present = await access(path).then(
    () => true,
    () => false,
  )
  if (!present) await writeWhole(path, parts, `${path}.${process.pid}.tmp`)
  return { kind, hash, bytes: parts.reduce((sum, { length }) => sum + length, 0) }
}

/** Half of what one call may read or hash. */
const largest = 2 ** 30

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += largest) yield bytes.subarray(start, start + largest)
}

/** @throws Error when it is missing, or its bytes are not those that its name tells */
export async function readArtifact(folder: string, hash: ArtifactHash): Promise<Buffer> {
  const path = artifactPath(folder, hash)
  const [bytes, found] = await readWhole(path).catch((error: Error) => {
    throw new Error(`cannot read artifact ${path}: ${error.message}`)
  })
  if (found !== hash) throw new Error(`artifact ${path} is damaged: expected SHA-256 ${hash}, got ${found}`)
  return bytes
}

/** A file's bytes, from the beginning of a buffer of their own, and their hash. */
async function readWhole(path: string): Promise<[Buffer, ArtifactHash]> {
  const file = await open(path, 'r')
  try {
    const bytes = Buffer.allocUnsafeSlow((await file.stat()).size)
    const digest = createHash('sha256')
    for (const piece of pieces(bytes)) {
      let filled = 0
      while (filled < piece.length) {
        const { bytesRead } = await file.read(piece, filled, piece.length - filled)
        if (bytesRead === 0) throw new Error('it became shorter while it was read')
        filled += bytesRead
      }
      digest.update(piece)
    }
    return [bytes, digest.digest('hex')]
  } finally {
    await file.close()
  }
}
