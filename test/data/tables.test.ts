// Tables as people bring them: Fisher's irises as spreadsheets, R, pandas and UCI write them are the same data; what is
// missing is filled from the training split alone; a test file may have its columns in another order.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { ResolvedDataset } from '@retort/schema/trial'
import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { problemOf, split, tableDefaults, temporaryFolder, write } from './files.ts'
import { irises as rows } from './irises.ts'

const folder = temporaryFolder()
let files = 0
const file = (content: string | Uint8Array, name = 'table.csv') => write(join(folder, String(files++), name), content)
const dataset = (train: string | Uint8Array, changes: object = {}) =>
  ({ ...tableDefaults, label: 'Species', train: file(train), ...changes }) as unknown as ResolvedDataset & {
    train: string
  }

describe('irises', () => {
  const names = ['Sepal.Length', 'Sepal.Width', 'Petal.Length', 'Petal.Width', 'Species']
  const quoted = (text: string) => `"${text}"`
  const german = rows.map((row) => row.map((text) => text.replace('.', ',')))
  const lines = (all: string[][], delimiter = ',', end = '\n') =>
    all.map((fields) => `${fields.join(delimiter)}${end}`).join('')
  const plain = lines([names, ...rows])

  it.each([
    ['a spreadsheet in Germany', `\uFEFF${lines([names, ...german], ';', '\r\n')}`, { decimal: ',' }],
    ['a spreadsheet’s text in Unicode', Buffer.from(`\uFEFF${lines([names, ...rows], '\t', '\r\n')}`, 'utf16le'), {}],
    ['a spreadsheet that says its separator', `sep=;\r\n${lines([names, ...rows], ';', '\r\n')}`, {}],
    [
      'a spreadsheet that had more columns and rows once',
      lines([[...names, '', ''], ...rows.map((row) => [...row, '', '']), ['', '', '', '', '', '', '']]),
      {},
    ],
    ['lines that end in a delimiter', lines([names, ...rows.map((row) => [...row, ''])]), {}],
    ['R’s write.table', lines([names, ...rows.map((row, at) => [quoted(`${at + 1}`), ...row])], ' '), {}],
    ['R’s write.table with tabs', lines([names, ...rows.map((row, at) => [`${at + 1}`, ...row])], '\t'), {}],
    [
      'R’s write.csv2',
      lines([['', ...names].map(quoted), ...german.map((row, at) => [quoted(`${at + 1}`), ...row])], ';'),
      { decimal: ',', ignore: [''] },
    ],
    [
      'pandas with its index',
      lines([['Unnamed: 0', ...names], ...rows.map((row, at) => [`${at}`, ...row])]),
      { ignore: ['Unnamed: 0'] },
    ],
    ['UCI, which has no header', `${lines(rows)}\n\n`, { header: false, label: '4' }],
    ['UCI, by the label’s number', lines(rows, ', '), { header: false, label: 4 }],
    ['a header that has the label by its number', plain, { label: 4 }],
    ['Weka, with comments', `% Fisher, 1936\n%\n${plain}`, { comment: '%' }],
    ['columns that are aligned', lines([names, ...rows], '   '), {}],
    ['gzip', gzipSync(plain), {}],
    ['a header of another system', plain.replace('\n', '\r\n'), {}],
    ['an old Macintosh', plain.replaceAll('\n', '\r'), {}],
  ] as const)('as %s', async (_, text, changes) => {
    const known = await loadDataset(dataset(plain))
    const data = await loadDataset(dataset(text, changes))
    expect(data.trainFileSamples + data.test.indices.length).toBe(150)
    expect(data.contents).toBe(known.contents)
    expect(data.warnings).toEqual([])
  })

  it('with names in quotes after a byte order mark', async () => {
    const { columnNames } = await loadDataset(dataset(`\uFEFF${lines([names.map(quoted), ...rows])}`))
    expect(columnNames).toEqual(names.slice(0, 4))
  })

  it.each([
    [
      'in ISO-8859-1',
      Buffer.from(lines([names, ...rows.slice(0, 9), ['1', '2', '3', '4', 'Bärtige']]), 'latin1'),
      {},
      ':11:10: expected text in UTF-8, got the byte 0xe4',
    ],
    [
      'with decimal commas that nobody told of',
      lines([names, ...german], ';'),
      {},
      ':2: column "Sepal.Length": expected a number ("decimal": "," reads such), got "5,1", "4,9", ',
    ],
    [
      'with thousands',
      lines([names, ...german, ['1.234,5', '1', '1', '1', 'setosa']], ';'),
      { decimal: ',' },
      ':152: column "Sepal.Length": expected a number (text is for "oneHot" or "ignore"), got "1.234,5"',
    ],
    [
      'with comments that nobody told of',
      `${plain}# the end\n`,
      {},
      ':152: expected 5 fields as in the header, got 1; "comment": "#" skips such lines',
    ],
    [
      'without a header that nobody told of',
      lines(rows),
      {},
      ':1: expected a column "Species", got "5.1", "3.5", "1.4", "0.2", "setosa"; if this is a row, say "header": false',
    ],
    [
      'with something behind the last name',
      lines([names, ...rows.map((row, at) => [...row, at === 5 ? 'x' : ''])]),
      {},
      ':7: expected nothing behind the columns that have a name, got "x"',
    ],
    ['in a workbook', Buffer.from('PK\x03\x04'), {}, ': expected text, got a ZIP archive, such as an Excel workbook'],
  ] as const)('%s are refused', async (_, text, changes, message) => {
    const given = dataset(text, changes)
    const problem = await problemOf(given)
    expect(problem.message.slice(given.train.length).startsWith(message), problem.message).toBe(true)
  })

  it('without a header whose first row was taken for one are warned of', async () => {
    const { warnings } = await loadDataset(dataset(lines(rows.slice(1)), { label: 4 }))
    expect(warnings).toEqual([
      {
        message: expect.stringMatching(
          /its columns are named "4.9", "3", "1.4", "0.2", "setosa"; if that is a row, say "header": false$/,
        ),
        path: ['train'],
      },
    ])
  })
})

