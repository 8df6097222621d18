// The files that trials leave, named by the hash of their bytes, and where each lies: its path follows from its hash alone,
// so no text from outside reaches the file system.
import { join } from 'node:path'

/** SHA-256 of an artifact's bytes, in hexadecimal; where it lies follows from it. */
export type ArtifactHash = string

export interface Artifact {
  kind: 'onnx' | 'weights' | 'topology' | 'tokenizer' | 'logits'
  hash: ArtifactHash
  bytes: number
}

/**
 * A teacher's raw logits over the whole training file in each of its views, then the reported test
 * samples; little-endian, float32 for a class of each sample, float16 for a class of each position. Of a teacher whose
 * tokens are others: float16 logits of the training file's positions that have some, each row the largest first, then a
 * byte for each position, 1 where it has. The file ends with 64 bytes: SHA-256 of the teacher's weights and of the data.
 */
export interface LogitsArtifact {
  /** SHA-256 over the teacher's weights, the data, the preprocessing and the type of the numbers. */
  key: string
  artifact: ArtifactHash
  trainSamples: number
  testSamples: number
  /** The teacher's, which are others than the data's where it has a tokenizer of its own. */
  classes: number
  /** Of how many positions of the training file there are logits where the teacher's tokens are others; else null. */
  aligned: number | null
  /** What computing them took, and so what every read saves. */
  seconds: number
}

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
