// Texts in JSON Lines: what becomes of them, by hand, and what is told of those that cannot be used.
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { readJsonl } from '../../orchestrator/src/data/readJsonl.ts'
import { problemOf, split, temporaryFolder, write } from './files.ts'

const folder = temporaryFolder()
let files = 0
const file = (content: string) => write(join(folder, `${files++}.jsonl`), content)
const lines = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

type Jsonl = Extract<ResolvedDataset, { type: 'jsonl' }>

const dataset = (train: string, changes: Partial<Jsonl> = {}): Jsonl => ({
  type: 'jsonl',
  train,
  test: 0.25,
  text: 'text',
  label: 'label',
  tokenizer: { type: 'words', size: 100 },
  maxLength: 4,
  split,
  ...changes,
})

describe('texts', () => {
  const train = file(
    lines(
      { text: 'The cat sat.', label: 'yes' },
      { text: 'the  CAT, the dog', label: 'no', more: 1 },
      { text: '', label: 'yes' },
      { text: 'the cat sat on the mat', label: 'no' },
      { text: 'a unicorn', label: 'no' },
    ),
  )
  const test = file(`\uFEFF${lines({ text: 'Dog sat', label: 'no' })}\r\n\n${lines({ text: 'unicorn', label: 'yes' })}`)

  it('become the ids of the training split’s words, cut and filled up at the end', async () => {
    // Validation takes one of the five; which one, the seed says.
    const data = await loadDataset(dataset(train, { test, split: { ...split, seed: 1 } }))
    expect(data).toMatchObject({
      inputShape: [4],
      classes: 2,
      classNames: ['no', 'yes'],
      preprocessing: null,
      augmentation: null,
      trainFileSamples: 5,
    })
    expect([...data.train.labels]).toEqual([1, 0, 1, 0, 0])
    expect([...data.test.labels]).toEqual([0, 1])
    const all = [
      ['the', 'cat', 'sat', '.'],
      ['the', 'cat', ',', 'the'],
      [],
      ['the', 'cat', 'sat', 'on'],
      ['a', 'unicorn'],
    ]
    const counted = [...data.train.indices].flatMap((index) => all[index]!)
    const times = (word: string) => counted.filter((each) => each === word).length
    const words = [...new Set(counted)].sort((one, other) => times(other) - times(one) || (one < other ? -1 : 1))
    const vocabulary = ['[PAD]', '[UNK]', ...words]
    expect(data.vocabulary).toBe(vocabulary.length)
    const idsOf = (text: string[]) => {
      const ids = text.map((word) => Math.max(1, vocabulary.indexOf(word)))
      return [...ids, ...Array(4 - ids.length).fill(0)]
    }
    expect([...data.train.inputs]).toEqual(all.flatMap(idsOf))
    expect([...data.test.inputs]).toEqual([...idsOf(['dog', 'sat']), ...idsOf(['unicorn'])])
    // The dog comes too late in its text to be read, so nobody knows it.
    expect(data.test.inputs[0]).toBe(1)
    const { model, padding } = JSON.parse(Buffer.from(data.tokenizer!.json).toString())
    expect(Object.keys(model.vocab)).toEqual(vocabulary)
    expect([data.tokenizer!.padding, padding.pad_token]).toEqual([0, '[PAD]'])
  })

  it('whose words are of the validation split or the test file only are unknown', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => ({ text: `word${row}`, label: row % 2 }))
    const given = dataset(file(lines(...rows)), { split: { ...split, validation: 4 } })
    const data = await loadDataset(given)
    expect([data.train, data.validation, data.test].map(({ indices }) => indices.length)).toEqual([5, 4, 3])
    expect(data.vocabulary).toBe(2 + 5)
    const first = (place: number) => data.train.inputs[4 * place]
    expect([...data.train.indices].map(first).sort()).toEqual([2, 3, 4, 5, 6])
    expect([...data.validation.indices].map(first)).toEqual([1, 1, 1, 1])
    expect([...data.test.indices].map((place) => data.test.inputs[4 * place])).toEqual([1, 1, 1])
    const small = await loadDataset({ ...given, tokenizer: { type: 'words', size: 3 } })
    expect(small.vocabulary).toBe(2 + 3)
    expect(small.hash).not.toBe(data.hash)
  })

  it('have classes of numbers in their order, and of true and false', async () => {
    const classesOf = async (...labels: unknown[]) => {
      const rows = labels.map((label) => ({ text: 'x', label }))
      return (await loadDataset(dataset(file(lines(...rows))))).classNames
    }
    expect(await classesOf(10, 9, 9, 10, 9)).toEqual(['9', '10'])
    expect(await classesOf(true, false, false, true)).toEqual(['false', 'true'])
    expect(await classesOf('b', 'a ', 'a', 'b')).toEqual(['a', 'b'])
  })

  it('may hold what ends lines elsewhere, in lines that end in any way', async () => {
    const texts = ['a\u2028b', 'c\u2029d', 'e\u0085f', '\uFEFFg']
    const rows = texts.map((text, row) => JSON.stringify({ text, label: row % 2 }))
    const read = async (content: string) => loadDataset(dataset(file(content)))
    const known = await read(rows.join('\n'))
    expect(known.trainFileSamples).toBe(3)
    const others = [`${rows.join('\r\n')}\r\n`, rows.join('\r'), `\uFEFF\n${rows.join('\n\n \r\n')}`]
    for (const content of others) expect((await read(content)).contents).toBe(known.contents)
  })

  it('may be a JSON array', async () => {
    const rows = ['a', 'b', 'c', 'd'].map((text, row) => ({ text, label: row % 2 }))
    const known = await loadDataset(dataset(file(lines(...rows))))
    for (const content of [JSON.stringify(rows), `\uFEFF\n ${JSON.stringify(rows, null, 2)}\n`]) {
      expect((await loadDataset(dataset(file(content)))).contents).toBe(known.contents)
    }
  })

  it('are read whole whatever the pieces in which a file comes', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '\r\n', '\u2028', '😀', ' '),
      maxLength: 9000,
      size: 'max',
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 20, maxLength: 30 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (texts, end) => {
          const content = texts.map((each, row) => JSON.stringify({ text: each, label: row % 2 }) + end).join('')
          const { rows, place } = await readJsonl(file(content), 'train', { text: 'text', label: 'label' })
          expect(rows.map((row) => row.text)).toEqual(texts)
          expect(place(19)).toMatch(/:20$/)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('are cut into words as a naive loop does it', async () => {
    const letter = fc.constantFrom(...'abÄé.,!  \n\t-\'9$("')
    const texts = fc.array(fc.string({ unit: letter, maxLength: 30 }), { minLength: 4, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(texts, async (drawn) => {
        const rows = drawn.map((text, row) => ({ text, label: row % 2 }))
        const data = await loadDataset(dataset(file(lines(...rows)), { maxLength: 30, test: file(lines(rows[0])) }))
        const { vocab } = JSON.parse(Buffer.from(data.tokenizer!.json).toString()).model
        for (const [row, { text }] of rows.entries()) {
          const words: string[] = []
          let word = ''
          for (const sign of `${text.toLowerCase()} `) {
            const isPart = /[a-zäé0-9]/.test(sign)
            if (isPart) word += sign
            else {
              if (word !== '') words.push(word)
              word = ''
              if (!/\s/.test(sign)) words.push(sign)
            }
          }
          const ids = [...data.train.inputs.subarray(30 * row, 30 * (row + 1))]
          expect(ids.slice(0, words.length)).toEqual(words.map((each) => vocab[each] ?? 1))
          expect(ids.slice(words.length).every((id) => id === 0)).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('what is wrong is told with its file and line:', () => {
  const good = { text: 'a', label: 'x' }
  it.each<[string, string, Partial<Jsonl>, string[], string]>([
    [
      'no JSON',
      `${lines(good)}{"text"\n`,
      {},
      ['train'],
      ':2:8: broken JSON: expected a colon, got the end of the line',
    ],
    [
      'a class of more digits than numbers have in JSON',
      '{"text": "a", "label": 12345678901234567890}\n{"text": "b", "label": 1}\n',
      {},
      ['train'],
      ':1: field "label": expected a number up to 9007199254740991, beyond which several are read as one, or a text, got about 12345678901234567000',
    ],
    [
      'a comma behind each object',
      `${JSON.stringify(good)},\n${JSON.stringify(good)}`,
      {},
      ['train'],
      ':1:25: broken JSON: expected the end of the line, got ","',
    ],
    [
      'a comma before the end of an array',
      `[\n${JSON.stringify(good)},\n${JSON.stringify(good)},\n]`,
      {},
      ['train'],
      ':3:25: broken JSON: expected no comma before the closing ], got one',
    ],
    [
      'an array that is not closed',
      `[${JSON.stringify(good)}`,
      {},
      ['train'],
      ':1:26: broken JSON: expected a closing ], got the end of the file',
    ],
    [
      'items of an array',
      JSON.stringify([good, { text: 5, label: 'x' }, 'c']),
      {},
      ['train'],
      ': item 2: field "text": expected a text, got 5; $FILE: item 3: expected a JSON object, got "c"',
    ],
    ['no object', `${lines(good)}[1]\n`, {}, ['train'], ':2: expected a JSON object, got [1]'],
    [
      'a text that is none',
      lines(good, { text: 5, label: 'x' }),
      {},
      ['train'],
      ':2: field "text": expected a text, got 5',
    ],
    [
      'fields of other names',
      lines({ body: 'a', class: 'x' }),
      {},
      ['train'],
      ':1: field "text": expected a text, got nothing among "body", "class"; $FILE:1: field "label": expected a class, got nothing among "body", "class"',
    ],
    [
      'no class',
      lines(good, { text: 'b', label: null }, { text: 'b', label: ' ' }),
      {},
      ['train'],
      ':2: field "label": expected a class, got null; $FILE:3: field "label": expected a class, got " "',
    ],
    ['nothing', '\n\n', {}, ['train'], ': expected an object a line, got none'],
    [
      'one class',
      lines(good, good, good),
      {},
      ['train'],
      ':1: field "label": expected at least 2 classes in the file, got only "x"',
    ],
    [
      'too many samples for validation',
      lines(good, good, good, { text: 'b', label: 'y' }),
      { split: { ...split, validation: 3 } },
      ['split', 'validation'],
      "expected fewer validation samples than the training file's 3, got 3",
    ],
  ])('%s', async (_, text, changes, path, message) => {
    const given = dataset(file(text), changes)
    const problem = await problemOf(given)
    const expected = message.replaceAll('$FILE', given.train)
    expect(problem.message).toBe(message.startsWith(':') ? `${given.train}${expected}` : expected)
    expect(problem.path).toEqual(path)
  })

  it('several at once, a few of many', async () => {
    const given = dataset(file(lines(good, ...Array.from({ length: 8 }, (_, row) => ({ text: row, label: 'x' })))))
    const { message } = await problemOf(given)
    expect(message.split('; ')).toHaveLength(6)
    expect(message).toMatch(/:2: .*got 0; .*:3: .*got 1; .*:6: .*; and 3 more$/)
  })

  it('bytes that are no UTF-8, which would make one class of two', async () => {
    const train = join(folder, `${files++}.jsonl`)
    write(train, Buffer.from(lines({ text: 'x', label: 'Bär' }, { text: 'y', label: 'Bör' }), 'latin1'))
    const { message } = await problemOf(dataset(train))
    expect(message).toMatch(/\.jsonl:1:23: expected text in UTF-8, got the byte 0xe4 \(byte 23 of the text\); /)
  })

  it('a class that only the test file has, at its line', async () => {
    const test = file(`\n${lines(good, { text: 'a', label: 'z' })}`)
    const train = file(lines(good, { text: 'b', label: 'y' }))
    expect(await problemOf(dataset(train, { test }))).toMatchObject({
      message: `${test}:3: field "label": expected a class that the training file has, got "z"`,
      path: ['test'],
    })
  })

  it('a file that is not there', async () => {
    const train = join(folder, 'nowhere.jsonl')
    expect(await problemOf(dataset(train))).toMatchObject({ message: `${train}: no such file`, path: ['train'] })
  })
})
