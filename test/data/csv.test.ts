import { join } from 'node:path'
import type { ResolvedDataset } from '@retort/schema/trial'
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { problemOf, split, tableDefaults, temporaryFolder, write } from './files.ts'

const folder = temporaryFolder()
const defaults = { ...tableDefaults, label: 'class' }
type Changes = Record<string, unknown>

let files = 0
const file = (text: string, name = 'table.csv') => write(join(folder, String(files++), name), text)
const dataset = (text: string, changes: Changes = {}) =>
  ({ ...defaults, train: file(text), ...changes }) as unknown as ResolvedDataset & { train: string }

const table = 'size,class,weight\n1,b,10\n2,a,20\n3,b,30\n4,a,40\n'

describe('a table', () => {
  it('has the label’s values as classes, in order, and the other columns as numbers', async () => {
    const test = file('size,class,weight\n5,a,-1e-2\n')
    const data = await loadDataset(dataset(table, { test }))
    expect(data).toMatchObject({
      inputShape: [2],
      classes: 2,
      classNames: ['a', 'b'],
      columnNames: ['size', 'weight'],
      trainFileSamples: 4,
    })
    expect([...data.train.inputs]).toEqual([1, 10, 2, 20, 3, 30, 4, 40])
    expect([...data.train.labels]).toEqual([1, 0, 1, 0])
    expect([...data.test.inputs]).toEqual([5, Math.fround(-0.01)])
  })

  it('is standardised by the training split alone', async () => {
    const data = await loadDataset(dataset(table, { test: file(table) }))
    const sizes = [...data.train.indices].map((index) => index + 1)
    const mean = sizes.reduce((sum, size) => sum + size, 0) / 3
    const deviation = Math.sqrt(sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / 3)
    const inputs = new Float32Array(8)
    gatherer(data)(data.test, Int32Array.of(0, 1, 2, 3), inputs, new Int32Array(4))
    for (const row of [0, 1, 2, 3]) {
      expect(inputs[2 * row]).toBeCloseTo((row + 1 - mean) / deviation, 6)
      expect(inputs[2 * row + 1]).toBeCloseTo((row + 1 - mean) / deviation, 6)
    }
  })

  it('orders classes that are numbers as numbers', async () => {
    const rows = Array.from({ length: 12 }, (_, label) => `${label},0\n`).join('')
    const { classNames } = await loadDataset(dataset(`class,x\n${rows}`))
    expect(classNames).toEqual(Array.from({ length: 12 }, (_, label) => String(label)))
  })

  it('is read by tabs in a .tsv, by what is said, after a byte order mark, quoted, with empty lines', async () => {
    const plain = await loadDataset(dataset(table))
    const quoted = '\uFEFFsize,class,weight\r\n"1","b",10\r\n\r\n2,a,20\r\n3,"b",30\r\n4,a,40\r\n\r\n'
    const others = [
      dataset('', { train: file(table.replaceAll(',', '\t'), 'table.tsv') }),
      dataset(table.replaceAll(',', ';'), { delimiter: ';' }),
      dataset(quoted),
    ]
    for (const other of others) expect((await loadDataset(other)).hash).toBe(plain.hash)
  })

  it('leaves out columns, and spreads text over columns of ones and zeros', async () => {
    const text = 'id,color,class,x\n1,red,a,7\n2,blue,b,8\n3,red,a,9\n4,green,b,6\n'
    const data = await loadDataset(dataset(text, { ignore: ['id'], oneHot: ['color'], test: file(text) }))
    expect(data.columnNames).toEqual(['color=red', 'color=blue', 'color=green', 'x'])
    expect([...data.train.inputs]).toEqual([1, 0, 0, 7, 0, 1, 0, 8, 1, 0, 0, 9, 0, 0, 1, 6])
  })

  it('holds out a share of the rows, by the split’s seed', async () => {
    const rows = Array.from({ length: 100 }, (_, row) => `${row},${row % 2}\n`).join('')
    const loaded = async (seed: number) => {
      const { train, test } = await loadDataset(dataset(`x,class\n${rows}`, { test: 0.2, split: { ...split, seed } }))
      return { train: [...train.inputs], test: [...test.inputs] }
    }
    const { train, test } = await loaded(0)
    expect([train.length, test.length]).toEqual([80, 20])
    expect([...train, ...test].sort((one, other) => one - other)).toEqual(Array.from(Array(100).keys()))
    expect(await loaded(0)).toEqual({ train, test })
    expect((await loaded(1)).test).not.toEqual(test)
  })

  it('comes back from any text with quotes, commas and line breaks in it', async () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text) => `n${text.trim()}`)
    const names = fc.uniqueArray(name, { minLength: 2, maxLength: 5 })
    // Floats that are not so far apart that float32 cannot hold some of them once they are standardised.
    const number = fc.integer({ min: -1e9, max: 1e9 }).map((whole) => Math.fround(whole / 64))
    const values = fc.array(number, { minLength: 10, maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(names, values, async (classes, numbers) => {
        const rows = numbers.map((number, row) => [classes[row % classes.length]!, number])
        const text = Papa.unparse([['class', 'x, "y"'], ...rows])
        const data = await loadDataset(dataset(text, { test: file(text) }))
        expect([...data.train.inputs].map((value) => value + 0)).toEqual(numbers.map((value) => value + 0))
        expect([...data.train.labels].map((label) => data.classNames![label])).toEqual(rows.map(([of]) => of))
      }),
      { numRuns: 30 },
    )
  })
})

