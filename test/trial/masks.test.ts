// Teachers that leave classes out: their logits are stored and measured, their students train, and what would be infinite
// is refused before it trains.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogitsArtifact } from '@retort/schema/artifact'
import type { ResolvedLogits } from '@retort/schema/given'
import type { ResolvedObjective } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { calibrationError, fitTemperature } from '../../orchestrator/src/trial/calibration.ts'
import { checked } from '../../orchestrator/src/trial/given/rows.ts'
import { unknownSizes } from '../../orchestrator/src/trial/given/source.ts'
import { npy } from './arrayFiles.ts'
import { config, digits, expectDone, request, run } from './fixture.ts'
import { fileOf, folder, problemOf, said, workshop } from './givenTeachers.ts'

const classes = 10
const dataset = digits()
const data = await loadDataset(dataset)
const never = Number.NEGATIVE_INFINITY
const lowest = -3.4028234663852886e38

/** Right about each digit, but that some are masked. */
function logits(mask: number, masked: (digit: number, label: number) => boolean): number[] {
  return Array.from(data.train.labels.subarray(0, 1000)).flatMap((label) =>
    Array.from({ length: classes }, (_, digit) =>
      masked(digit, label) ? mask : digit === label ? 4 : (digit % 3) / 4,
    ),
  )
}

function given(values: number[]): ResolvedLogits {
  writeFileSync(join(folder, 'masked.npy'), npy([1000, classes], Float32Array.from(values)))
  const file = { ...fileOf('masked.npy'), tensor: null, ids: null }
  return { type: 'logits', train: file, test: null, gives: 'logits' }
}

const two = (digit: number, label: number) => digit > 7 && label <= 7

const taught = async (objective: ResolvedObjective, logits: LogitsArtifact) => {
  const distillation = { teacher: 'masked', objective: [objective], temperature: 2, weights: { hard: 0, soft: 1 } }
  const student = config({ dataset, distillation, training: { epochs: 8 } })
  return (await run(request(folder, 'student', student, logits), undefined, workshop)).result
}

const weight = 1

describe.each([-1e4, -1e9, never, lowest])('masks of %d', (mask) => {
  it.each<ResolvedObjective>([
    { type: 'soft-targets', weight, standardise: false },
    { type: 'dkd', weight, alpha: 1, beta: 1 },
    { type: 'jsd', weight, beta: 0.5 },
    { type: 'top-k', weight, k: 3 },
  ])('teach by %j', async (objective) => {
    const { numbers, logits: stored } = await said(dataset, given(logits(mask, two)))
    expect(numbers[9]).toBe(data.train.labels[0]! > 7 ? 4 : Math.fround(mask))
    expect(expectDone(await taught(objective, stored)).metrics.testAccuracy).toBeGreaterThan(0.6)
  })
})

describe('what is infinite is refused before it trains', () => {
  const masks = [never, lowest, -1e9]
  it.each<[ResolvedObjective, string]>([
    [{ type: 'reverse-kl', weight }, 'reverse-kl'],
    [{ type: 'logit-mse', weight }, 'logit-mse'],
    [{ type: 'jsd', weight, beta: 1 }, 'jsd with beta 1'],
    [{ type: 'soft-targets', weight, standardise: true }, 'soft-targets with standardise'],
  ])('%j', async (objective, name) => {
    for (const mask of masks) {
      const { logits: stored } = await said(dataset, given(logits(mask, two)))
      const result = await taught(objective, stored)
      expect(result).toMatchObject({ outcome: 'failed' })
      expect((result as { reason: string }).reason).toMatch(
        new RegExp(
          `^the objective "${name}" is infinite, or as good as that, for a teacher that masks classes: expected logits of at least -1e8, got ` +
            `(-Infinity|-3\\.4028234663852886e\\+38|-1000000000) for class [89] of training sample \\d+; `,
        ),
      )
    }
  })

  it('only where a sample is trained on', async () => {
    const unused = new Set(data.validation.indices)
    const values = logits(0, () => false)
    for (const sample of unused) values[sample * classes] = never
    const { logits: stored } = await said(dataset, given(values))
    expectDone(await taught({ type: 'logit-mse', weight }, stored))
  })
})

