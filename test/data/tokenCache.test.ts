// Kept token ids are those that are made, whatever else is kept beside them, and what is damaged is made again.
import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { ResolvedDataset, RetokenizedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { retokenize } from '../../orchestrator/src/data/retokenized.ts'
import { tokenCache } from '../../orchestrator/src/data/text/tokenCache.ts'
import { temporaryFolder, write } from './files.ts'

/** How many tokenizers were opened. */
let opened = 0
vi.mock('@huggingface/tokenizers', async (original) => {
  const actual = await original<typeof import('@huggingface/tokenizers')>()
  class Tokenizer extends actual.Tokenizer {
    constructor(...given: ConstructorParameters<typeof actual.Tokenizer>) {
      super(...given)
      opened++
    }
  }
  return { ...actual, Tokenizer }
})

const folder = temporaryFolder()
const tokens = join(folder, 'tokens')
let told: string[] = []
beforeEach(() => {
  rmSync(tokens, { recursive: true, force: true })
  told = []
  opened = 0
})

/** As a process does that has just started. */
async function load(dataset: ResolvedDataset): Promise<Data> {
  const cache = tokenCache(folder, (line) => told.push(line))
  const data = await loadDataset(dataset, cache)
  await cache.write()
  return data
}

const vocab = (words: readonly string[]) =>
  Object.fromEntries(['[PAD]', '[UNK]', ...words].map((word, id) => [word, id]))
function tokenizerFile(words: readonly string[]): string {
  const json = JSON.stringify({
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: { type: 'WordLevel', vocab: vocab(words), unk_token: '[UNK]' },
  })
  return write(join(folder, `${hash('sha256', json).slice(0, 8)}.json`), json)
}

const fileTokenizer = (words: readonly string[], padding = 'auto') => {
  const file = tokenizerFile(words)
  return { type: 'file' as const, file, sha256: hash('sha256', readFileSync(file)), padding }
}
const wordsTokenizer = (size: number) => ({ type: 'words' as const, size })
const characters = { type: 'characters' as const }
type Characters = typeof characters
type Students = RetokenizedDataset['of']
type Tokenizer = ReturnType<typeof fileTokenizer> | ReturnType<typeof wordsTokenizer>

function texts(rows: string[], tokenizer: Tokenizer, maxLength: number, seed = 0): ResolvedDataset {
  const lines = rows.map((text, row) => JSON.stringify({ text, label: row % 2 })).join('\n')
  const train = write(join(folder, `${hash('sha256', lines).slice(0, 8)}.jsonl`), lines)
  const split = { train: 'rest', validation: 1, test: 'all', seed } as const
  return { type: 'jsonl', train, test: 0.25, text: 'text', label: 'label', tokenizer, maxLength, split }
}

function windows(text: string, tokenizer: Tokenizer | Characters, length: number, validation = 1): Students {
  const file = write(join(folder, `${hash('sha256', text).slice(0, 8)}.txt`), text)
  const split = { train: 'rest', validation, test: 'all', seed: 0 } as const
  return { type: 'next-token', text: file, test: 0.3, length, tokenizer, split }
}

/** A teacher's own tokens of what its students read by others. */
const own = (tokenizer: Tokenizer | Characters, of: Students): RetokenizedDataset => ({
  type: 'retokenized',
  of,
  tokenizer,
  length: null,
})

const rows = ['a b', 'b c a', 'c', 'a', 'b b b', 'c a b']
const kept = () => readdirSync(tokens)

describe('token ids of texts', () => {
  const text = 'a b c '.repeat(30)
  it.each<[string, ResolvedDataset, number?]>([
    ['of a tokenizer.json', texts(rows, fileTokenizer(['a', 'b']), 4)],
    ['of words', texts(rows, wordsTokenizer(2), 4)],
    ['in windows', windows(text, fileTokenizer(['a', 'c']), 4)],
    ['in windows, of words', windows(text, wordsTokenizer(2), 4)],
    ['a teacher’s own words for characters', own(wordsTokenizer(2), windows(text, characters, 4, 4))],
    ['characters for words', own(characters, windows(text, wordsTokenizer(2), 4, 4))],
    ['a tokenizer.json for words', own(fileTokenizer(['a', 'c']), windows(text, wordsTokenizer(2), 4, 4)), 2],
  ])('are read by the first process only: %s', async (_, dataset, files = 1) => {
    const first = await load(dataset)
    expect(opened).toBeGreaterThan(0)
    expect(kept()).toHaveLength(files)
    opened = 0
    expect(await load(dataset)).toEqual(first)
    expect(opened).toBe(0)
    expect(await loadDataset(dataset)).toEqual(first)
    expect(opened).toBeGreaterThan(0)
    expect(kept()).toHaveLength(files)
    expect(told).toEqual([])
  })

  it('of characters are not worth keeping', async () => {
    await load(windows('abc '.repeat(30), characters, 4))
    expect(() => kept()).toThrow('ENOENT')
  })

  it('are those that are made, whatever is kept of other texts, tokenizers and lengths', async () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'é', '\ud83d\ude00', '[PAD]')
    const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((some) => some.join(' '))
    const drawn = fc.record({
      rows: fc.array(text, { minLength: 8, maxLength: 10 }),
      tokenizer: fc.oneof(
        fc
          .constantFrom(['a'], ['b'], ['a', 'b', 'c'], ['é', 'a'])
          .chain((words) => fc.constantFrom('auto', '[UNK]').map((padding) => fileTokenizer(words, padding))),
        fc.integer({ min: 1, max: 3 }).map(wordsTokenizer),
      ),
      length: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(2),
      inWindows: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ rows: some, tokenizer, length, seed, inWindows }) => {
        const long = `${some.join('\n')}\n`.repeat(3)
        const dataset = inWindows ? windows(long, tokenizer, length) : texts(some, tokenizer, length, seed)
        expect(await load(dataset)).toEqual(await loadDataset(dataset))
      }),
      { numRuns: 100 },
    )
    // Not of one kind for all.
    expect(kept().length).toBeGreaterThan(30)
    expect(told).toEqual([])
  })

  it('with their places in the text are those that are made, whatever else is kept', async () => {
    const word = fc.constantFrom('a', 'b', 'c', 'dé', '\ud83d\ude00')
    const tokenizer = fc.oneof(
      fc.constantFrom(['a'], ['a', 'b', 'c'], ['dé', 'a']).map((words) => fileTokenizer(words)),
      fc.integer({ min: 1, max: 3 }).map(wordsTokenizer),
      fc.constant(characters),
    )
    const drawn = fc.record({
      some: fc.array(word, { minLength: 24, maxLength: 28 }),
      tokenizers: fc.tuple(tokenizer, tokenizer),
      length: fc.integer({ min: 1, max: 3 }),
    })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ some, tokenizers: [theirs, ours], length }) => {
        const dataset = own(ours, windows(`${some.join(' ')} `.repeat(6), theirs, length, 24))
        const made = await retokenize(dataset)
        for (const _ of ['made', 'kept']) {
          const cache = tokenCache(folder, (line) => told.push(line))
          expect(await retokenize(dataset, cache)).toEqual(made)
          await cache.write()
        }
        // Of the same text without places there may be others beside them.
        expect(await load(dataset.of)).toEqual(await loadDataset(dataset.of))
      }),
      { numRuns: 60 },
    )
    expect(kept().length).toBeGreaterThan(30)
    expect(told).toEqual([])
  })

  it('are told apart by where one text ends and the next begins', async () => {
    const tokenizer = fileTokenizer(['a', 'b'])
    for (const some of [
      ['a b', 'a', 'b', 'a', 'b', 'a'],
      ['a', 'b', 'a', 'b', 'a', 'b a'],
    ]) {
      const dataset = texts(some, tokenizer, 3)
      expect(await load(dataset)).toEqual(await loadDataset(dataset))
    }
    expect(kept()).toHaveLength(2)
  })
})