describe('what is missing', () => {
  // Rows of which one, as the split says, is for validation.
  const known = [20, null, 30, 50, null, 44, 70, 20]
  const spellings = ['', 'NA', '?', ' NaN ', '-', 'null', '#N/A', '.', 'none', '\\N']
  const rowsOf = (spelling: string) =>
    known.map((age, row) => `${age ?? spelling},${row % 3 === 0 ? spelling : 'S'},${row % 2 ? 'a' : 'b'}\n`).join('')
  const table = (spelling = '') => `age,port,class\n${rowsOf(spelling)}`
  const test = file(`age,port,class\n,S,a\n1,S,b\n`, 'test.csv')
  const given = (changes: object = {}, text = table()) =>
    dataset(text, { label: 'class', test, ignore: ['port'], ...changes })

  const ages = (data: Awaited<ReturnType<typeof loadDataset>>, width = 1) =>
    [...data.train.inputs].filter((_, at) => at % width === 0)

  // In the training split alone: the value for validation is none of those that count.
  const trained = async (seed: number) => {
    const { train } = await loadDataset(given({ split: { ...split, validation: 3, seed } }))
    return [...train.indices].flatMap((row) => known[row] ?? [])
  }
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

  it.each([0, 1, 2, 3])('gets the training split’s mean, of seed %s', async (seed) => {
    const mean = Math.fround(meanOf(await trained(seed)))
    const data = await loadDataset(given({ missing: 'mean', split: { ...split, validation: 3, seed } }))
    expect(ages(data)).toEqual(known.map((age) => age ?? mean))
    expect([...data.test.inputs]).toEqual([mean, 1])
    expect(Math.fround(data.filled!.age!)).toBe(mean)
    expect(data.warnings).toEqual([])
    expect(data.notes).toEqual([
      expect.stringContaining(`column "age" misses its value in 3 of 10 rows; the mean of the training split, `),
    ])
  })

  it.each([0, 1, 2, 3])('or its median, of seed %s', async (seed) => {
    const sorted = (await trained(seed)).sort((one, other) => one - other)
    const half = sorted.length / 2
    const median = Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[half - 0.5]!
    const data = await loadDataset(given({ missing: 'median', split: { ...split, validation: 3, seed } }))
    expect(ages(data)).toEqual(known.map((age) => age ?? median))
  })

  it('may have a column that says where it was', async () => {
    const data = await loadDataset(given({ missing: 'indicator' }))
    const mean = ages(await loadDataset(given({ missing: 'mean' })))[1]!
    expect(data.columnNames).toEqual(['age', 'age is missing'])
    expect([...data.train.inputs]).toEqual(known.flatMap((age) => [age ?? mean, age === null ? 1 : 0]))
    expect([...data.test.inputs]).toEqual([mean, 1, 1, 0])
  })

  it('is left out with its row', async () => {
    const data = await loadDataset(given({ missing: 'drop' }))
    expect(ages(data)).toEqual([20, 30, 50, 44, 70, 20])
    expect([...data.test.inputs]).toEqual([1])
    expect(data.notes).toEqual([
      expect.stringMatching(/: 2 of 8 rows are left out, as values are missing: "age" \(2\)$/),
      expect.stringMatching(/: 1 of 2 rows are left out, as values are missing: "age" \(1\)$/),
    ])
    const words = await loadDataset(given({ missing: 'drop', ignore: [], oneHot: ['port'] }))
    expect(words.trainFileSamples).toBe(3)
    expect(words.columnNames).toEqual(['age', 'port=S'])
  })

  it('is the mean where nobody says what, and warned of', async () => {
    const data = await loadDataset(given())
    expect(data.hash).toBe((await loadDataset(given({ missing: 'mean' }))).hash)
    expect(data.notes).toEqual([])
    expect(data.warnings).toEqual([
      { message: expect.stringMatching(/column "age" misses .*; "missing" says so, or what else$/), path: ['train'] },
    ])
  })

  it.each(spellings)('may be written as %j', async (spelling) => {
    const { hash } = await loadDataset(given({ missing: 'mean' }))
    expect((await loadDataset(given({ missing: 'mean' }, table(spelling)))).hash).toBe(hash)
  })

  it('may be written as people say, numbers included', async () => {
    const { hash } = await loadDataset(given({ missing: 'mean' }))
    const said = { missing: 'mean', missingValues: ['', 'unknown', '-999'] }
    for (const written of ['unknown', '-999', '-999.0']) {
      expect((await loadDataset(given(said, table(written)))).hash).toBe(hash)
    }
    const problem = await problemOf(given(said, table('NA')))
    expect(problem.message).toContain(`column "age": expected a number (text is for "oneHot" or "ignore"), got "NA"`)
  })

  it('is a value of its own among words', async () => {
    const words = { ignore: ['age'], oneHot: ['port'], missing: 'mean' }
    const data = await loadDataset(given(words, table('NA').replace('NA,NA,b', 'NA,?,b')))
    expect(data.columnNames).toEqual(['port=', 'port=S'])
    expect([...data.train.inputs]).toEqual(known.flatMap((_, row) => (row % 3 === 0 ? [1, 0] : [0, 1])))
    // As ever where nobody says what is missing.
    const plain = await loadDataset(given({ ...words, missing: 'auto' }, table('NA')))
    expect(plain.columnNames).toEqual(['port=NA', 'port=S'])
  })

  it('is told apart by what files hold, not by how they are divided', async () => {
    const contents = async (changes: object, text = table()) => (await loadDataset(given(changes, text))).contents
    const one = await contents({})
    expect(await contents({ split: { ...split, seed: 3 } })).toBe(one)
    expect(await contents({}, table().replace('44', '45'))).not.toBe(one)
    expect(await contents({}, table().replace('\n20', '\n'))).not.toBe(one)
  })

  it('among classes leaves its row out, or is refused', async () => {
    const text = `${table()}60,S,NA\n61,S,?\n`
    const data = await loadDataset(given({ missing: 'drop' }, text))
    expect(data.classNames).toEqual(['a', 'b'])
    expect(data.notes[0]).toMatch(/: 4 of 10 rows are left out, as values are missing: "age" \(2\), "class" \(2\)$/)
    const refused = given({ missing: 'mean' }, text)
    expect((await problemOf(refused)).message).toBe(
      `${refused.train}:10: column "class": expected a class ("missing": "drop" leaves such rows out), got "NA", "?" in 2 rows, in lines 10, 11`,
    )
    const plus = table().replaceAll(/,a$/gm, ',+').replaceAll(/,b$/gm, ',-')
    const signs = await loadDataset(
      given({ missing: 'mean', test: file('age,port,class\n1,S,+\n', 'signs.csv') }, plus),
    )
    expect(signs.classNames).toEqual(['+', '-'])
  })

  it('in all of a column is refused, and so is what is missing where that is an error', async () => {
    const empty = given({}, table().replaceAll(/^\d+/gm, ''))
    expect((await problemOf(empty)).message).toBe(
      `${empty.train}: column "age" has no value in the training split; "ignore" leaves the column out`,
    )
    const refused = given({ missing: 'error' })
    expect((await problemOf(refused)).message).toBe(
      `${refused.train}:3: column "age": expected a number ("missing" says what becomes of missing ones), got nothing in 2 rows, in lines 3, 6`,
    )
    const image = { height: 1, width: 1, channels: 1 }
    const dropped = await loadDataset(given({ missing: 'drop', image }))
    expect([...dropped.train.inputs]).toEqual([20, 30, 50, 44, 70, 20])
    const pixels = given({ missing: 'mean', image })
    expect(await problemOf(pixels)).toMatchObject({ path: ['missing'] })
  })
})

