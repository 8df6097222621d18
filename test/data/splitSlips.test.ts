// Samples of the wrong file, or on another scale, are told of; usual data are left alone.
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { splitSlips } from '../../orchestrator/src/data/splitSlips.ts'
import type { Splits } from '../../orchestrator/src/data/splits.ts'
import { statisticsOf } from '../../orchestrator/src/data/statistics.ts'
import { tableDefaults, temporaryFolder, write } from './files.ts'

const folder = temporaryFolder()

/** 40 samples of two numbers each, from 0 to 1. */
const usual = (offset: number) => Float32Array.from({ length: 80 }, (_, at) => ((at + offset) * 0.6180339887) % 1)
const places = Int32Array.from({ length: 40 }, (_, at) => at)
const labels = places.map((at) => at % 2)

function slipsOf(train: Float32Array | Uint8Array, test: Float32Array | Uint8Array, changes: Partial<Splits> = {}) {
  const preprocessing = statisticsOf({ inputs: train, indices: places }, [2])
  const slips = splitSlips({
    train: { inputs: train, labels },
    test: { inputs: test, labels },
    trained: places,
    tested: places,
    inputShape: [2],
    labelShape: [],
    classNames: null,
    columnNames: ['a', 'b'],
    preprocessing,
    paths: { train: ['train'], test: ['test'] },
    ...changes,
  })
  return slips.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

/** The numbers with some of the first column's changed. */
const changed = (numbers: Float32Array, change: (value: number, row: number) => number) =>
  numbers.map((value, at) => (at % 2 === 0 ? change(value, at / 2) : value))

describe('told is', () => {
  it('that test data are the training data', () => {
    const message = 'the test data are the training data, sample by sample: what is tested was learned'
    expect(slipsOf(usual(0), usual(0))).toEqual([`test: ${message}`])
  })

  it('that samples are all the same', () => {
    const same = new Float32Array(80).fill(1.7e9)
    const message = 'all 40 samples to train on are the same but for their labels'
    expect(slipsOf(same, usual(0))).toEqual([`train: ${message}`])
    expect(slipsOf(usual(0), same)).toEqual([
      expect.stringMatching(/^test: all 40 samples to test on are the same/),
      expect.any(String),
    ])
  })

  it('that one class is tested', () => {
    const test = { inputs: usual(7), labels: labels.map(() => 1) }
    expect(slipsOf(usual(0), usual(7), { test })).toEqual(['test: all 40 samples to test on are of class 1'])
    const named = { test, classNames: ['cat', 'dog'] }
    expect(slipsOf(usual(0), usual(7), named)).toEqual(['test: all 40 samples to test on are of class "dog"'])
  })

  it('that numbers to test on are larger', () => {
    const bytes = usual(7).map((value) => value * 255)
    expect(slipsOf(usual(0), bytes)).toEqual([
      expect.stringMatching(
        /^test: column "a": from 0 to 0\.\d+ in the training split, and in the test data up to 25\d\.\d+, which is another scale; column "b"/,
      ),
    ])
    const stamped = changed(usual(7), (_, row) => 1.7e9 + row)
    expect(slipsOf(usual(0), stamped)).toEqual([expect.stringMatching(/^test: column "a": .* up to 1700000000, which/)])
  })

  it('that numbers to test on are smaller', () => {
    const divided = usual(7).map((value) => value / 255)
    expect(slipsOf(usual(0), divided)).toEqual([
      expect.stringMatching(
        /^test: the numbers to test on spread less than a fiftieth of those to train on: another scale; column "a" is from 0 to 0\.\d+ in/,
      ),
    ])
  })

  it('that a number makes all others equal', () => {
    const filled = changed(usual(0), (value, row) => (row === 3 ? 1e20 : value))
    const [found] = slipsOf(
      filled,
      filled.map((value) => value + 0),
    )
    expect(found).toContain('the test data are the training data')
    expect(slipsOf(filled, usual(7))[0]).toMatch(
      /^train: column "a": beside 100000000000000000000 \(once\) all others, from 0\.?\d* to 0\.\d+, are nearly equal$/,
    )
  })

  it.each([-999, -9999, 9999, -99])('that %d stands for what is missing', (fill) => {
    const filled = changed(usual(0), (value, row) => (row % 2 === 1 ? fill : value))
    const advice = `which "missingValues": ["", "${fill}"] says`
    const message = `${fill} (20 times), far from all others, seems to stand for what is missing`
    expect(slipsOf(filled, usual(7))).toEqual([`train: column "a": ${message}, ${advice}`])
    const unnamed = slipsOf(filled, usual(7), { columnNames: null })
    expect(unnamed).toEqual([`train: column 0 (from 0): ${message}`])
  })

  it('of a text that it is tested on itself', async () => {
    const text = write(join(folder, 'text.txt'), 'The quick brown fox jumps over the lazy dog.\n'.repeat(20))
    const dataset = { type: 'next-token', text, length: 8, tokenizer: { type: 'characters' } }
    const given = { ...dataset, split: { train: 'rest', validation: 5, test: 'all' } }
    const { warnings } = await loadDataset({ ...given, test: text } as ResolvedDataset)
    const message = 'the text to test on is the text to train on: what is tested was learned'
    expect(warnings).toEqual([{ message, path: ['test'] }])
    expect((await loadDataset({ ...given, test: 0.2 } as ResolvedDataset)).warnings).toEqual([])
  })

  it('at the setting that names the file', async () => {
    const train = write(
      join(folder, 'train.csv'),
      `x,class\n${[...usual(0)].map((x, at) => `${x},${at % 2}\n`).join('')}`,
    )
    const { warnings } = await loadDataset({ ...tableDefaults, label: 'class', train, test: train })
    expect(warnings.map(({ path }) => path)).toEqual([['test']])
  })
})

describe('no alarm is of', () => {
  const skewed = (offset: number) => usual(offset).map((value) => Math.exp(8 * value))
  const flags = (offset: number) => usual(offset).map((value) => (value > 0.9 ? 1 : 0))
  it.each<[string, Float32Array | Uint8Array, Float32Array | Uint8Array]>([
    ['numbers alike', usual(0), usual(7)],
    ['skewed ones', skewed(0), skewed(7)],
    ['flags', flags(0), flags(7)],
    ['a year later', changed(usual(0), (_, row) => row), changed(usual(7), (_, row) => 40 + row)],
    ['a hundred among tens', changed(usual(0), (value, row) => (row === 3 ? 100 : value)), usual(7)],
    ['ages up to 99', changed(usual(0), (_, row) => 60 + row), changed(usual(7), (_, row) => 60 + row)],
    ['bytes', Uint8Array.from(usual(0), (value) => value * 255), Uint8Array.from(usual(7), (value) => value * 255)],
  ])('%s', (_, train, test) => {
    expect(slipsOf(train, test)).toEqual([])
  })

  it('few samples', () => {
    const few = { tested: places.subarray(0, 3), test: { inputs: usual(7), labels: labels.map(() => 1) } }
    expect(slipsOf(usual(0), usual(7), few)).toEqual([])
  })

  it('what is of no split', () => {
    const filled = changed(usual(0), (value, row) => (row > 29 ? -999 : value))
    const trained = places.subarray(0, 30)
    const preprocessing = statisticsOf({ inputs: filled, indices: trained }, [2])
    expect(slipsOf(filled, usual(7), { trained, preprocessing })).toEqual([])
  })
})
