// A text in a teacher's own tokens: where these begin in it, next to what people would find by eye or a pattern, and
// which of them say what its students' are to say, next to a naive search.
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedDataset, RetokenizedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { match, retokenize } from '../../orchestrator/src/data/retokenized.ts'
import { locatedForWindows } from '../../orchestrator/src/data/text/forWindows.ts'
import { encoderOf } from '../../orchestrator/src/data/text/tokenizer.ts'
import { problemOf, temporaryFolder, write } from './files.ts'
import { mobyDick } from './mobyDick.ts'

type Students = RetokenizedDataset['of']
type Tokenizer = Students['tokenizer']

const folder = temporaryFolder()
let files = 0
const fileOf = (text: string, name = 'book.txt') => write(join(folder, String(files++), name), text)

const characters: Tokenizer = { type: 'characters' }
const words = (size = 5000): Tokenizer => ({ type: 'words', size })

const ofText = (text: string, changes: Partial<Students> = {}): Students => ({
  type: 'next-token',
  text: fileOf(text),
  test: 0.25,
  length: 8,
  tokenizer: characters,
  split: { train: 'rest', validation: 6, test: 'all' },
  ...changes,
})

/** Words and marks with their places, as people would cut them. */
const cutByEye = (text: string) =>
  [...text.toLowerCase().matchAll(/[^\s\p{P}$+<=>^`|~]+|[\p{P}$+<=>^`|~]/gu)].map(({ 0: word, index }) => ({
    word,
    index,
  }))

const located = async (json: object, text: string) => {
  const encoder = await encoderOf(Buffer.from(JSON.stringify(json)), { padding: 'auto', maxLength: 8 }, (problem) => {
    throw new Error(problem)
  })
  const { tokens, begins } = encoder.located(text)
  expect([...tokens]).toEqual(encoder.whole(text))
  return [...begins]
}

const plain = { version: '1.0', added_tokens: [], normalizer: null, post_processor: null, decoder: null }
const padding = { pad_id: 0 }

describe('tokens begin', () => {
  it('where characters do, in UTF-16 units', async () => {
    const own = await locatedForWindows({ tokenizer: characters, length: 4 }, 'a🐋b', 'a🐋b🐋', null)
    expect([...own.held.begins]).toEqual([0, 1, 3, 4])
  })

  it('where words of a real book do, known or not', async () => {
    const text = readFileSync(mobyDick, 'utf8').slice(0, 300_000)
    const own = await locatedForWindows({ tokenizer: words(500), length: 64 }, text, '', null)
    const { tokens, begins } = own.seen
    const eye = cutByEye(text)
    expect(begins.length).toBe(eye.length)
    expect(eye.length).toBeGreaterThan(50_000)
    expect([...begins]).toEqual(eye.map(({ index }) => index))
    const { vocab } = (
      JSON.parse(Buffer.from(own.tokenizer!.json).toString()) as { model: { vocab: Record<string, number> } }
    ).model
    expect([...tokens]).toEqual(eye.map(({ word }) => vocab[word] ?? 1))
  })

  it('where pieces of words do, also behind a word that has none', async () => {
    const json = {
      ...plain,
      padding,
      normalizer: { type: 'BertNormalizer', clean_text: true, lowercase: true, handle_chinese_chars: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: { '[PAD]': 0, '[UNK]': 1, play: 2, '##ing': 3, a: 4, game: 5, '.': 6, 鯨: 7 },
      },
    }
    //                            0123456789012345678901234567
    expect(await located(json, 'Playing  a stränge game. 鯨a')).toEqual([0, 4, 9, 11, 19, 23, 25, 26])
  })

  it('where bytes do, a space with the word behind it, and nowhere inside of a letter', async () => {
    const vocab = Object.fromEntries(['Ġ', 'a', 'b', 'Ã', '©', 'ab', 'Ġab', 'Ċ'].map((token, id) => [token, id]))
    const json = {
      ...plain,
      padding,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      decoder: { type: 'ByteLevel' },
      model: { type: 'BPE', vocab, merges: ['a b', 'Ġ ab'] },
    }
    // Ġab, a, é as two bytes, a new line, ab.
    expect(await located(json, ' abaé\nab')).toEqual([0, 3, 4, -1, 5, 6])
  })

  it('where SentencePiece’s do, which write spaces and bytes of their own', async () => {
    const tokens = ['<pad>', '<unk>', '▁', 'a', 'b', 'ab', '▁ab', '<0x0A>', '<0xC3>', '<0xA9>']
    const json = {
      ...plain,
      padding,
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ],
      },
      pre_tokenizer: null,
      model: {
        type: 'BPE',
        unk_token: '<unk>',
        byte_fallback: true,
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: ['a b', '▁ ab'],
      },
    }
    // What is put before the text begins with its first letter.
    expect(await located(json, 'ab ab\nbé a')).toEqual([0, 2, 5, 6, 7, -1, 8, 9])
  })
})