it('a teacher that masks the classes of samples has an accuracy, and no loss', async () => {
  const { metrics } = await said(dataset, given(logits(never, (digit) => digit > 7)))
  const labels = [...data.validation.indices].map((index) => data.train.labels[index]!)
  expect(metrics.validationAccuracy).toBeCloseTo(labels.filter((label) => label <= 7).length / labels.length, 12)
  expect(metrics.validationLoss).toBeNull()
})

it('an ensemble masks what all of its members mask, and of logits what one of them does', async () => {
  const one = await said(dataset, given(logits(never, (digit) => digit > 7)))
  const other = await said(dataset, given(logits(never, (digit) => digit > 8)))
  const of = [0.25, 0.75].map((weight, place) => ({ model: String(place), trial: String(place), weight }))
  const members = [one.logits, other.logits]
  const mixed = await said(dataset, { type: 'ensemble', of, mean: 'probabilities' }, members)
  const mean = await said(dataset, { type: 'ensemble', of, mean: 'logits' }, members)
  expect(mixed.numbers[9]).toBe(never)
  expect(Number.isFinite(mixed.numbers[8])).toBe(true)
  expect([...mean.numbers.subarray(8, 10)]).toEqual([never, never])
  expect(mean.numbers.some(Number.isNaN)).toBe(false)
})

describe('rows without a finite number', () => {
  const row = (values: number[]) => [...values, ...logits(0, () => false).slice(classes)]

  it('are refused in files', async () => {
    const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    const expected = 'train.file: masked.npy: row 0: expected finite numbers, or -Infinity for masked classes'
    expect(await problemOf(dataset, given(row([...numbers, Number.NaN])))).toBe(`${expected}, got NaN`)
    expect(await problemOf(dataset, given(row([...numbers, -never])))).toBe(`${expected}, got Infinity`)
    expect(await problemOf(dataset, given(row(new Array(classes).fill(never))))).toBe(
      'train.file: masked.npy: row 0: expected a finite number, got -Infinity alone',
    )
  })

  it.each([
    [
      [0, 1, Number.NaN, 1],
      [],
      'sample 5 of the training file: expected finite numbers, or -Infinity for masked classes, got NaN',
    ],
    [[0, 1, never, never], [], 'sample 5 of the training file: expected a finite number, got -Infinity alone'],
    [
      [0, 1, -1e6, -1e5],
      [2],
      'sample 3 of the training file, position 1: expected a logit of at least -65504, got -100000 at most',
    ],
  ])('are refused of a model: %j', async (values, labelShape, expected) => {
    const logits = async () => Float32Array.from(values)
    const source = { sizes: unknownSizes, notes: [], logits, close: async () => {} }
    const samples = { ...data.train, indices: Int32Array.of(3, 5) }
    const asked = checked(source, { classes: 2, labelShape }, ['file']).logits('train', samples, () => {})
    await expect(asked).rejects.toThrow(`its logits of ${expected}`)
  })
})

it('calibration does not see classes that are masked', () => {
  const rows = [
    [2, -1, 0.5],
    [0.3, 1, -2],
    [-1, 0.2, 0.1],
  ]
  const samples = { labels: Int32Array.of(0, 0, 1), indices: Int32Array.of(0, 1, 2), inputs: new Uint8Array() }
  const plain = Float32Array.from(rows.flat())
  const temperature = fitTemperature(plain, samples, 3)
  for (const mask of [never, lowest, -1e9]) {
    const masked = Float32Array.from(rows.flatMap((row) => [...row, mask]))
    expect(fitTemperature(masked, samples, 4)).toBe(temperature)
    expect(calibrationError(masked, samples, 4)).toBe(calibrationError(plain, samples, 3))
  }
})
