// A tokenizer.json of the user's: its ids by hand, with its own tokens around a text, and what is told of one that
// cannot be used.
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResolvedDataset, TrialConfig } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { tokenCache } from '../../orchestrator/src/data/text/tokenCache.ts'
import { firstOf } from '../../orchestrator/src/data/text/tokenizer.ts'
import { trialId } from '../../orchestrator/src/plan/identity.ts'
import { parseExperiment } from '../../orchestrator/src/spec/read.ts'
import { problemOf, split, temporaryFolder, write } from './files.ts'

const folder = temporaryFolder()

/** As BERT's: pieces of words in lower case, [CLS] before and [SEP] behind. */
const pieces = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content, id) => ({ id, content, special: true })),
  normalizer: { type: 'BertNormalizer', clean_text: true, lowercase: true, handle_chinese_chars: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##' },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, play: 4, '##ing': 5, '##ed': 6, a: 7, game: 8, '.': 9 },
  },
}

/** As GPT-2's, in small: no padding, and every letter is a token until two of them are merged. */
const pairs = {
  ...pieces,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: { a: 0, b: 1, Ġ: 2, ab: 3, Ġab: 4, '</s>': 11 },
    merges: ['a b', 'Ġ ab'],
  },
}

let files = 0
function tokenizer(content: unknown, padding = 'auto') {
  const path = write(
    join(folder, `tokenizer${files++}.json`),
    typeof content === 'string' ? content : JSON.stringify(content),
  )
  return { type: 'file' as const, file: path, sha256: hash('sha256', readFileSync(path)), padding }
}

function dataset(texts: string[], given: ReturnType<typeof tokenizer>, maxLength = 6): ResolvedDataset {
  const rows = texts.map((text, row) => JSON.stringify({ text, label: row % 2 }))
  const train = write(join(folder, `texts${files++}.jsonl`), rows.join('\n'))
  return { type: 'jsonl', train, test: train, text: 'text', label: 'label', tokenizer: given, maxLength, split }
}

const idsOf = async (...given: Parameters<typeof dataset>) => {
  const data = await loadDataset(dataset(...given))
  const [length] = data.inputShape as [number]
  const rows = Array.from({ length: data.trainFileSamples }, (_, row) => [
    ...data.train.inputs.subarray(row * length, (row + 1) * length),
  ])
  return { rows, vocabulary: data.vocabulary, padding: data.tokenizer!.padding }
}

