// Records of tables: as Papa Parse writes and reads them, in pieces cut anywhere; and what it does not read.
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { delimiterOf } from '../../orchestrator/src/data/table/delimiter.ts'
import { type Dialect, eachRecord } from '../../orchestrator/src/data/table/records.ts'

async function* piecesOf(text: string, cuts: number[]) {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((one, other) => one - other), text.length]
  for (let at = 1; at < places.length; at++) yield text.slice(places[at - 1], places[at])
}

async function read(text: string, dialect: Partial<Dialect> = {}, cuts: number[] = []) {
  const records: string[][] = []
  const lines: number[] = []
  const take = (record: string[], line: number) => {
    records.push(record)
    lines.push(line)
  }
  const fail = (problem: string, line: number): never => {
    throw new Error(`${line}: ${problem}`)
  }
  await eachRecord(piecesOf(text, cuts), { delimiter: ',', comment: null, ...dialect }, take, fail)
  return { records, lines }
}

const recordsOf = async (...given: Parameters<typeof read>) => (await read(...given)).records

// Spaces at its ends are no part of a value, which whoever reads a record takes off.
const field = fc.string({ unit: fc.constantFrom(...'ab"\',; \n|é🙂\t'), maxLength: 6 }).map((text) => `x${text}x`)

it('are what Papa Parse wrote, whatever stands in fields and wherever pieces end', async () => {
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  const style = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    newline: fc.constantFrom('\n', '\r\n'),
    quotes: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      table,
      style,
      fc.array(fc.nat(), { maxLength: 4 }),
      async (rows, { delimiter, ...other }, cuts) => {
        const text = Papa.unparse(rows, { delimiter, ...other })
        expect(await recordsOf(text, { delimiter }, cuts)).toEqual(rows)
        expect(await recordsOf(`${text}${other.newline}`, { delimiter }, cuts)).toEqual(rows)
      },
    ),
  )
})

it('are what Papa Parse reads in any text that it finds no fault with', async () => {
  const anything = fc.string({ unit: fc.constantFrom(...'ab,"\n '), maxLength: 16 })
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' })
      // There a quote behind spaces is a letter, and spaces before a quote at the end of a field are not told.
      fc.pre(errors.length === 0 && !/(^|,|\n) +"/.test(text) && !/" +(,|$|\n)/.test(text))
      // A line with one field in which nothing stands is no row of a table, in quotes or not.
      const rowsIn = (records: string[][]) => records.filter((row) => row.length > 1 || row[0]!.trim() !== '')
      expect(rowsIn(await recordsOf(text))).toEqual(rowsIn(data))
    }),
    { numRuns: 500 },
  )
})

describe('also', () => {
  const rows = [
    ['a', 'b'],
    ['1', '2'],
    ['3', '4'],
  ]
  it.each([
    ['line ends that differ', 'a,b\r\n1,2\n3,4\r\n', {}],
    ['old Macintosh line ends', 'a,b\r1,2\r3,4\r', {}],
    ['one of these among others', 'a,b\r1,2\n3,4\n', {}],
    ['line ends that were changed twice', 'a,b\r\r\n1,2\r\r\n3,4\r\r\n', {}],
    ['empty lines', '\na,b\n\n  \n1,2\r\n\r\n3,4\n\n', {}],
    ['comments', '# of a\na,b\n#1,9\n1,2\n3,4\n# end', { comment: '#' }],
    ['Excel’s separator', 'sep=;\r\na;b\r\n1;2\r\n3;4', { delimiter: () => ',' }],
    ['Excel’s separator where one is stated', '"sep=;"\na,b\n1,2\n3,4', {}],
    ['spaces, aligned', '  a   b\n  1\t 2  \n "3" 4\n', { delimiter: ' ' }],
    ['quotes before spaces that divide', '"a" "b" \n"1" 2\n3   "4"  \n', { delimiter: ' ' }],
    ['spaces around quotes', ' "a" , "b"\n"1" ,2\n3,\t"4"\r\n', {}],
  ] as const)('%s', async (_, text, dialect) => {
    const trimmed = (await recordsOf(text, dialect)).map((record) => record.map((each) => each.trim()))
    expect(trimmed).toEqual(rows)
  })

  it('a delimiter, doubled quotes and line breaks inside of quotes behind a space', async () => {
    const { records, lines } = await read('x, "b, ""c""\r\nd"\n1, 2\n')
    expect(records).toEqual([
      ['x', 'b, "c"\r\nd'],
      ['1', ' 2'],
    ])
    expect(lines).toEqual([2, 3])
  })

  it.each([
    ['letters behind a closing quote', 'a,b\n"1"x,2\n', '2: expected "," behind a closing quote, got "x"'],
    ['a quote that never ends', 'a,b\n1,"2\n3,4\n', '2: expected a closing quote, got the end of the file'],
  ])('no %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
})

describe('the delimiter that nobody says', () => {
  const told = { path: 'a.csv', label: 'class', header: true, decimal: '.' }
  it.each([
    ['x,class', {}, ','],
    ['x;class', {}, ';'],
    ['x\tclass', {}, '\t'],
    ['x|class', {}, '|'],
    ['"x" "class"', {}, ' '],
    ['size, cm;weight, kg;class', {}, ';'],
    ['"a;b",class', {}, ','],
    ['"class";"a, b"', {}, ';'],
    ['x\tclass', { path: 'a.tsv' }, '\t'],
    ['x,class', { path: 'a.tsv' }, ','],
    ['1,5;2;a', { header: false, label: '2' }, ';'],
    ['1,5,a', { header: false, label: '2' }, ','],
    ['1,5;2;a', { header: false, label: '2', decimal: ',' }, ';'],
    ['1 2 a', { header: false, label: 2 }, ' '],
    ['x;y', {}, ';'],
    ['class', {}, ','],
  ])('%j %j', (line, changes, delimiter) => {
    expect(delimiterOf(line, { ...told, ...changes })).toBe(delimiter)
  })
})