it('words that are names of rows are not spread over as many columns', async () => {
  const rows = Array.from({ length: 24_000 }, (_, row) => `row ${row},${row % 2}\n`).join('')
  expect(await problemOf(dataset(`name,class\n${rows}`, { label: 'class', oneHot: ['name'] }))).toMatchObject({
    path: ['oneHot'],
    message: expect.stringMatching(
      /: expected fewer values of one-hot columns, got 24000 in column "name", for 24000 rows$/,
    ),
  })
})

describe('a test file', () => {
  const table = 'size,color,id,class\n1,red,7,a\n2,blue,8,b\n3,red,9,a\n4,red,6,b\n'
  const given = (test: string, changes: object = {}) =>
    dataset(table, { label: 'class', ignore: ['id'], oneHot: ['color'], test: file(test, 'test.csv'), ...changes })

  it('may have its columns in another order, and none of those left out', async () => {
    const data = await loadDataset(given('class,color,size\nb,blue,9\n'))
    expect([...data.test.inputs]).toEqual([9, 0, 1])
    expect([...data.test.labels]).toEqual([1])
    const byNumber = await loadDataset(given('class,color,size\nb,blue,9\n', { label: 3 }))
    expect([byNumber.hash, ...byNumber.test.labels]).toEqual([data.hash, 1])
    expect(data.notes).toEqual([expect.stringMatching(/test\.csv: its columns stand in another order /)])
  })

  it('may have values that nobody has seen, where that is said', async () => {
    const text = 'size,color,id,class\n9,green,1,b\n8,red,1,a\n'
    const data = await loadDataset(given(text, { unseen: 'ignore' }))
    expect([...data.test.inputs]).toEqual([9, 0, 0, 8, 1, 0])
    expect(data.notes).toEqual([expect.stringMatching(/are read as zeros: "color" \(1\)$/)])
    expect((await problemOf(given(text))).message).toMatch(
      /test\.csv:2: column "color": expected a value that the training file has \("unseen": "ignore" reads zeros\), got "green"$/,
    )
  })

  it('may write accents in another way', async () => {
    const names = ['caf\u00e9', 'cafe\u0301']
    const [one, other] = names.map((name) => table.replaceAll('size', name))
    const changes = { train: file(one!), ignore: ['id', names[1]!] }
    expect((await loadDataset(given(other!, changes))).columnNames).toEqual(['color=red', 'color=blue'])
  })

  it('must have classes, and no other columns', async () => {
    const problem = await problemOf(given('size,color\n9,red\n'))
    expect(problem.path).toEqual(['test'])
    expect(problem.message).toMatch(/test\.csv:1: expected a column "class", got "size", "color"$/)
    expect((await problemOf(given('size,color,class,more\n9,red,a,1\n'))).message).toMatch(
      /expected the training file's columns, got "more" beside them; "ignore" leaves columns out$/,
    )
  })
})
