// Logits that were computed elsewhere: rows of arrays, by the samples that they belong to.
import type { ResolvedLogits, ResolvedLogitsFile } from '@retort/schema/given'
import { type Data, type Samples, sizeOf } from '../../data/data.ts'
import { floatTypes, integerTypes } from '../../data/numberTypes.ts'
import { readArray } from './arrays.ts'
import { logOf, wrongProbabilities } from './probabilities.ts'
import { wrongLogits } from './rows.ts'
import { GivenProblem, type Part, type Setting, type Source, unknownSizes } from './source.ts'

/** @throws GivenProblem naming the file and, counted from 0, the row that does not fit the data */
export async function openLogits(given: ResolvedLogits, { data }: Setting): Promise<Source> {
  const { gives, train, test } = given
  if (data.augmentation !== null) {
    const message = 'expected data without augmentation, since these logits are those of samples as they are'
    throw new GivenProblem(`${train.file}: ${message}`, ['train'])
  }
  const { classes, labelShape } = data
  const wanted = [data.train.indices, data.validation.indices]
  const ofTrain = { samples: data.trainFileSamples, wanted, classes, labelShape }
  const testSamples = data.test.labels.length / sizeOf(labelShape)
  const ofTest = { samples: testSamples, wanted: [data.test.indices], classes, labelShape }
  const rows = {
    train: await rowsOf(train, 'train', gives, ofTrain),
    test: test && (await rowsOf(test, 'test', gives, ofTest)),
  }
  return {
    sizes: unknownSizes,
    notes: [],
    logits: async (part, samples) => rows[part]?.(samples) ?? null,
    close: async () => {},
  }
}

interface Expected extends Pick<Data, 'classes' | 'labelShape'> {
  /** In the file that the logits are of. */
  samples: number
  /** Those that are used. */
  wanted: Int32Array[]
}

/**
 * What gives rows [samples, ...labelShape, classes] in the order asked for; zeros for samples that nobody uses and that
 * the file has no row for. Numbers stay as the file has them until they are asked for.
 */
async function rowsOf(
  given: ResolvedLogitsFile,
  part: Part,
  gives: ResolvedLogits['gives'],
  { samples, wanted, classes, labelShape }: Expected,
): Promise<(asked: Pick<Samples, 'indices'>) => Float32Array> {
  const problem = (message: string, ...at: string[]) => new GivenProblem(`${given.file}: ${message}`, [part, ...at])
  const { dims, values, type } = await readArray(given, [part])
  if (!floatTypes.includes(type)) throw problem(`expected ${floatTypes.join(', ')} numbers, got ${type}`, 'file')
  const shown = `[${dims.join(', ')}]`
  const shape = [...labelShape, classes]
  if (dims.length !== shape.length + 1 || shape.some((length, axis) => dims[axis + 1] !== length)) {
    const expected = `[${[labelShape.length === 0 ? 'samples' : 'windows', ...shape].join(', ')}]`
    throw problem(`expected ${expected}, one logit for each class, got ${shown}`, 'file')
  }
  const rows = dims[0]!
  if (given.ids === null && rows !== samples) {
    const what = labelShape.length === 0 ? 'sample' : 'window'
    const expected = `${samples} rows, one for each ${what} of the ${part === 'train' ? 'training' : 'test'} file`
    throw problem(`expected ${expected}, got ${rows}; name the ${what}s by ids where it has others`, 'file')
  }
  const places = given.ids === null ? null : await idsOf(given.ids, part, { rows, samples })
  const width = sizeOf(shape)
  const copy = (row: number, at: number, out: Float32Array) => {
    const from = row * width + at * classes
    for (let of = 0; of < classes; of++) out[of] = Number(values[from + of])
  }
  const one = new Float32Array(classes)
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < width / classes; at++) {
      copy(row, at, one)
      const why = wrongLogits(one) ?? (gives === 'probabilities' ? wrongProbabilities(one) : undefined)
      const place = labelShape.length === 0 ? `row ${row}` : `row ${row}, position ${at}`
      if (why !== undefined) throw problem(`${place}: ${why}`, 'file')
    }
  }
  if (places !== null) checkCoverage(new Set(places), wanted, (message) => problem(message, 'ids'))
  const rowOf = places && new Map(Array.from(places, (sample, row) => [sample, row]))
  return ({ indices }) => {
    const table = new Float32Array(indices.length * width)
    for (const [place, sample] of indices.entries()) {
      const row = rowOf === null ? sample : rowOf.get(sample)
      if (row === undefined) continue
      for (let at = 0; at < width / classes; at++) {
        const start = place * width + at * classes
        const out = table.subarray(start, start + classes)
        copy(row, at, out)
        if (gives === 'probabilities') out.set(logOf(out))
      }
    }
    return table
  }
}

function checkCoverage(known: Set<number>, wanted: Int32Array[], problem: (message: string) => GivenProblem): void {
  const missing = wanted.flatMap((indices) => [...indices.filter((index) => !known.has(index))])
  if (missing.length === 0) return
  const first = missing.reduce((least, index) => Math.min(least, index))
  throw problem(`expected a row for every sample that is used, got none for ${missing.length}, such as sample ${first}`)
}

/** The sample of each row. */
async function idsOf(
  ids: NonNullable<ResolvedLogitsFile['ids']>,
  part: Part,
  { rows, samples }: { rows: number; samples: number },
): Promise<Int32Array> {
  const problem = (message: string) => new GivenProblem(`${ids.file}: ${message}`, [part, 'ids', 'file'])
  const { dims, values, type } = await readArray(ids, [part, 'ids'])
  if (!integerTypes.includes(type)) throw problem(`expected whole numbers, got ${type}`)
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
