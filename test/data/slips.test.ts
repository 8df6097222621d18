// What seems a slip in tables and texts is told with its column and values; usual data are left alone.
import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelSlips } from '../../orchestrator/src/data/labelSlips.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { split, tableDefaults, temporaryFolder, write } from './files.ts'
import { irises } from './irises.ts'

const folder = temporaryFolder()
let files = 0
const file = (text: string, name = 'table.csv') => write(join(folder, String(files++), name), text)

/** A made table of so many rows: two numbers that tell nothing, and what is given of each row. */
const table = (head: string, row: (at: number) => string, rows = 120) =>
  `a,b,${head}\n${Array.from({ length: rows }, (_, at) => `${(at * 7919) % 1009},${((at * 104729) % 997) / 10},${row(at)}\n`).join('')}`

async function warningsOf(text: string, changes: object = {}): Promise<string[]> {
  const given = { ...tableDefaults, label: 'class', split: { ...split, validation: 5 }, train: file(text), ...changes }
  const { warnings } = await loadDataset(given as unknown as ResolvedDataset)
  return warnings.map(({ message, path }) => `${path.join('.')}: ${message.slice(message.indexOf('table.csv: ') + 11)}`)
}

const two = (at: number) => 'ab'[at % 2]

describe('labels', () => {
  it.each([
    [
      'one number in two spellings',
      (at: number) => ['0', '1', '1.0'][at % 3],
      'column "class": "1" (40), "1.0" (40) are the same number, and 2 classes',
    ],
    [
      'how R writes what is missing',
      (at: number) => (at % 40 === 7 ? 'NA' : two(at)),
      'column "class": "NA" (3) is how missing values are written, and a class here; "missing": "drop" leaves such out',
    ],
    [
      'how Python writes it, beside numbers',
      (at: number) => ['0', '1', 'None'][at % 3],
      'column "class": "None" (40) is how missing values are written, and a class here; "missing": "drop" leaves such out',
    ],
    [
      'a quantity',
      (at: number) => (at * 1.25 + 0.1).toFixed(2),
      'column "class": 120 different numbers in 120 samples seem to be a quantity, not classes; such as "0.10" (1), "1.35" (1), "2.60" (1), "3.85" (1), "5.10" (1), 115 more',
    ],
    [
      'a quantity in whole numbers',
      (at: number) => String(50 + ((at * 37) % 90)),
      'column "class": 90 different numbers in 120 samples seem to be a quantity, not classes; such as "50" (2), "51" (1), "52" (1), "53" (1), "54" (2), 85 more',
    ],
    [
      'names of samples',
      (at: number) => `IMG_${at}`,
      'column "class": 120 different values in 120 samples seem to be names of samples, not classes; such as "IMG_0" (1), "IMG_1" (1), "IMG_10" (1), "IMG_100" (1), "IMG_101" (1), 115 more',
    ],
    [
      'names that differ in their case',
      (at: number) => ['cat', 'dog', 'Cat'][at % 3],
      'column "class": "Cat" (40), "cat" (40) differ only in how they are written, and are 2 classes',
    ],
    [
      'names that differ in their spaces',
      (at: number) => ['New York', 'dog', 'New  York'][at % 3],
      'column "class": "New  York" (40), "New York" (40) differ only in how they are written, and are 2 classes',
    ],
    [
      'letters composed in two ways',
      (at: number) => ['caf\u00e9', 'dog', 'cafe\u0301'][at % 3],
      'column "class": "cafe\u0301" (40), "caf\u00e9" (40) differ only in how they are written, and are 2 classes',
    ],
    [
      'a character that was lost before',
      (at: number) => ['B\uFFFDr', 'dog'][at % 2],
      'column "class": "B\uFFFDr" (60) is written with U+FFFD, which stands where a character was lost; it may be several classes',
    ],
    [
      'what SPSS writes for what is missing',
      (at: number) => ['0', '1', '-999'][at % 3],
      'column "class": "-999" (40) is how missing values are written, and a class here; "missing": "drop" beside "missingValues": ["-999"] leaves such out',
    ],
    [
      'a formula that failed',
      (at: number) => ['0', '1', '#DIV/0!'][at % 3],
      'column "class": "#DIV/0!" (40) is how missing values are written, and a class here; "missing": "drop" beside "missingValues": ["#DIV/0!"] leaves such out',
    ],
    [
      'what is missing, in lower case',
      (at: number) => ['cat', 'dog', 'na'][at % 3],
      'column "class": "na" (40) is how missing values are written, and a class here; "missing": "drop" beside "missingValues": ["na"] leaves such out',
    ],
    [
      'truth beside numbers',
      (at: number) => ['0', '1', 'TRUE'][at % 3],
      'column "class": "0" (40), "1" (40), "TRUE" (40) are numbers beside true and false, and 3 classes',
    ],
    [
      'a character that cannot be seen',
      (at: number) => ['red', 'blue', 're\u200bd'][at % 3],
      'column "class": "red" (40), "re\\u200bd" (40) differ only in how they are written, and are 2 classes',
    ],
    [
      'digits of full width',
      (at: number) => ['1', '2', '\uff11'][at % 3],
      'column "class": "1" (40), "\uff11" (40) differ only in how they are written, and are 2 classes',
    ],
    [
      'dashes for spaces',
      (at: number) => ['no fraud', 'fraud', 'no_fraud'][at % 3],
      'column "class": "no fraud" (40), "no_fraud" (40) differ only in how they are written, and are 2 classes',
    ],
    [
      'full stops, as in the test file of Adult',
      (at: number) => ['<=50K', '>50K', '<=50K.'][at % 3],
      'column "class": "<=50K" (40), "<=50K." (40) differ only in how they are written, and are 2 classes',
    ],
    [
      'yes and no in letters',
      (at: number) => 'yYn'[at % 3],
      'column "class": "Y" (40), "y" (40) differ only in how they are written, and are 2 classes',
    ],
    ['one sample', (at: number) => (at === 9 ? 'c' : two(at)), 'column "class": there is one sample each of "c" (1)'],
  ])('of %s', async (_, label, message) => {
    expect(await warningsOf(table('class', (at) => String(label(at))))).toEqual([`label: ${message}`])
  })

  it('of a class that the training split lacks', async () => {
    const text = table('class', (at) => (at > 117 ? 'c' : String(two(at))))
    const found = await warningsOf(text, {
      test: file(table('class', two as () => string, 4)),
      split: { ...split, train: 2 },
    })
    expect(found).toEqual([expect.stringMatching(/^label: column "class": none of the training split is of /)])
  })

  it('of texts', async () => {
    const rows = Array.from({ length: 60 }, (_, at) => ({ text: `x ${at % 7}`, label: ['Yes', 'no', 'yes'][at % 3] }))
    const path = file(rows.map((row) => JSON.stringify(row)).join('\n'), 'texts.jsonl')
    const { warnings } = await loadDataset({
      type: 'jsonl',
      train: path,
      test: 0.25,
      text: 'text',
      label: 'label',
      tokenizer: { type: 'words', size: 9 },
      maxLength: 4,
      split,
    })
    expect(warnings).toEqual([
      {
        message: `${path}: field "label": "Yes" (20), "yes" (20) differ only in how they are written, and are 2 classes`,
        path: ['label'],
      },
    ])
  })
})