describe('a tokenizer.json', () => {
  it('of pieces sets its own tokens around a text, however long that is', async () => {
    const texts = ['Playing a game.', 'played', '', 'unheard of play', 'a a a a a a a [SEP]']
    const expected = {
      rows: [
        // play ##ing a game . is one too many.
        [2, 4, 5, 7, 8, 3],
        [2, 4, 6, 3, 0, 0],
        [2, 3, 0, 0, 0, 0],
        [2, 1, 1, 4, 3, 0],
        [2, 7, 7, 7, 7, 3],
      ],
      vocabulary: 10,
      padding: 0,
    }
    expect(await idsOf(texts, tokenizer(pieces))).toEqual(expected)
    const eight = await idsOf(texts, tokenizer(pieces), 8)
    expect(eight.rows[0]).toEqual([2, 4, 5, 7, 8, 9, 3, 0])
  })

  it('of pairs is filled up with the token that the experiment names; ids end where the highest does', async () => {
    const { rows, ...about } = await idsOf(['ab ab', 'ba', 'a'], tokenizer(pairs, '</s>'), 4)
    expect(rows).toEqual([
      [3, 4, 11, 11],
      [1, 0, 11, 11],
      [0, 11, 11, 11],
    ])
    expect(about).toEqual({ vocabulary: 12, padding: 11 })
  })

  it('that names no padding fills up with an id of its own, behind all others, which is told', async () => {
    const given = dataset(['ab ab', 'ba', 'a'], tokenizer(pairs), 4)
    const cache = tokenCache(join(folder, 'kept'), (line) => {
      throw new Error(line)
    })
    const data = await loadDataset(given, cache)
    await cache.write()
    expect([...data.train.inputs]).toEqual([3, 4, 12, 12, 1, 0, 12, 12, 0, 12, 12, 12])
    expect(data).toMatchObject({ vocabulary: 13, padding: 12, tokenizer: { padding: 12 } })
    expect(data.notes).toEqual([
      'the tokenizer names no padding: short texts are filled up with 12, an id behind all of its own; "padding" names one of its tokens instead',
    ])
    // What is kept says the same.
    expect(await loadDataset(given, cache)).toEqual(data)
    expect((await loadDataset(dataset(['ab ab', 'ba', 'a'], tokenizer(pieces), 4))).notes).toEqual([])
  })

  it('that names no padding needs none for the windows of a text', async () => {
    const text = write(join(folder, `text${files++}.txt`), 'ab a b '.repeat(20))
    const windows = (given: ReturnType<typeof tokenizer>) =>
      loadDataset({
        type: 'next-token',
        text,
        test: 0.25,
        length: 4,
        tokenizer: given,
        split: { train: 'rest', validation: 2, test: 'all' },
      })
    const data = await windows(tokenizer(pairs))
    expect(data).toMatchObject({ vocabulary: 12, classes: 12, padding: null, tokenizer: { padding: null }, notes: [] })
    expect([...data.train.inputs.subarray(0, 8)]).toEqual([3, 2, 0, 2, 1, 4, 2, 0])
    // The same as where one is named that is never used.
    expect((await windows(tokenizer(pairs, '</s>'))).hash).toBe(data.hash)
  })

  it('that states its padding has that one; its own truncation does not count', async () => {
    const padding = { pad_id: 9, pad_token: '.', strategy: { Fixed: 3 } }
    const truncation = { max_length: 3, direction: 'Right', strategy: 'LongestFirst', stride: 0 }
    const { rows } = await idsOf(['a game', 'a'], tokenizer({ ...pieces, padding, truncation }))
    expect(rows[0]).toEqual([2, 7, 8, 3, 9, 9])
  })

  it('of words knows its unknown word', async () => {
    const model = { type: 'WordLevel', vocab: { '<pad>': 0, '<unk>': 1, a: 2 }, unk_token: '<unk>' }
    const words = { ...pieces, added_tokens: [], post_processor: null, model }
    expect((await idsOf(['a b a', 'a'], tokenizer(words), 4)).rows).toEqual([
      [2, 1, 2, 0],
      [2, 0, 0, 0],
    ])
  })
})

describe('what cannot be used is told:', () => {
  const texts = ['a', 'b', 'a']
  it.each<[string, unknown, string, number, string[], string]>([
    ['no JSON', '{', 'auto', 6, ['file'], 'expected a tokenizer.json that @huggingface/tokenizers can read: '],
    ['another JSON', { a: 1 }, 'auto', 6, ['file'], 'it has no "model"'],
    [
      'a part that the library does not know',
      { ...pieces, normalizer: { type: 'Magic' } },
      'auto',
      6,
      ['file'],
      'Unknown Normalizer type: Magic',
    ],
    ['a padding that it does not have', pieces, '<s>', 6, ['padding'], 'expected a token of the tokenizer, got "<s>"'],
    [
      'words that it does not have, where none stands for them',
      { ...pieces, post_processor: null, model: { type: 'WordLevel', vocab: { '[PAD]': 0, a: 1 } } },
      'auto',
      6,
      ['file'],
      'it has neither the token "b" nor one for what is unknown',
    ],
  ])('%s', async (_, content, padding, maxLength, path, message) => {
    const given = tokenizer(content, padding)
    const problem = await problemOf(dataset(texts, given, maxLength))
    expect(problem.message).toContain(`${given.file}: `)
    expect(problem.message).toContain(message)
    expect(problem.path).toEqual(['tokenizer', ...path])
  })

  it('a length that leaves no room for a text', async () => {
    expect(await problemOf(dataset(texts, tokenizer(pieces), 2))).toMatchObject({
      message: 'expected at least 2 tokens around each text and one of it, got 2',
      path: ['maxLength'],
    })
  })

  it('a file that has changed since it was planned', async () => {
    const given = { ...tokenizer(pieces), sha256: '0'.repeat(64) }
    expect((await problemOf(dataset(texts, given))).message).toMatch(
      /it has changed since it was planned: expected SHA-256 0+, got [0-9a-f]{64}$/,
    )
  })
})

