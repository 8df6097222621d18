// Windows of a text: what they hold next to a naive cut, that no part of it is in two splits, and what is refused.
import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import { filesOf, loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { wordsTokenizer } from '../../orchestrator/src/data/text/words.ts'
import { parseExperiment } from '../../orchestrator/src/spec/read.ts'
import { problemOf, temporaryFolder, write } from './files.ts'
import { mobyDick } from './mobyDick.ts'

type NextToken = Extract<ResolvedDataset, { type: 'next-token' }>
type Part = 'train' | 'validation' | 'test'

const folder = temporaryFolder()

function textFile(text: string | Uint8Array, name = 'book.txt'): string {
  return write(join(folder, name), text)
}

const ofText = (text: string, changes: Partial<NextToken> = {}): NextToken => ({
  type: 'next-token',
  text: textFile(text),
  test: 0.25,
  length: 4,
  tokenizer: { type: 'characters' },
  split: { train: 'rest', validation: 1, test: 'all' },
  ...changes,
})

/** What a split's windows read, and what they are to name, as text. */
function windowsOf(data: Data, part: Part): [string, string][] {
  const { inputs, labels, indices } = data[part]
  const [length] = data.inputShape as [number]
  const textOf = (ids: Int32Array, window: number) =>
    Array.from(ids.subarray(window * length, (window + 1) * length), (id) => data.classNames![id]).join('')
  return [...indices].map((window) => [textOf(inputs as Int32Array, window), textOf(labels, window)])
}

it('by hand: sixteen letters, of which the last quarter is held out', async () => {
  const data = await loadDataset(ofText('abcdefghijklmnopqrst', { length: 3, test: 0.2 }))
  // Training has a to l, of which three windows have a next token each; validation m to p, testing q to t.
  expect(windowsOf(data, 'train')).toEqual([
    ['abc', 'bcd'],
    ['def', 'efg'],
    ['ghi', 'hij'],
  ])
  expect(windowsOf(data, 'validation')).toEqual([['mno', 'nop']])
  // What only the test text has is unknown.
  const unknown = '<unknown>'
  expect(windowsOf(data, 'test')).toEqual([[unknown.repeat(3), unknown.repeat(3)]])
  expect(data).toMatchObject({
    inputShape: [3],
    labelShape: [3],
    vocabulary: 17,
    classes: 17,
    trainFileSamples: 4,
    preprocessing: null,
    augmentation: null,
  })
  expect(data.classNames!.slice(0, 3)).toEqual([unknown, 'a', 'b'])
})

it('no two windows have a position in common, of no split, and all follow the text', async () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🐋', ' ', '\n'), minLength: 40, maxLength: 200 })
  const sizes = fc.record({ length: fc.integer({ min: 2, max: 6 }), validation: fc.integer({ min: 1, max: 3 }) })
  await fc.assert(
    fc.asyncProperty(letters, sizes, async (text, { length, validation }) => {
      const split = { train: 'rest', validation, test: 'all' } as const
      // Every character has its place in its name, so that windows can be found again.
      const numbered = Array.from(text, (_, place) => String.fromCodePoint(0x4e00 + place)).join('')
      const held = Array.from(text, (_, place) => String.fromCodePoint(0x4e00 + place)).slice(0, 40)
      const data = await loadDataset(ofText(numbered, { length, split, test: textFile(held.join(''), 'held.txt') }))
      const all = Array.from(numbered)
      const used = (['train', 'validation'] as const).map((part) =>
        windowsOf(data, part).map(([input, labels]) => {
          const start = all.indexOf(Array.from(input)[0]!)
          expect(input).toBe(all.slice(start, start + length).join(''))
          expect(labels).toBe(all.slice(start + 1, start + 1 + length).join(''))
          return [start, start + length] as const
        }),
      )
      const [train, validated] = used as [(readonly [number, number])[], (readonly [number, number])[]]
      expect(validated).toHaveLength(validation)
      for (const windows of [train, validated]) {
        for (const [at, [start]] of windows.slice(1).entries()) expect(start).toBe(windows[at]![1])
      }
      expect(train[0]![0]).toBe(0)
      // The last class of training comes before the first token of validation, and nothing more would have fit.
      expect(train.at(-1)![1]).toBeLessThan(validated[0]![0])
      expect(validated[0]![0] - train.at(-1)![1]).toBeLessThanOrEqual(length)
      expect(validated.at(-1)![1]).toBe(all.length - 1)
    }),
    { numRuns: 40 },
  )
})

