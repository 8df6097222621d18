// What a trial needs to go on where it stopped, in one file. Order of samples and dropout are not in it: they follow
// from seed, epoch and step.
import { readFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import type { EpochRecord } from '@retort/schema/metrics'
import type { TrialId } from '@retort/schema/trialId'
import { writeWhole } from '../data/writeWhole.ts'
import { sha256 } from './artifacts.ts'

/** Sums over the steps of an epoch so far. */
export interface PartialSums {
  loss: number
  hard: number
  soft: number
  seconds: number
}

export interface Checkpoint {
  trial: TrialId
  /** On which the number of an epoch's steps depends. */
  batchSize: number
  /** Weights in the model's order, then the optimizer's slots. */
  variables: Float32Array[]
  /** Records of the epochs that are done. */
  records: EpochRecord[]
  /** Steps done of the epoch after those. */
  step: number
  sums: PartialSums
  /** Of training, over all attempts. */
  trainSeconds: number
  /** Where the best epoch's weights are kept, the first of equals so far. */
  best: { epoch: number; weights: Float32Array[] } | null
}

const digest = 64

export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const body = serialize(checkpoint)
  // One process at a time runs a trial, so what a killed one left aside is written over.
  await writeWhole(path, [Buffer.from(sha256(body), 'latin1'), body], `${path}.tmp`)
}

/**
 * @returns null where none was written yet, or only one of another batch size
 * @throws Error when it is damaged or another trial's
 */
export async function readCheckpoint(path: string, trial: TrialId, batchSize: number): Promise<Checkpoint | null> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (bytes === null) return null
  const [expected, body] = [bytes.toString('latin1', 0, digest), bytes.subarray(digest)]
  const found = sha256(body)
  if (found !== expected) {
    throw new Error(
      `checkpoint ${path} is damaged: expected SHA-256 ${expected}, got ${found}; delete it to start anew`,
    )
  }
  const checkpoint = deserialize(body) as Checkpoint
  if (checkpoint.trial !== trial) {
    throw new Error(`checkpoint ${path} belongs to trial ${checkpoint.trial}, expected ${trial}`)
  }
  return checkpoint.batchSize === batchSize ? checkpoint : null
}