describe('inputs', () => {
  it.each([
    [
      'row numbers without a name',
      '',
      (at: number) => at + 1,
      'column "" without a name numbers the rows from 1 to 120',
    ],
    ['row numbers of any name', 'x', (at: number) => at, 'column "x" numbers the rows from 0 to 119'],
    [
      'pandas’ index after shuffling',
      'Unnamed: 0',
      (at: number) => (at * 7) % 120,
      'column "Unnamed: 0" has another whole number in each row',
    ],
    ['keys', 'PassengerId', (at: number) => 9000 - 3 * at, 'column "PassengerId" has another whole number in each row'],
  ])('%s', async (_, name, value, message) => {
    const text = table(`${name},class`, (at) => `${value(at)},${two(at)}`)
    expect(await warningsOf(text)).toEqual([`train: ${message}; "ignore": ["${name}"] leaves it out`])
  })

  it('names of rows among words', async () => {
    const text = table('name,class', (at) => `n${at},${two(at)}`)
    expect(await warningsOf(text, { oneHot: ['name'] })).toEqual([
      'train: column "name" has another value in each row; "ignore": ["name"] leaves it out',
    ])
  })

  it.each([
    ['the class by its number', {}, (at: number) => at % 3, '3 values'],
    ['the class itself', { oneHot: ['x'] }, (at: number) => 'abc'[at % 3], '3 values'],
    ['a part of the class', { oneHot: ['x'] }, (at: number) => `${'abc'[at % 3]}${at % 2}`, '6 values'],
  ])('%s', async (_, changes, value, values) => {
    const text = table('x,class', (at) => `${value(at)},${'abc'[at % 3]}`)
    expect(await warningsOf(text, changes)).toEqual([
      `train: column "x" gives the class away: ${values}, each with one value of "class"`,
    ])
  })
})