describe('errors name the file, the line and the column', () => {
  it.each([
    [
      'text among numbers',
      table.replace('30', 'many'),
      {},
      ['train'],
      ':4: column "weight": expected a number (text is for "oneHot" or "ignore"), got "many"',
    ],
    [
      'nothing among numbers',
      table.replace('30', ''),
      { missing: 'error' },
      ['train'],
      ':4: column "weight": expected a number ("missing" says what becomes of missing ones), got nothing',
    ],
    [
      'NaN',
      table.replace('30', 'NaN'),
      { missing: 'error' },
      ['train'],
      ':4: column "weight": expected a number ("missing" says what becomes of missing ones), got "NaN"',
    ],
    [
      'a number too large',
      table.replace('30', '1e400'),
      {},
      ['train'],
      ':4: column "weight": expected a finite number, got "1e400"',
    ],
    [
      'a hexadecimal number',
      table.replace('30', '0x1e'),
      {},
      ['train'],
      ':4: column "weight": expected a number (text is for "oneHot" or "ignore"), got "0x1e"',
    ],
    [
      'no class',
      table.replace('3,b', '3,'),
      {},
      ['train'],
      ':4: column "class": expected a class ("missing": "drop" leaves such rows out), got nothing',
    ],
    ['a row that is cut short', table.slice(0, -4), {}, ['train'], ':5: expected 3 fields as in the header, got 2'],
    [
      'a quote that never ends',
      table.replace('4,a', '4,"a'),
      {},
      ['train'],
      ':5: expected a closing quote, got the end of the file',
    ],
    [
      'lines counted through quoted breaks',
      'x,class\n1,"a\nb"\nno,c\n',
      {},
      ['train'],
      ':4: column "x": expected a number (text is for "oneHot" or "ignore"), got "no"',
    ],
    [
      'no label column',
      table,
      { label: 'klass' },
      ['label'],
      ':1: expected a column "klass", got "size", "class", "weight"',
    ],
    [
      'an unknown column to leave out',
      table,
      { ignore: ['size', 'id'] },
      ['ignore', '1'],
      ':1: expected a column "id", got "size", "class", "weight"',
    ],
    [
      'a column twice',
      table.replace('size', 'weight'),
      {},
      ['train'],
      ':1: expected each column once, got "weight" twice',
    ],
    ['nothing but the label', 'class\na\nb\n', {}, ['train'], ':1: expected columns beside the label, got none'],
    ['one class', table.replaceAll('b', 'a'), {}, ['train'], ': expected at least 2 classes in column "class", got 1'],
    ['no rows', 'x,class\n', {}, ['train'], ': expected a header and rows below it, got none'],
    ['an empty file', '', {}, ['train'], ': expected a header and rows below it, got none'],
    [
      'too few pixels',
      table,
      { image: { height: 2, width: 2, channels: 1 } },
      ['image'],
      ': expected 2 x 2 x 1 columns of pixels, got 2',
    ],
    [
      'a pixel that is no byte',
      table.replace('30', '256'),
      { image: { height: 1, width: 2, channels: 1 } },
      ['train'],
      ':4: column "weight": expected a whole number from 0 to 255, got "256"',
    ],
  ] as const)('%s', async (_, text, changes, path, message) => {
    const given = dataset(text, changes)
    const problem = await problemOf(given)
    expect(problem.message).toBe(`${given.train}${message}`)
    expect(problem.path).toEqual(path)
  })

  it('a name that the header lacks, where the first field can be no name of a row', async () => {
    const given = dataset('size,class\n1.5,2,a\n2.25,3,b\n')
    expect((await problemOf(given)).message).toBe(`${given.train}:2: expected 2 fields as in the header, got 3`)
  })

  it('a comment above the header', async () => {
    const given = dataset('# made in May\nsize,class\n1,a\n2,b\n')
    expect((await problemOf(given)).message).toMatch(
      /^.*:1: expected a column "class", got "#", .*; "comment": "#" skips such lines$/,
    )
  })

  it('thousands with separators, which are no fractions', async () => {
    const given = dataset('size,class\n"1,234",a\n"12,345,678",b\n')
    const thousands = 'column "size": expected a number (separators of thousands are not read'
    expect((await problemOf(given)).message).toBe(
      `${given.train}:2: ${thousands}, "decimal": "," takes it for a fraction), got "1,234"; line 3: ${thousands}), got "12,345,678"`,
    )
  })

  it('one sentence for each column, with a few lines and values', async () => {
    const rows = Array.from({ length: 8 }, (_, row) => `x${row},5,a\n`).join('')
    const given = dataset(`size,more,class\n1,2,b\n${rows}2,x,a\n`)
    const number = 'expected a number (text is for "oneHot" or "ignore"), got'
    expect((await problemOf(given)).message).toBe(
      `${given.train}:3: column "size": ${number} "x0", "x1", "x2", "x3", "x4" and others in 8 rows, in lines 3, 4, 5, 6, 7 and on; ` +
        `line 11: column "more": ${number} "x"`,
    )
  })

  it.each([
    ['a class', 'size,class,weight\n1,a,2\n1,c,2\n', ':3: expected a class that the training file has, got "c"'],
    [
      'other columns',
      'size,class,height\n1,a,2\n',
      `:1: expected the training file's columns, got no "weight", and "height" beside them`,
    ],
  ])('of the test file: %s', async (_, text, message) => {
    const test = file(text)
    expect(await problemOf(dataset(table, { test }))).toMatchObject({ message: `${test}${message}`, path: ['test'] })
  })

  it('a column to leave out that neither file has, while one of them may lack it', async () => {
    const more = file('fold,size,class,weight\n1,1,a,2\n')
    const without = await problemOf(dataset(table, { test: more }))
    expect(without.message).toContain(`got "fold" beside them; "ignore" leaves columns out`)
    expect((await loadDataset(dataset(table, { test: more, ignore: ['fold'] }))).inputShape).toEqual([2])
    const given = dataset(table, { test: more, ignore: ['fold', 'folt'] })
    expect(await problemOf(given)).toMatchObject({
      message: `${given.train}: expected a column "folt" here or in ${more}, got "size", "class", "weight"`,
      path: ['ignore', '1'],
    })
  })

  it('a one-hot value that only the test file has', async () => {
    const test = file('size,class,weight\n9,a,10\n')
    const { message } = await problemOf(dataset(table, { test, oneHot: ['size'] }))
    expect(message).toBe(
      `${test}:2: column "size": expected a value that the training file has ("unseen": "ignore" reads zeros), got "9"`,
    )
  })

  it('a file that is not there', async () => {
    const train = join(folder, 'nowhere.csv')
    expect(await problemOf(dataset('', { train }))).toMatchObject({
      message: `${train}: no such file`,
      path: ['train'],
    })
  })
})
