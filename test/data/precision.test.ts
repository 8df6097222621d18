// Numbers whose differences float32 would round away are standardised in float64; all others are as they ever were.
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { viewer } from '../../orchestrator/src/data/augment/augment.ts'
import { batchOf, type Data } from '../../orchestrator/src/data/data.ts'
import { gatherer, viewGatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { problemOf, split, tableDefaults, temporaryFolder, write } from './files.ts'
import { float64s, int64s } from './npyFile.ts'

const folder = temporaryFolder()
let sets = 0

/** Of columns: the training file's, then one test sample of their first numbers. */
function arrays(columns: number[][], settings: object = {}, make = float64s): ResolvedDataset {
  const own = join(folder, `set${sets++}`)
  const rows = columns[0]!.map((_, row) => columns.map((column) => column[row]!))
  const file = (name: string, content: Uint8Array) => write(join(own, name), content)
  return {
    type: 'npy',
    trainInputs: file('x.npy', make([rows.length, columns.length], rows.flat())),
    trainLabels: file(
      'y.npy',
      int64s(
        [rows.length],
        rows.map((_, row) => row % 2),
      ),
    ),
    testInputs: file('xt.npy', make([1, columns.length], rows[0]!)),
    testLabels: file('yt.npy', int64s([1], [1])),
    layout: 'auto',
    augmentation: 'none',
    split,
    ...settings,
  } as ResolvedDataset
}

function batchesOf(data: Data): Float32Array {
  const inputs = batchOf(data, data.trainFileSamples) as Float32Array
  const places = Int32Array.from({ length: data.trainFileSamples }, (_, place) => place)
  gatherer(data)(data.train, places, inputs, new Int32Array(data.trainFileSamples))
  return inputs
}

/** In units of a deviation, from differences to one of the numbers, which are exact where they are close together. */
function standardised(column: number[], trained: Int32Array): number[] {
  const [origin] = column as [number]
  const offsets = column.map((value) => value - origin)
  const of = [...trained].map((place) => offsets[place]!)
  const mean = of.reduce((sum, value) => sum + value / of.length, 0)
  const deviation = Math.sqrt(of.reduce((sum, value) => sum + (value - mean) ** 2 / of.length, 0))
  return offsets.map((value) => (value - mean) / deviation)
}

const waves = (offset: number, size: number, count = 50) =>
  Array.from({ length: count }, (_, row) => offset + size * Math.sin(row * 1.3))

describe('statistics', () => {
  it('of time stamps are those of exact arithmetic', async () => {
    const data = await loadDataset(arrays([waves(1.7e12, 1000)], { split: { ...split, validation: 1 } }))
    expect(data.train.inputs).toBeInstanceOf(Float64Array)
    const of = [...data.train.indices].map((place) => waves(1.7e12, 1000)[place]!)
    // Differences to a float64 nearby are exact, and so are sums of some integers below 2^53.
    const scaled = of.map((value) => BigInt(Math.round((value - 1.7e12) * 2 ** 20)))
    const sum = scaled.reduce((total, value) => total + value, 0n)
    const mean = 1.7e12 + Number(sum) / 2 ** 20 / of.length
    expect(data.preprocessing!.mean[0]! - mean).toBeCloseTo(0, 3)
    const squares = scaled.reduce((total, value) => total + (BigInt(of.length) * value - sum) ** 2n, 0n)
    const deviation = Math.sqrt(Number(squares) / of.length ** 3) / 2 ** 20
    expect(data.preprocessing!.deviation[0]! / deviation).toBeCloseTo(1, 6)
  })

  it.each([1e300, 1e-300, 1e39, 1e-50])('of numbers around %s neither overflow nor vanish', async (size) => {
    const column = waves(0, size)
    const data = await loadDataset(arrays([column]))
    const expected = standardised(waves(0, 1), data.train.indices)
    for (const [place, value] of batchesOf(data).entries()) expect(value).toBeCloseTo(expected[place]!, 5)
  })
})

describe('a batch', () => {
  it('has what float64 standardises, rounded to float32, for offsets up to 1e15', async () => {
    const column = fc.record({
      offset: fc.double({ min: -1e15, max: 1e15, noNaN: true }),
      size: fc.double({ min: 100, max: 1e6, noNaN: true }),
      steps: fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(column, { minLength: 1, maxLength: 4 }), async (columns) => {
        const numbers = columns.map(({ offset, size, steps }) => steps.map((step) => offset + size * step))
        // Constant columns are another test's.
        fc.pre(columns.every(({ steps }) => steps[0] !== steps[1] && new Set(steps).size > 4))
        const data = await loadDataset(arrays(numbers))
        const inputs = batchesOf(data)
        const isDouble = data.train.inputs instanceof Float64Array
        for (const [at, column] of numbers.entries()) {
          // The mean is a float64 itself, which rounds it so much of a deviation.
          const ofMean = (2 ** -52 * Math.abs(data.preprocessing!.mean[at]!)) / data.preprocessing!.deviation[at]!
          for (const [row, expected] of standardised(column, data.train.indices).entries()) {
            const error = Math.abs(inputs[row * columns.length + at]! - expected)
            // Where float32 is kept it moves no number by more than 2^-13 of the deviation, and so the mean and deviation.
            const rounded = (isDouble ? 2 ** -22 : 2 ** -11) * (1 + Math.abs(expected))
            expect(error).toBeLessThan(rounded + ofMean)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is the same for data that differ by a large offset alone', async () => {
    const steps = waves(0, 1000).map(Math.round)
    const [plain, moved] = await Promise.all(
      [0, 1e15].map(async (offset) => batchesOf(await loadDataset(arrays([steps.map((step) => offset + step)])))),
    )
    for (const [place, value] of plain!.entries()) expect(moved![place]).toBeCloseTo(value, 6)
  })

  it('has zeros for a constant column, and for one that rounding errors alone move', async () => {
    const noise = waves(0, 1).map((value) => (value > 0 ? 0.1 + 0.2 : 0.3))
    const data = await loadDataset(arrays([waves(1.7e9, 10), waves(1.7e9, 0), noise]))
    expect(data.train.inputs).toBeInstanceOf(Float64Array)
    const inputs = batchesOf(data)
    for (let row = 0; row < 50; row++) {
      expect(inputs[3 * row + 1]).toBe(0)
      expect(Math.abs(inputs[3 * row + 2]!)).toBeLessThan(1e-15)
    }
    expect(data.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^column 2 \(from 0\): values up to 0\.3 that differ by .*e-17, no more than float64 rounds/,
      ),
    ])
  })

  it('of views is made of float64, blends too', async () => {
    const pixels = waves(1.7e9, 10, 6 * 9)
    const settings = {
      augmentation: { steps: [{ type: 'mixup', alpha: 1 }], views: 2, seed: 3 },
      layout: 'channels-last',
    }
    const given = arrays([pixels], settings) as Extract<ResolvedDataset, { type: 'npy' }>
    write(given.trainInputs, float64s([6, 3, 3], pixels))
    write(given.testInputs, float64s([1, 3, 3], pixels.slice(0, 9)))
    write(given.trainLabels, int64s([6], [0, 1, 0, 1, 0, 1]))
    const data = await loadDataset(given)
    const { preprocessing, augmentation } = data
    const [mean, deviation] = [preprocessing!.mean[0]!, preprocessing!.deviation[0]!]
    const places = Int32Array.of(2, 4)
    const inputs = new Float32Array(18)
    viewGatherer(data)(data.train, places, 1, inputs, new Int32Array(2))
    const viewOf = viewer(augmentation!, { ...data, preprocessing: preprocessing! })
    const expected = [...places].flatMap((place) =>
      [...viewOf(data.train, place, 1)].map((x) => (x - mean) / deviation),
    )
    for (const [at, value] of inputs.entries()) expect(value).toBeCloseTo(expected[at]!, 6)
    // Were it blended as float32, values would be 128 / 7 deviations apart.
    expect(new Set(inputs).size).toBeGreaterThan(12)
  })
})

describe('what is kept as float32', () => {
  it.each([
    ['numbers like years', waves(1980, 20), Float32Array],
    ['whole numbers that float32 holds', waves(16e6, 100).map(Math.round), Float32Array],
    ['one far away from the others', [...waves(0, 1), 1e12 + 0.1], Float32Array],
    ['a constant', waves(1700000000.123, 0), Float32Array],
    ['coordinates of a town', waves(52.5, 0.001), Float64Array],
    ['seconds', waves(1.7e9, 40), Float64Array],
    ['whole numbers that float32 rounds', waves(2 ** 24, 100).map((value) => 2 * Math.round(value) + 1), Float64Array],
    ['numbers beyond float32', waves(0, 1e39), Float64Array],
  ] as const)('%s', async (_, column, kind) => {
    const data = await loadDataset(arrays([[...column]]))
    expect(data.train.inputs.constructor).toBe(kind)
    expect(data.test.inputs.constructor).toBe(kind)
    expect(data.notes).toHaveLength(kind === Float64Array ? 1 : 0)
  })

  it('tells no more apart than float32 does, the rest each second', async () => {
    const contents = async (columns: number[][]) => (await loadDataset(arrays(columns))).contents
    const fine = waves(0, 1)
    // Known before float64 was kept: the SHA-256 of the numbers as float32.
    expect(await contents([fine])).toBe(await contents([fine.map(Math.fround)]))
    const stamps = waves(1.7e9, 40)
    const later = stamps.map((value, row) => (row === 7 ? value + 1 : value))
    expect(await contents([later])).not.toBe(await contents([stamps]))
  })
})

describe('what float32 cannot hold once it is standardised', () => {
  const stamps = ['1700000001', '1700000002', '1700000003', '1700000005']
  const csv = (train: string, test: string) => ({
    ...tableDefaults,
    train: write(join(folder, `train${sets++}.csv`), train),
    test: write(join(folder, `test${sets++}.csv`), test),
    label: 'class',
  })
  const table = (values: string[]) => `class,ts\n${values.map((value, row) => `${'ab'[row % 2]},${value}\n`).join('')}`

  it('is refused with its line and column where it is too large', async () => {
    const given = csv(table(stamps.map((value) => `${value}e-45`)), table(['1700000001e-45', '1e300']))
    const problem = await problemOf(given)
    expect(problem.path).toEqual(['test'])
    expect(problem.message).toMatch(
      /test\d+\.csv:3: column "ts": expected a number that a float32 can hold once it is standardised, got \(1e\+300 - mean /,
    )
    const [first, ...rest] = waves(0, 1e-30)
    const beyond = arrays([[first!, ...rest]]) as Extract<ResolvedDataset, { type: 'npy' }>
    write(beyond.testInputs, float64s([1, 1], [3e38]))
    expect(await problemOf(beyond)).toMatchObject({
      path: ['testInputs'],
      message: expect.stringMatching(
        /xt\.npy: record 1: column 0 \(from 0\): expected a number that a float32 can hold/,
      ),
    })
  })

  it('is warned of where it vanishes', async () => {
    const made = (held: number, value: number) => {
      const others: number[] = Array.from({ length: 6 }, (_, row) => (row % 2 === 0 ? -1 : 1))
      return arrays([others.toSpliced(held, 0, value)])
    }
    const [held] = (await loadDataset(made(0, 0))).validation.indices as unknown as [number]
    // The mean of the others is 0, their deviation 1.
    const { warnings, train } = await loadDataset(made(held, 1e-100))
    expect(train.inputs).toBeInstanceOf(Float32Array)
    expect(warnings).toEqual([])
    const moved = arrays([
      Array.from({ length: 7 }, (_, row) => (row === held ? 1e-100 : row < held === (row % 2 === 0) ? -1e39 : 1e39)),
    ])
    expect((await loadDataset(moved)).warnings).toEqual([
      {
        path: ['trainInputs'],
        message: expect.stringMatching(
          new RegExp(
            `x\\.npy: record ${held + 1}: column 0 \\(from 0\\): 1 number is closer to the mean than a float32`,
          ),
        ),
      },
    ])
  })

  it('the note names the columns of a table', async () => {
    const { notes, preprocessing } = await loadDataset(csv(table(stamps), table(stamps)) as ResolvedDataset)
    expect(notes).toEqual([
      expect.stringMatching(
        /^Read and standardised as float64: column "ts" \(float32 would move its values by up to 5, their deviation is 1\.24722\)/,
      ),
    ])
    expect(preprocessing!.mean[0]).toBeGreaterThan(1700000000)
  })
})