describe('a file that is damaged', () => {
  it('at any byte, or cut anywhere, is told of, and written anew', async () => {
    const dataset = texts(rows, wordsTokenizer(2), 4)
    const first = await load(dataset)
    const path = join(tokens, kept()[0]!)
    const whole = readFileSync(path)
    const damages = fc.oneof(
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
        const bytes = Buffer.from(whole)
        bytes[at] = bytes[at]! ^ by
        return bytes
      }),
      fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
      fc.uint8Array({ minLength: 1, maxLength: 9 }).map((more) => Buffer.concat([whole, more])),
    )
    await fc.assert(
      fc.asyncProperty(damages, async (damaged) => {
        writeFileSync(path, damaged)
        told = []
        expect(await load(dataset)).toEqual(first)
        expect(told).toHaveLength(1)
        expect(told[0]).toContain(`${path} is damaged: expected SHA-256 `)
        expect(told[0]).toMatch(/; the texts are read anew$/)
        expect(readFileSync(path).equals(whole)).toBe(true)
      }),
    )
    expect(kept()).toHaveLength(1)
  })

  it('or another key’s', async () => {
    const [one, other] = [texts(rows, wordsTokenizer(2), 4), texts(rows, wordsTokenizer(2), 5)]
    await load(one)
    const [oneName] = kept() as [string]
    await load(other)
    const otherName = kept().find((name) => name !== oneName)!
    writeFileSync(join(tokens, otherName), readFileSync(join(tokens, oneName)))
    expect(await load(other)).toEqual(await loadDataset(other))
    expect(told).toEqual([`${join(tokens, otherName)} is damaged: it is of ${oneName}; the texts are read anew`])
  })
})

it('a tokenizer that has changed since it was planned is refused, kept ids or not', async () => {
  const tokenizer = fileTokenizer(['a', 'b', 'x'])
  const dataset = texts(rows, tokenizer, 4)
  await load(dataset)
  writeFileSync(tokenizer.file, `${readFileSync(tokenizer.file, 'utf8')}\n`)
  await expect(load(dataset)).rejects.toThrow(/it has changed since it was planned: expected SHA-256/)
})

it('processes that start at once write one file of each', async () => {
  const dataset = texts(rows, wordsTokenizer(3), 4)
  const dist = (file: string) => pathToFileURL(resolve(import.meta.dirname, '../../orchestrator/dist/data', file)).href
  const script = `
    import { loadDataset } from ${JSON.stringify(dist('loadDataset.js'))}
    import { tokenCache } from ${JSON.stringify(dist('text/tokenCache.js'))}
    const cache = tokenCache(${JSON.stringify(folder)}, (line) => { throw new Error(line) })
    for (let maxLength = 1; maxLength <= 10; maxLength++) {
      const { hash } = await loadDataset({ ...${JSON.stringify(dataset)}, maxLength }, cache)
      await cache.write()
      console.log(hash)
    }`
  const started = Array.from({ length: 4 }, () =>
    promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]),
  )
  const hashes = (await Promise.all(started)).map(({ stdout }) => stdout.trim())
  expect(new Set(hashes).size).toBe(1)
  expect(hashes[0]!.split('\n')[3]).toBe((await load(dataset)).hash)
  expect(kept()).toHaveLength(10)
  expect(told).toEqual([])
})
