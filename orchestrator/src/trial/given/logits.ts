// Logits that were computed elsewhere: rows of arrays, by the samples that they belong to.
import type { ResolvedLogits, ResolvedLogitsFile } from '@retort/schema/given'
import type { Data, Samples } from '../../data/data.ts'
import { gatherRows } from '../../data/gather.ts'
import { readArray } from './arrays.ts'
import { logOf, wrongProbabilities } from './probabilities.ts'
import { GivenProblem, type Part, type Setting, type Source, unknownSizes } from './source.ts'

const floats = ['f2', 'f4', 'f8']
const integers = ['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8']

/** @throws GivenProblem naming the file and, counted from 0, the row that does not fit the data */
export async function openLogits(given: ResolvedLogits, { data }: Setting): Promise<Source> {
  const { gives, train, test } = given
  if (data.augmentation !== null) {
    const message = 'expected data without augmentation, since these logits are those of samples as they are'
    throw new GivenProblem(`${train.file}: ${message}`, ['train'])
  }
  const wanted = [data.train.indices, data.validation.indices]
  const trainRows = rowsOf(train, 'train', gives, { samples: data.trainFileSamples, wanted, classes: data.classes })
  const testSamples = data.test.labels.length
  const ofTest = { samples: testSamples, wanted: [data.test.indices], classes: data.classes }
  const testRows = test && rowsOf(test, 'test', gives, ofTest)
  return {
    sizes: unknownSizes,
    notes: [],
    logits: async (part, samples) => tableOf(part === 'train' ? trainRows : testRows, samples, data.classes),
    close: async () => {},
  }
}

/** Rows of a [samples, classes] table, in the order asked for. */
export function tableOf(
  table: Float32Array | null,
  { indices }: Pick<Samples, 'indices'>,
  classes: number,
): Float32Array | null {
  if (table === null) return null
  const rows = new Float32Array(indices.length * classes)
  gatherRows(table, classes, indices, rows)
  return rows
}

interface Expected {
  /** In the file that the logits are of. */
  samples: number
  /** Those that are used. */
  wanted: Int32Array[]
  classes: Data['classes']
}

/** [samples, classes]; zeros for samples that nobody uses and that the file has no row for. */
function rowsOf(
  given: ResolvedLogitsFile,
  part: Part,
  gives: ResolvedLogits['gives'],
  { samples, wanted, classes }: Expected,
): Float32Array {
  const problem = (message: string, ...at: string[]) => new GivenProblem(`${given.file}: ${message}`, [part, ...at])
  const { dims, values, type } = readArray(given, [part])
  if (!floats.includes(type)) throw problem(`expected float16, float32 or float64 numbers, got ${type}`, 'file')
  const shown = `[${dims.join(', ')}]`
  if (dims.length !== 2 || dims[1] !== classes) {
    throw problem(`expected [samples, ${classes}], one logit for each class, got ${shown}`, 'file')
  }
  const rows = dims[0]!
  if (given.ids === null && rows !== samples) {
    const expected = `${samples} rows, one for each sample of the ${part === 'train' ? 'training' : 'test'} file`
    throw problem(`expected ${expected}, got ${rows}; name the samples by ids where it has others`, 'file')
  }
  const places = given.ids === null ? null : idsOf(given.ids, part, { rows, samples })
  const table = new Float32Array(samples * classes)
  for (let row = 0; row < rows; row++) {
    const place = places?.[row] ?? row
    const target = table.subarray(place * classes, (place + 1) * classes)
    for (let of = 0; of < classes; of++) target[of] = Number(values[row * classes + of])
    const odd = target.find((value) => !Number.isFinite(value))
    const wrong = odd === undefined ? undefined : `expected finite numbers, got ${odd}`
    const why = wrong ?? (gives === 'probabilities' ? wrongProbabilities(target) : undefined)
    if (why !== undefined) throw problem(`row ${row}: ${why}`, 'file')
    if (gives === 'probabilities') target.set(logOf(target))
  }
  if (places !== null) checkCoverage(new Set(places), wanted, (message) => problem(message, 'ids'))
  return table
}

function checkCoverage(known: Set<number>, wanted: Int32Array[], problem: (message: string) => GivenProblem): void {
  const missing = wanted.flatMap((indices) => [...indices.filter((index) => !known.has(index))])
  if (missing.length === 0) return
  const first = missing.reduce((least, index) => Math.min(least, index))
  throw problem(`expected a row for every sample that is used, got none for ${missing.length}, such as sample ${first}`)
}

/** The sample of each row. */
function idsOf(
  ids: NonNullable<ResolvedLogitsFile['ids']>,
  part: Part,
  { rows, samples }: { rows: number; samples: number },
): Int32Array {
  const problem = (message: string) => new GivenProblem(`${ids.file}: ${message}`, [part, 'ids', 'file'])
  const { dims, values, type } = readArray(ids, [part, 'ids'])
  if (!integers.includes(type)) throw problem(`expected whole numbers, got ${type}`)
  if (dims.length !== 1 || dims[0] !== rows) {
    throw problem(`expected [${rows}], one id for each row of logits, got [${dims.join(', ')}]`)
  }
  const seen = new Map<number, number>()
  return Int32Array.from(values as ArrayLike<number>, (value, row) => {
    const id = Number(value)
    if (id < 0 || id >= samples) throw problem(`row ${row}: expected a sample from 0 to ${samples - 1}, got ${value}`)
    const earlier = seen.get(id)
    if (earlier !== undefined)
      throw problem(`row ${row}: expected each sample once, got ${id} again after row ${earlier}`)
    seen.set(id, row)
    return id
  })
}