/** Ids of one text by a tokenizer that characters or words have made of another, with places: by eye. */
function eyeTokens(text: string, tokenizer: Tokenizer) {
  if (tokenizer.type !== 'characters') return cutByEye(text)
  let index = 0
  return Array.from(text, (word) => {
    const found = { word, index }
    index += word.length
    return found
  })
}

const alphabet = fc.constantFrom('a', 'b', 'cd', ' ', ' ', '\n', '.', ', ', 'Ab', '🐋', 'é')
const texts = fc.array(alphabet, { minLength: 400, maxLength: 700 }).map((parts) => parts.join(''))
const directions: [string, Tokenizer, Tokenizer, number][] = [
  ['words to characters', words(), characters, 8],
  ['characters to words', characters, words(), 5],
]

describe.each(directions)('from %s', (_, theirs, ours, length) => {
  it('each position has the partner that a naive search finds, with the text before it', async () => {
    let found = 0
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        // The text is its own last part again, so that there is something to validate and test on.
        const dataset = ofText(`start ${text}`, { tokenizer: ours, test: fileOf(`x. ${text}`, 'held.txt'), length })
        const { data, alignment } = await retokenize({
          type: 'retokenized',
          of: dataset,
          tokenizer: theirs,
          length: null,
        })
        const students = await loadDataset(dataset)
        const whole = `start ${text}`
        const [own, other] = [eyeTokens(whole, ours), eyeTokens(whole, theirs)]
        const [size] = data.inputShape as [number]
        const windows = students.trainFileSamples
        expect(alignment.inputs.length).toBe(windows * size)
        const validation = own.length - (students.validation.indices.length * length + 1)
        const trained = students.train.indices.length
        let aligned = 0
        for (let window = 0; window < windows; window++) {
          const start = window < trained ? window * length : validation + (window - trained) * length
          for (let at = 0; at < length; at++) {
            const place = own[start + at + 1]!.index
            const partner = alignment.partners[window * length + at]!
            const token = other.findIndex(({ index }) => index === place)
            // Of the token that a window begins in, or of the text's first, nothing was read before.
            const first = other.findLastIndex(({ index }) => index <= own[start]!.index)
            if (token <= Math.max(0, first)) {
              expect(partner).toBe(-1)
              continue
            }
            aligned++
            // What it reads up to there is what stands before the token, from the window's first or before.
            const read = [...alignment.inputs.subarray(window * size, window * size + partner + 1)]
            const before = idsBefore(data, other, token)
            expect(read).toEqual(before.slice(before.length - read.length))
            expect(read.length).toBeGreaterThanOrEqual(token - Math.max(0, first))
          }
        }
        expect(alignment.aligned).toBe(aligned)
        found += aligned
      }),
      { numRuns: 15 },
    )
    expect(found).toBeGreaterThan(500)
  })
})

/** By the data's own vocabulary. */
function idsBefore({ classNames, tokenizer }: Data, tokens: { word: string }[], end: number): number[] {
  const json =
    tokenizer && (JSON.parse(Buffer.from(tokenizer.json).toString()) as { model: { vocab: Record<string, number> } })
  return tokens.slice(0, end).map(({ word }) => (json ? (json.model.vocab[word] ?? 1) : classNames!.indexOf(word)))
}