describe('inputs', () => {
  it('of one word in several spellings', async () => {
    const text = table('color,class', (at) => `${['red', 'Red', 'blue'][(at * 7 + (at >> 2)) % 3]},${two(at)}`)
    expect(await warningsOf(text, { oneHot: ['color'] })).toEqual([
      'train: column "color": "red", "Red" differ only in how they are written, and are 2 values',
    ])
    const codes = table('code,class', (at) => `${['1', '2', '1.0'][(at * 7 + (at >> 2)) % 3]},${two(at)}`)
    expect(await warningsOf(codes, { oneHot: ['code'] })).toEqual([
      'train: column "code": "1", "1.0" are the same number, and are 2 values',
    ])
  })

  it('the class in ones and zeros', async () => {
    const text = table('is_a,is_b,is_c,class', (at) => {
      const flags = [0, 1, 2].map((place) => (at % 3 === place ? 1 : 0))
      return `${flags.join(',')},${'abc'[at % 3]}`
    })
    expect(await warningsOf(text)).toEqual([
      'train: columns "is_a", "is_b", "is_c" together give the class away: each has one value in each class',
    ])
  })

  it('the class, where it is not missing', async () => {
    const text = table('alive,class', (at) => `${at % 10 === 3 ? '' : at % 2},${two(at)}`)
    expect(await warningsOf(text, { missing: 'mean' })).toEqual([
      'train: column "alive" gives the class away: 2 values, each with one value of "class"',
    ])
  })
})

describe('no alarm', () => {
  it.each<[string, string, object?]>([
    ['irises', `a,b,c,d,class\n${irises.map((row) => `${row.join(',')}\n`).join('')}`],
    ['numbers from 0 to 9', table('class', (at) => String(at % 10))],
    ['classes as floats', table('class', (at) => (at % 3).toFixed(1))],
    ['stars by halves', table('class', (at) => String(0.5 + (at % 10) / 2), 1000)],
    ['40 faces, 10 of each', table('class', (at) => String(at % 40), 400)],
    ['200 species, 5 of each', table('class', (at) => `species ${at % 200}`, 1000)],
    ['letters in both cases', table('class', (at) => String('aAbB'[at % 4]))],
    ['grades', table('class', (at) => String(['A', 'A-', 'A+', 'B'][at % 4]))],
    ['less, the same, more', table('class', (at) => String((at % 3) - 1))],
    ['plus and minus', table('class', (at) => String('+-'[at % 2]))],
    ['no disorder', table('class', (at) => String(['None', 'Insomnia'][at % 2]))],
    ['yes and no', table('class', (at) => String(['yes', 'no'][at % 2]))],
    ['a rare class', table('class', (at) => (at % 25 === 0 ? 'fraud' : 'fine'), 500)],
    ['years that count up', table('year,class', (at) => `${1900 + at},${two(at)}`)],
    ['an id that comes again', table('id,class', (at) => `${at % 17},${two(at)}`)],
    ['an acid', table('acid,class', (at) => `${9000 - 3 * at},${two(at)}`)],
    ['a constant', table('x,class', (at) => `1,${two(at)}`)],
    ['a flag that tells most', table('x,class', (at) => `${(at % 2) ^ (at % 10 === 0 ? 1 : 0)},${two(at)}`)],
    [
      'words that tell most',
      table('x,class', (at) => `${at === 4 ? 'q' : two(at)},${at === 5 ? 'a' : two(at)}`),
      { oneHot: ['x'] },
    ],
    ['a flag of one class', table('milk,class', (at) => `${at % 3 === 0 ? 1 : 0},${'abc'[at % 3]}`)],
    ['a small table', table('x,class', (at) => `${at},${two(at)}`, 12), { split: { ...split, validation: 2 } }],
    [
      'pixels by number',
      table(
        `${Array.from({ length: 9 }, (_, at) => at).join(',')},class`,
        (at) => `${Array.from({ length: 9 }, (_, pixel) => (at * pixel * 31) % 256).join(',')},${at % 10}`,
        300,
      ),
    ],
  ])('of %s', async (_, text, changes = {}) => {
    expect(await warningsOf(text, changes)).toEqual([])
  })

  it('of classes with several samples each, whatever their names', async () => {
    const name = fc.string({ unit: fc.constantFrom(...'bcdefghijk'), minLength: 2, maxLength: 8 })
    const number = fc.integer({ min: -5, max: 500 }).map(String)
    const names = fc.oneof(
      fc.uniqueArray(name, { minLength: 2, maxLength: 60 }),
      fc.uniqueArray(number, { minLength: 2, maxLength: 60 }),
    )
    fc.assert(
      fc.property(names, fc.integer({ min: 5, max: 50 }), (classNames, each) => {
        const all = Array.from({ length: each }, () => classNames).flat()
        expect(labelSlips({ where: 'x', classNames, names: all, trained: all })).toEqual([])
      }),
    )
  })
})