it('the test text begins with a line, where there is one', async () => {
  const data = await loadDataset(ofText('abab abab\nabab abab\nabab\n', { test: 0.5, length: 2 }))
  expect(windowsOf(data, 'test').map(([input]) => input)).toEqual(['ab', 'ab'])
})

it('a smaller split is the beginning of the same windows', async () => {
  const text = 'the quick brown fox jumps over the lazy dog and runs away from it'
  const whole = await loadDataset(ofText(text))
  const part = await loadDataset(ofText(text, { split: { train: 2, validation: 1, test: 1 } }))
  expect(windowsOf(part, 'train')).toEqual(windowsOf(whole, 'train').slice(0, 2))
  expect(windowsOf(part, 'validation')).toEqual(windowsOf(whole, 'validation'))
  expect(windowsOf(part, 'test')).toEqual(windowsOf(whole, 'test').slice(0, 1))
  expect(part.hash).not.toBe(whole.hash)
})

it('reads a book: 82 characters', async () => {
  const text = mobyDick
  const split = { train: 'rest', validation: 500, test: 'all' } as const
  const data = await loadDataset({
    type: 'next-token',
    text,
    test: 0.1,
    length: 64,
    tokenizer: { type: 'characters' },
    split,
  })
  const [first] = windowsOf(data, 'train')
  expect(first).toEqual([
    'CHAPTER 1. Loomings.\n\nCall me Ishmael. Some years ago—never mind'.replaceAll('\\n', '\n').slice(0, 64),
    'HAPTER 1. Loomings.\n\nCall me Ishmael. Some years ago—never mind '.replaceAll('\\n', '\n').slice(0, 64),
  ])
  const windows = data.train.indices.length + data.validation.indices.length + data.test.indices.length
  // 1,190,317 characters, of which no split loses more than a window.
  expect(Math.floor(1190317 / 64) - windows).toBeLessThanOrEqual(3)
  expect(data.test.indices.length / windows).toBeCloseTo(0.1, 2)
})

it.each<[string, Partial<NextToken>, string[], string]>([
  ['no file', { text: 'nowhere.txt' }, ['text'], 'nowhere.txt: no such file'],
  [
    'too little text to validate on',
    { split: { train: 'rest', validation: 9, test: 'all' } },
    ['split', 'validation'],
    "expected at most 3 windows of 4, which leaves one of the text's 21 tokens to train on, got 9",
  ],
  [
    'too little to train on',
    { split: { train: 5, validation: 1, test: 'all' } },
    ['split', 'train'],
    'expected at most 3 windows of 4, which validation leaves, got 5',
  ],
  [
    'too little to test on',
    { test: 0.1 },
    ['test'],
    'expected more than 4 tokens to test on, a window and the token after it, got 3',
  ],
  [
    'too little to report on',
    { split: { train: 'rest', validation: 1, test: 3 } },
    ['split', 'test'],
    'expected at most 1 windows of 4, as many as there are to test on, got 3',
  ],
])('%s is told at its place', async (_, changes, path, message) => {
  const problem = await problemOf(ofText('abcdefghijklmnopqrstuvwxyz12', changes))
  expect(problem.path).toEqual(path)
  expect(problem.message).toContain(message)
})

it('bytes that are no UTF-8 are told', async () => {
  const problem = await problemOf(ofText('', { text: textFile(Uint8Array.of(0x61, 0xff, 0xfe), 'latin.txt') }))
  expect(problem.message).toMatch(/latin\.txt:1:2: expected text in UTF-8, got the byte 0xff /)
})