describe('what a teacher learns', () => {
  const numbered = Array.from({ length: 900 }, (_, index) => `w${index}`).join(' ')
  const dataset = ofText(numbered, { length: 16, split: { train: 150, validation: 40, test: 30 }, test: 0.2 })

  it('is the text of its students’ training windows and no other', async () => {
    const students = await loadDataset(dataset)
    const { data, alignment, differences } = await retokenize({
      type: 'retokenized',
      of: dataset,
      tokenizer: words(),
      length: null,
    })
    expect(data.tokenizer).not.toBeNull()
    const { vocab } = (
      JSON.parse(Buffer.from(data.tokenizer!.json).toString()) as { model: { vocab: Record<string, number> } }
    ).model
    const names = Object.keys(vocab)
    const seen = (part: 'train' | 'validation' | 'test') => {
      const { inputs, labels, indices } = data[part]
      const [length] = data.inputShape as [number]
      const all = [...indices].flatMap((window) => [
        ...inputs.subarray(window * length, (window + 1) * length),
        ...labels.subarray(window * length, (window + 1) * length),
      ])
      return new Set(all.map((id) => names[id]!))
    }
    const textOf = (part: 'train' | 'validation') => {
      const { inputs, labels, indices } = students[part]
      const [first, last] = [indices[0]! * 16, (indices.at(-1)! + 1) * 16]
      return [...inputs.subarray(first, last), labels[last - 1]!].map((id) => students.classNames![id]).join('')
    }
    for (const part of ['train', 'validation'] as const) {
      const inside = new Set(textOf(part).split(' '))
      for (const word of seen(part)) expect(inside).toContain(word)
      // All but what the last window has no room for, and cut words at both ends.
      expect(seen(part).size).toBeGreaterThan(inside.size - 2 - data.inputShape[0]!)
    }
    const [train, validation] = [seen('train'), seen('validation')]
    expect([...train].filter((word) => validation.has(word))).toEqual([])
    // Words that only the test text has are unknown.
    expect(seen('test')).toEqual(new Set(['[UNK]']))
    expect(alignment.partners.length).toBe(190 * 16)
    expect(differences.slice(0, 2)).toEqual([
      'model.type is "WordLevel" there and "characters" here',
      expect.stringMatching(/^token "<unknown>" is none there and 0 here$/),
    ])
  })

  it('differs in nothing from its students where the tokenizer is theirs', async () => {
    const { differences, alignment } = await retokenize({
      type: 'retokenized',
      of: dataset,
      tokenizer: characters,
      length: null,
    })
    expect(differences).toEqual([])
    expect(alignment.aligned).toBe(alignment.partners.length)
  })

  it('is refused where a part has no window of its tokens', async () => {
    const short = { ...dataset, split: { ...dataset.split, validation: 1 } } as ResolvedDataset
    const problem = await problemOf({ type: 'retokenized', of: short, tokenizer: words(), length: null })
    expect(problem.path).toEqual(['of', 'split', 'validation'])
    expect(problem.message).toMatch(/^expected a stretch of text of at least \d+ tokens of the teacher's own, got \d+$/)
  })

  it('may have longer windows than it needs, and no shorter ones', async () => {
    const own = await retokenize({ type: 'retokenized', of: dataset, tokenizer: words(), length: null })
    const [needed] = own.data.inputShape as [number]
    const longer = await retokenize({ type: 'retokenized', of: dataset, tokenizer: words(), length: needed + 3 })
    expect(longer.data.inputShape).toEqual([needed + 3])
    expect(longer.alignment.aligned).toBe(own.alignment.aligned)
    const problem = await problemOf({ type: 'retokenized', of: dataset, tokenizer: words(), length: needed - 1 })
    expect(problem.path).toEqual(['length'])
    expect(problem.message).toBe(
      `expected at least ${needed} positions, which the longest stretch of text of a student's window takes, got ${needed - 1}`,
    )
  })

  it('has to be made by a file that is as it was', async () => {
    const file = fileOf('{}', 'tokenizer.json')
    const tokenizer = { type: 'file' as const, file, sha256: hash('sha256', 'other'), padding: 'auto' }
    const problem = await problemOf({ type: 'retokenized', of: dataset, tokenizer, length: null })
    expect(problem.path).toEqual(['tokenizer', 'file'])
  })
})

it('places are matched where both have them', () => {
  const ours = Int32Array.of(0, 2, -1, 5, 7)
  const theirs = Int32Array.of(1, 2, 4, -1, 5, 8)
  const { same, before } = match(ours, theirs)
  expect([...same]).toEqual([-1, 1, -1, 4, -1])
  expect([...before]).toEqual([-1, 1, 1, 4, 4])
})
