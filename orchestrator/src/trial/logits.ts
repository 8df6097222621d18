// A teacher's logits, computed once and read by every student. The artifact holds numbers, little-endian, [views *
// training file + reported test samples, ...labelShape, classes], float32 for a class of each sample and float16 for a
// class of each position, of which there are many; then 64 bytes: SHA-256 of the teacher's weights, then of the data.
// With them a student proves that these logits belong to the data it has before it.
import { createHash } from 'node:crypto'
import type { Artifact, ArtifactHash, LogitsArtifact } from '@retort/schema/trial'
import { type Data, sizeOf, viewsOf } from '../data/data.ts'
import { readArtifact, writeArtifact } from './artifacts.ts'
import type { Source } from './given/source.ts'
import { type Table, toHalves, wholeOf } from './halves.ts'

export interface TeacherLogits {
  /** Of each view over the whole training file, [views, samples, ...labelShape, classes]. */
  train: Table
  /** Of the reported test samples, [samples, ...labelShape, classes]; null where they are unknown. */
  test: Float32Array | null
}

const footer = 64

/** Logits of one sample. */
const widthOf = ({ labelShape, classes }: Data): number => sizeOf(labelShape) * classes

/** The type of the numbers. */
const dtypeOf = ({ labelShape }: Pick<Data, 'labelShape'>) => (labelShape.length === 0 ? 'float32' : 'float16')

/** What the logits follow from; the augmentation and its seed are part of the data's hash. */
export function logitsKey(weights: ArtifactHash, data: Pick<Data, 'hash' | 'preprocessing' | 'labelShape'>): string {
  const source = { weights, data: data.hash, preprocessing: data.preprocessing, dtype: dtypeOf(data) }
  return createHash('sha256').update(JSON.stringify(source)).digest('hex')
}

/**
 * Asks the teacher for the logits of every view of the training file and of the test samples, and stores them.
 * @param weights the hash of the teacher's, or of what else it is
 */
export async function computeLogits(
  folder: string,
  teacher: Pick<Source, 'logits'>,
  data: Data,
  weights: ArtifactHash,
  between: () => void,
): Promise<{ artifact: Artifact; logits: LogitsArtifact }> {
  const start = performance.now()
  const whole = { ...data.train, indices: Int32Array.from({ length: data.trainFileSamples }, (_, index) => index) }
  const stored = (numbers: Float32Array): Table => (dtypeOf(data) === 'float32' ? numbers : toHalves(numbers))
  const views: Table[] = []
  for (let view = 0; view < viewsOf(data); view++) {
    views.push(stored((await teacher.logits('train', whole, between, view)) as Float32Array))
  }
  const test = (await teacher.logits('test', data.test, between)) ?? new Float32Array(0)
  const bytes = Buffer.concat([
    ...views.map(({ buffer }) => Buffer.from(buffer)),
    Buffer.from(stored(test).buffer),
    Buffer.from(weights, 'hex'),
    Buffer.from(data.hash, 'hex'),
  ])
  const artifact = await writeArtifact(folder, 'logits', bytes)
  return {
    artifact,
    logits: {
      key: logitsKey(weights, data),
      artifact: artifact.hash,
      trainSamples: data.trainFileSamples,
      testSamples: test.length / widthOf(data),
      classes: data.classes,
      seconds: (performance.now() - start) / 1000,
    },
  }
}

/** @throws Error when they are missing, damaged, or of other data */
export async function readLogits(folder: string, logits: LogitsArtifact, data: Data): Promise<TeacherLogits> {
  const name = `the teacher's logits ${logits.artifact}`
  const testSamples = logits.testSamples === 0 ? 0 : data.test.indices.length
  const expected = { trainSamples: data.trainFileSamples, testSamples, classes: data.classes }
  for (const [what, count] of Object.entries(expected)) {
    const got = logits[what as keyof typeof expected]
    if (got !== count) throw new Error(`${name}: expected ${what} ${count} as in the data, got ${got}`)
  }
  const bytes = await readArtifact(folder, logits.artifact)
  const halved = dtypeOf(data) === 'float16'
  const numberBytes = halved ? 2 : 4
  const trainBytes = numberBytes * viewsOf(data) * expected.trainSamples * widthOf(data)
  const testBytes = numberBytes * expected.testSamples * widthOf(data)
  if (bytes.length !== trainBytes + testBytes + footer) {
    throw new Error(`${name}: expected ${trainBytes + testBytes + footer} bytes, got ${bytes.length}`)
  }
  const weights = bytes.toString('hex', trainBytes + testBytes, trainBytes + testBytes + 32)
  const key = logitsKey(weights, data)
  if (key !== logits.key) {
    const from = bytes.toString('hex', trainBytes + testBytes + 32)
    throw new Error(
      `${name} are stale: expected key ${logits.key}, got ${key}; they were computed on data ${from}, this is ${data.hash}`,
    )
  }
  // Copied, since a Float32Array has to start at a multiple of four bytes.
  const table = (from: number, length: number): Table => {
    const { buffer } = new Uint8Array(bytes.subarray(from, from + length))
    return halved ? new Uint16Array(buffer) : new Float32Array(buffer)
  }
  return { train: table(0, trainBytes), test: testBytes === 0 ? null : wholeOf(table(trainBytes, testBytes)) }
}
