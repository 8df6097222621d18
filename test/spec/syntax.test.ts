// Text that is no JSON, and files that are no text.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatProblem, InputError } from '@retort/orchestrator/errors/problem'
import { readExperiment } from '@retort/orchestrator/spec/read'
import { parseSource } from '@retort/orchestrator/spec/source'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { complaints, experimentWith, problemsOf } from './complaints.ts'

describe('broken JSON', () => {
  it.each([
    ['', '1:1  broken JSON: expected a value, got the end of the file'],
    ['{', '1:2  broken JSON: expected a closing }, got the end of the file'],
    ['{"a": }', '1:7  a: broken JSON: expected a value, got "}"'],
    ['{"a": 1,}', '1:8  a: broken JSON: expected no comma before the closing }, got one'],
    ['{"a": [1, 2,\n]}', '1:12  a[1]: broken JSON: expected no comma before the closing ], got one'],
    ['{"a" 1}', '1:6  a: broken JSON: expected a colon, got "1"'],
    ['{a: 1}', '1:2  broken JSON: expected a name in double quotes, got "a"'],
    [`{"a": 'b'}`, `1:7  a: broken JSON: expected text in double quotes, got "'b'"`],
    ['{"a": tru}', '1:7  a: broken JSON: expected a value, got "tru"'],
    ['{"a": NaN}', '1:7  a: broken JSON: expected a value, got "NaN"'],
    ['// hi\n{}', '1:1  broken JSON: expected no comments, which JSON does not have, got "// hi"'],
    ['{"a": "x\n}', '1:7  a: broken JSON: expected a closing double quote, got "x'],
    ['{}\n x', '2:2  broken JSON: expected the end of the file, got "x"'],
    ['{"a":"\u001b[31m"}', '1:6  a: broken JSON: expected control characters written as \\u0000, got "\\u001b[31m"'],
  ])('%j', (text, complaint) => {
    expect(complaints(text)).toEqual([complaint])
  })

  it('is told of in full, each place once', () => {
    expect(complaints('{\n  "a": 1 "b": 2,\r\n  "c" 3,\r  d: 4,\n  "e": [1,, 2],\n}')).toEqual([
      '2:10  b: broken JSON: expected a comma, got "b"',
      '3:7  c: broken JSON: expected a colon, got "3"',
      '4:3  broken JSON: expected a name in double quotes, got "d"',
      '5:11  e[1]: broken JSON: expected a value, got ","',
      '5:15  e: broken JSON: expected no comma before the closing }, got one',
    ])
  })

  it('is what JSON.parse refuses, and nothing else', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"b"',
      '1',
      '-0.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '\n',
      '"',
      '\\',
    )
    const pieces = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.json(),
      fc.tuple(fc.json(), fc.nat(), piece).map(([json, at, part]) => {
        const place = at % (json.length + 1)
        return json.slice(0, place) + part + json.slice(place)
      }),
    )
    const accepts = (parse: (text: string) => unknown, text: string) => {
      try {
        parse(text)
        return true
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof InputError) return false
        throw error
      }
    }
    fc.assert(
      fc.property(pieces, (text) => accepts((each) => parseSource('x.json', each), text) === accepts(JSON.parse, text)),
      { numRuns: 2000 },
    )
  })

  it('cannot be nested until the stack ends', () => {
    expect(complaints('['.repeat(100_000))).toEqual([
      '1:101  expected at most 100 levels of lists and objects, got more',
    ])
  })
})

describe('JSON that programs would read in different ways', () => {
  it('is refused: names given twice', () => {
    expect(complaints(experimentWith({}).replace('"name": "small"', '"name": "small",\n"name": "smaller"'))).toEqual([
      '3:1  name: expected each name once, got "name" again after line 2',
    ])
  })

  it.each(['__proto__', 'constructor', 'prototype'])('is refused: the name %s, at any depth', (name) => {
    const text = experimentWith({}).replace('"type":"mnist"', `"type":"mnist","${name}":{"polluted":true}`)
    expect(complaints(text)).toEqual([
      `3:28  dataset.${name}: the name "${name}" is refused, since it means something else to programs`,
    ])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('is refused: numbers that overflow', () => {
    expect(complaints(experimentWith({}).replace('[32]', '[1e999]'))).toEqual([
      '5:66  students[0].architecture.hidden[0]: expected a number that fits into 64 bits, got 1e999',
    ])
  })

  it('is read: a byte order mark', () => {
    expect(complaints(`\uFEFF${experimentWith({})}`)).toEqual([])
    expect(complaints('\uFEFF{')).toEqual(['1:2  broken JSON: expected a closing }, got the end of the file'])
  })
})

describe('a file', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'retort spec '))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const complaint = (file: string) => {
    try {
      readExperiment(file)
    } catch (error) {
      if (error instanceof InputError) return error.problems.map(formatProblem)
      throw error
    }
    return []
  }

  it('that is missing is named', () => {
    const file = join(folder, 'missing.json')
    expect(complaint(file)).toEqual([`${file}  expected a readable file, got no such file`])
  })

  it('that is a folder is named', () => {
    expect(complaint(folder)).toEqual([`${folder}  expected a readable file, got a folder`])
  })

  it('that is no text is named', () => {
    const file = join(folder, 'binary.json')
    writeFileSync(file, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))
    expect(complaint(file)).toEqual([`${file}  expected text in UTF-8, got other bytes`])
  })

  it('is read', () => {
    const file = join(folder, 'good.json')
    writeFileSync(file, experimentWith({ description: 'Größe ≤ 1 MB?' }))
    expect(readExperiment(file).experiment.description).toBe('Größe ≤ 1 MB?')
  })
})

it('a problem is data, too', () => {
  expect(problemsOf(experimentWith({ engine: 'onx' }))).toEqual([
    {
      file: 'x.json',
      line: 6,
      column: 11,
      path: 'engine',
      expected: '"auto", "onnx" or "tensorflow"',
      found: '"onx"',
      suggestion: 'onnx',
      message: 'expected "auto", "onnx" or "tensorflow", got "onx"',
    },
  ])
})
