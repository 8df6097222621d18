// The state of a sweep's page in its URL.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaults,
  noFilter,
  parseSweepQuery,
  type SearchParams,
  search,
  sortBy,
} from '../../dashboard/view/sweepQuery.ts'

const known = { students: ['mlp-24', 'cnn-8-16'], teachers: ['big'] }
const parse = (params: SearchParams) => parseSweepQuery(params, known)
const fromSearch = (text: string) => parse(Object.fromEntries(new URLSearchParams(text)))

describe('reading the URL', () => {
  it('gives the defaults, without notes, for an empty one', () => {
    expect(parse({})).toEqual({ query: defaults, notes: [] })
  })

  it('reads every parameter', () => {
    const { query, notes } = fromSearch(
      'sort=parameters&order=desc&page=2&student=mlp-24&teacher=big&role=baseline&status=failed' +
        '&verdict=no+difference+shown&maxParameters=50,000&size=bytes&accuracy=test&within=1&trials=running&trialsPage=3',
    )
    expect(notes).toEqual([])
    expect(query).toEqual({
      sort: 'parameters',
      order: 'desc',
      page: 2,
      student: 'mlp-24',
      teacher: 'big',
      role: 'baseline',
      status: 'failed',
      verdict: 'no difference shown',
      maxParameters: 50_000,
      size: 'bytes',
      accuracy: 'test',
      within: 1,
      trials: 'running',
      trialsPage: 3,
    })
  })

  it('takes what a form leaves empty for absent', () => {
    expect(parse({ student: '', maxParameters: '' })).toEqual({ query: defaults, notes: [] })
  })

  it.each([
    ['sort', 'password', 'sort=password is ignored: expected rank, '],
    ['sort', '__proto__', 'sort=__proto__ is ignored'],
    ['sort', 'constructor', 'sort=constructor is ignored'],
    ['order', 'up', 'order=up is ignored: expected asc, desc.'],
    ['page', '0', 'page=0 is ignored: expected a whole number of at least 1.'],
    ['page', '1e400', 'page=1e400 is ignored'],
    ['student', "x' OR 1=1 --", "student=x' OR 1=1 -- is ignored: expected mlp-24, cnn-8-16."],
    ['maxParameters', '-4', 'maxParameters=-4 is ignored'],
    ['maxParameters', '2.5', 'maxParameters=2.5 is ignored'],
    ['verdict', 'best', 'verdict=best is ignored: expected better, worse, no difference shown, too few seeds.'],
    ['within', '0.3', 'within=0.3 is ignored: expected 0.25, 0.5, 1, 2.'],
  ])('replaces %s=%s by the default and says so', (name, value, note) => {
    const { query, notes } = parse({ [name]: value })
    expect(query).toEqual(defaults)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain(note)
  })

  it('uses the first of several and says so', () => {
    const { query, notes } = parse({ size: ['macs', 'bytes'] })
    expect(query.size).toBe('macs')
    expect(notes).toEqual(['size is given 2 times; the first is used.'])
  })

  it('never throws and never lets an unknown value through', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(defaults)), fc.string()), (params) => {
        const { query } = parse(params)
        expect(fromSearch(search(query))).toEqual({ query, notes: [] })
      }),
    )
  })
})

describe('writing the URL', () => {
  it('leaves out what is as it is by default', () => {
    expect(search(defaults)).toBe('')
    expect(search(defaults, { sort: 'gain', order: 'desc' })).toBe('?sort=gain')
    expect(search(defaults, { sort: 'gain', order: 'asc' })).toBe('?sort=gain&order=asc')
  })

  it('keeps the rest of the state', () => {
    const { query } = fromSearch('student=mlp-24&size=bytes')
    expect(search(query, { accuracy: 'test' })).toBe('?student=mlp-24&size=bytes&accuracy=test')
    expect(search(query, noFilter)).toBe('?size=bytes')
  })

  it('sorts a new column its usual way, and the same one the other way, from the first page', () => {
    expect(sortBy(defaults, 'gain')).toEqual({ sort: 'gain', order: 'desc', page: 1 })
    expect(sortBy({ ...defaults, sort: 'gain', order: 'desc' }, 'gain')).toEqual({
      sort: 'gain',
      order: 'asc',
      page: 1,
    })
    expect(sortBy(defaults, 'rank')).toEqual({ sort: 'rank', order: 'desc', page: 1 })
  })
})
