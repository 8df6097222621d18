// A teacher's logits, computed once and read by every student. The artifact holds numbers, little-endian, [views *
// training file + reported test samples, ...labelShape, classes], float32 for a class of each sample and float16 for a
// class of each position, of which there are many; then 64 bytes: SHA-256 of the teacher's weights, then of the data.
// With them a student proves that these logits belong to the data it has before it.
import { createHash } from 'node:crypto'
import type { Artifact, ArtifactHash, LogitsArtifact } from '@retort/schema/artifact'
import { type Data, type Samples, sizeOf, viewsOf } from '../data/data.ts'
import { readArtifact, writeArtifact } from './artifacts.ts'
import type { LogitsAlignment } from './batches.ts'
import type { Source } from './given/source.ts'
import { type Table, toHalves, wholeOf } from './halves.ts'
import { predictionBatch } from './workbench.ts'

export interface TeacherLogits {
  /** Of each view over the whole training file, [views, samples, ...labelShape, classes]. */
  train: Table
  /** Of the reported test samples, [samples, ...labelShape, classes]; null where they are unknown. */
  test: Float32Array | null
  /** Where the teacher's tokens are others: whose rows `train` has. */
  alignment: LogitsAlignment | null
}

const footer = 64

/** Logits of one sample. */
export const widthOf = ({ labelShape, classes }: Data): number => sizeOf(labelShape) * classes

/** The type of the numbers. */
const dtypeOf = ({ labelShape }: Pick<Data, 'labelShape'>) => (labelShape.length === 0 ? 'float32' : 'float16')

/** What the logits follow from; the augmentation and its seed are part of the data's hash. */
export function logitsKey(
  weights: ArtifactHash,
  data: Pick<Data, 'hash' | 'preprocessing' | 'labelShape'>,
  other?: { classes: number; aligned: number },
): string {
  const source = { weights, data: data.hash, preprocessing: data.preprocessing, dtype: dtypeOf(data), ...other }
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
  const views: Table[] = []
  for (let view = 0; view < viewsOf(data); view++) {
    views.push((await tableFrom(teacher, data, 'train', whole, between, view)) as Table)
  }
  const test = await tableFrom(teacher, data, 'test', data.test, between)
  const tables = [...views, ...(test === null ? [] : [test])].map(({ buffer }) => Buffer.from(buffer))
  const artifact = await writeArtifact(folder, 'logits', ...tables, ...footerOf(weights, data))
  return {
    artifact,
    logits: {
      key: logitsKey(weights, data),
      artifact: artifact.hash,
      trainSamples: data.trainFileSamples,
      testSamples: test === null ? 0 : data.test.indices.length,
      classes: data.classes,
      aligned: null,
      seconds: (performance.now() - start) / 1000,
    },
  }
}

/** A batch after the other, so that of what is stored in halves no more than one is there whole. */
async function tableFrom(
  teacher: Pick<Source, 'logits'>,
  data: Data,
  part: 'train' | 'test',
  samples: Samples,
  between: () => void,
  view?: number,
): Promise<Table | null> {
  const { indices } = samples
  const [width, batch, halved] = [widthOf(data), predictionBatch(data), dtypeOf(data) === 'float16']
  const table = halved ? new Uint16Array(indices.length * width) : new Float32Array(indices.length * width)
  for (let start = 0; start < indices.length; start += batch) {
    const some = { ...samples, indices: indices.subarray(start, start + batch) }
    const logits = await teacher.logits(part, some, between, view)
    if (logits === null) return null
    table.set(halved ? toHalves(logits) : logits, start * width)
  }
  return table
}

export const footerOf = (weights: ArtifactHash, { hash }: Pick<Data, 'hash'>): Buffer[] => [
  Buffer.from(weights, 'hex'),
  Buffer.from(hash, 'hex'),
]

/** @throws Error when they are missing, damaged, or of other data */
export async function readLogits(folder: string, logits: LogitsArtifact, data: Data): Promise<TeacherLogits> {
  const { aligned } = logits
  if (aligned !== null) return readAligned(folder, { ...logits, aligned }, data)
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
  checkFooter(bytes, trainBytes + testBytes, logits, data)
  // A buffer of its own, so that every table begins at a multiple of its numbers' size.
  const table = (from: number, length: number): Table => {
    const size = length / numberBytes
    return halved ? new Uint16Array(bytes.buffer, from, size) : new Float32Array(bytes.buffer, from, size)
  }
  const test = testBytes === 0 ? null : wholeOf(table(trainBytes, testBytes))
  return { train: table(0, trainBytes), test, alignment: null }
}

/** @throws Error where the file has not so many bytes before its footer, or is one of other data */
function checkFooter(
  bytes: Buffer,
  before: number,
  { artifact, key: expected }: Pick<LogitsArtifact, 'artifact' | 'key'>,
  data: Data,
  other?: Parameters<typeof logitsKey>[2],
): void {
  const name = `the teacher's logits ${artifact}`
  if (bytes.length !== before + footer) {
    throw new Error(`${name}: expected ${before + footer} bytes, got ${bytes.length}`)
  }
  const key = logitsKey(bytes.toString('hex', before, before + 32), data, other)
  if (key === expected) return
  const from = bytes.toString('hex', before + 32)
  const computed = `they were computed on data ${from}, this is ${data.hash}`
  throw new Error(`${name} are stale: expected key ${expected}, got ${key}; ${computed}`)
}

async function readAligned(
  folder: string,
  logits: LogitsArtifact & { aligned: number },
  data: Data,
): Promise<TeacherLogits> {
  const { artifact, trainSamples, classes, aligned } = logits
  if (trainSamples !== data.trainFileSamples) {
    const expected = `trainSamples ${data.trainFileSamples} as in the data`
    throw new Error(`the teacher's logits ${artifact}: expected ${expected}, got ${trainSamples}`)
  }
  const bytes = await readArtifact(folder, artifact)
  const [tableBytes, positions] = [2 * aligned * classes, trainSamples * sizeOf(data.labelShape)]
  checkFooter(bytes, tableBytes + positions, logits, data, { classes, aligned })
  let row = 0
  const rows = Int32Array.from(bytes.subarray(tableBytes, tableBytes + positions), (has) => (has === 1 ? row++ : -1))
  return { train: new Uint16Array(bytes.buffer, 0, aligned * classes), test: null, alignment: { rows, classes } }
}