describe('in an experiment', () => {
  const experiment = (tokenizer: object) =>
    JSON.stringify({
      name: 'texts',
      dataset: { type: 'jsonl', train: 'texts.jsonl', tokenizer },
      students: [{ id: 'small', architecture: { type: 'text-cnn' } }],
    })
  const read = (tokenizer: object) => parseExperiment(experiment(tokenizer), join(folder, 'experiment.json')).experiment
  const configOf = (dataset: ResolvedDataset): TrialConfig => {
    const { students } = read({ type: 'words' })
    const { architecture, training } = students[0]!
    return { role: 'student', dataset, architecture, training, seed: 1, distillation: null }
  }

  it('the file counts by what it says, in the trial’s identity, too', () => {
    const ids = [pieces, pieces, { ...pieces, version: '2.0' }].map((content, place) => {
      write(join(folder, `${place}`, 'tokenizer.json'), JSON.stringify(content))
      const { dataset } = read({ file: `${place}/tokenizer.json` })
      expect(dataset).toMatchObject({
        tokenizer: { type: 'file', file: join(folder, `${place}`, 'tokenizer.json'), padding: 'auto' },
      })
      return trialId(configOf(dataset))
    })
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    const words = [{}, { type: 'words' }, { type: 'words', size: 5000 }, { type: 'words', size: 4999 }].map((given) =>
      'type' in given ? trialId(configOf(read(given).dataset)) : undefined,
    )
    expect(words[1]).toBe(words[2])
    expect(words[3]).not.toBe(words[2])
  })

  it.each<[string, object, string]>([
    [
      'a file that is not there',
      { file: 'none.json' },
      'dataset.tokenizer.file: expected a tokenizer.json that can be read, got "none.json": no such file',
    ],
    [
      'a folder',
      { file: '0' },
      'dataset.tokenizer.file: expected a tokenizer.json that can be read, got "0": a folder',
    ],
    ['a slip', { type: 'words', sise: 4 }, 'dataset.tokenizer.sise: unknown name "sise"; did you mean "size"?'],
    ['no words', { type: 'words', size: 0 }, 'dataset.tokenizer.size: expected an integer from 1 to 1000000, got 0'],
    ['another slip', { fiel: 'a' }, 'dataset.tokenizer.fiel: unknown name "fiel"; did you mean "file"?'],
  ])('refuses %s, at its place', (_, tokenizer, message) => {
    expect(() => read(tokenizer)).toThrow(message)
  })
})

describe('long texts', () => {
  it('are read no further than their first tokens need, which are those of the whole text', () => {
    const read: number[] = []
    const words = (part: string) => {
      read.push(part.length)
      return part.match(/\S+/g) ?? []
    }
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', ' ') }), { maxLength: 200 }), (parts) => {
        const text = parts.join(' ')
        read.length = 0
        expect(firstOf(text, 5, words)).toEqual((text.match(/\S+/g) ?? []).slice(0, 5))
      }),
    )
    read.length = 0
    firstOf('ab '.repeat(1000), 5, words)
    expect(read).toEqual([40])
    read.length = 0
    expect(firstOf(`${' '.repeat(100)}a b ${'c '.repeat(50)}`, 2, words)).toEqual(['a', 'b'])
    expect(read).toEqual([16, 32, 64, 128])
  })
})