describe('other tokens', () => {
  const sentence = 'The cat sat, the dog sat; the rat ran. '
  const text = sentence.repeat(40)
  // Cut as people would: words, and each mark.
  const words = [...text.toLowerCase().matchAll(/[a-z]+|[^a-z\s]/g)].map(([word]) => word)
  // By how often they occur, then by name: the 3 of a sentence, sat 2, the others once.
  const known = ['the', 'sat', ',', '.']

  const idsOf = ({ inputs, labels, indices }: Data['train'], length: number) =>
    [...indices].flatMap((window) => {
      const place = window * length
      return [[...inputs.subarray(place, place + length)], [...labels.subarray(place, place + length)]]
    })

  it('are the most frequent words, in the whole text as in each of its parts', async () => {
    const data = await loadDataset(ofText(text, { tokenizer: { type: 'words', size: 4 }, test: 0.5, length: 5 }))
    expect(data).toMatchObject({ vocabulary: 6, classes: 6, classNames: null })
    const expected = words.map((word) => (known.includes(word) ? 2 + known.indexOf(word) : 1))
    const [first, second] = idsOf(data.train, 5)
    expect(first).toEqual(expected.slice(0, 5))
    expect(second).toEqual(expected.slice(1, 6))
    // Half of the text for testing, and of the rest all but the last window.
    const trained = data.train.indices.length * 5
    expect(
      idsOf(data.train, 5)
        .filter((_, place) => place % 2 === 0)
        .flat(),
    ).toEqual(expected.slice(0, trained))
    expect(JSON.parse(Buffer.from(data.tokenizer!.json).toString()).model.vocab).toEqual(
      Object.fromEntries(['[PAD]', '[UNK]', ...known].map((word, id) => [word, id])),
    )
  })

  it('are those of a tokenizer.json', async () => {
    const json = wordsTokenizer([text], 4, 1000)
    const file = textFile(json, 'tokenizer.json')
    const tokenizer = { type: 'file' as const, file, sha256: hash('sha256', json), padding: 'auto' }
    const given = ofText(text, { tokenizer, test: 0.5, length: 5 })
    const data = await loadDataset(given)
    const own = await loadDataset(ofText(text, { tokenizer: { type: 'words', size: 4 }, test: 0.5, length: 5 }))
    for (const part of ['train', 'validation', 'test'] as const)
      expect(idsOf(data[part], 5)).toEqual(idsOf(own[part], 5))
    expect(Buffer.from(data.tokenizer!.json).toString()).toBe(json)
    expect(filesOf(given)).toEqual([given.text, file])
    const problem = await problemOf({ ...given, tokenizer: { ...tokenizer, sha256: '0'.repeat(64) } })
    expect(problem.path).toEqual(['tokenizer', 'file'])
  })

  it('are characters where the experiment says nothing, and known by what a file says', () => {
    const at = (dataset: object) =>
      parseExperiment(
        JSON.stringify({
          name: 'x',
          dataset: { type: 'next-token', text: 'book.txt', ...dataset },
          students: [{ id: 'tiny', architecture: { type: 'causal-transformer' } }],
        }),
        join(folder, 'x.json'),
      ).experiment.dataset
    expect(at({})).toEqual({
      type: 'next-token',
      text: join(folder, 'book.txt'),
      test: 0.1,
      length: 64,
      tokenizer: { type: 'characters' },
      split: { train: 'rest', validation: 500, test: 'all' },
    })
    expect(at({ tokenizer: { type: 'words' } })).toMatchObject({ tokenizer: { type: 'words', size: 5000 } })
    const json = wordsTokenizer([text], 4, 1000)
    const file = textFile(json, 'tokenizer.json')
    expect(at({ tokenizer: { file: 'tokenizer.json' } })).toMatchObject({
      tokenizer: { type: 'file', file, sha256: hash('sha256', json) },
    })
    expect(() => at({ tokenizer: { file: 'nowhere.json' } })).toThrow('dataset.tokenizer.file')
  })
})
