// Where an artifact lies: its path follows from its hash alone, so no text from outside reaches the file system.
import { join } from 'node:path'
import type { ArtifactHash } from './trial.ts'

/**
 * @param folder the store's folder
 * @param hash SHA-256 in 64 lower-case hexadecimal digits
 * @throws RangeError when the hash is anything else
 */
export function artifactPath(folder: string, hash: ArtifactHash): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) {
    throw new RangeError(`an artifact's hash has 64 hexadecimal digits, got ${JSON.stringify(hash)}`)
  }
  return join(folder, 'artifacts', hash.slice(0, 2), hash)
}
