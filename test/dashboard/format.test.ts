// How numbers and times are written.
import { describe, expect, it } from 'vitest'
import {
  bytes,
  compact,
  count,
  counted,
  decimal,
  duration,
  percent,
  perplexity,
  points,
  signed,
  times,
} from '../../dashboard/view/format.ts'

/** Tests read better with plain spaces. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('numbers', () => {
  it('are percentages with two digits', () => {
    expect(plain(percent(0.9912))).toBe('99.12 %')
    expect(plain(percent(1))).toBe('100.00 %')
    expect(percent(null)).toBe('–')
  })

  it('are differences with a sign, and none where they round to nothing', () => {
    expect(points(0.0041)).toBe('+0.41')
    expect(points(-0.0041)).toBe('−0.41')
    expect(points(-0.00001)).toBe('0.00')
    expect(points(null)).toBe('–')
  })

  it('are counts with separators', () => {
    expect(count(53018)).toBe('53,018')
    expect(plain(counted(53018, 'parameter'))).toBe('53,018 parameters')
    expect(plain(counted(1, 'trial'))).toBe('1 trial')
  })

  it('are sizes and magnitudes with three digits', () => {
    expect(plain(bytes(208_112))).toBe('208 kB')
    expect(plain(bytes(1_688_550))).toBe('1.69 MB')
    expect(plain(compact(4_241_152))).toBe('4.24 M')
    expect(plain(compact(640))).toBe('640')
  })

  it('are decimals with four digits, in powers of ten where they are tiny', () => {
    expect(decimal(0.1)).toBe('0.1')
    expect(decimal(0.123456)).toBe('0.1235')
    expect(decimal(-2)).toBe('−2')
    expect(decimal(0.00000123)).toBe('1.23e−6')
    expect(decimal(0)).toBe('0')
  })

  it('have their sign where they are differences', () => {
    expect(signed(2.8461)).toBe('+2.846')
    expect(signed(-0.1098)).toBe('−0.1098')
    expect(signed(0)).toBe('0')
    expect(signed(null)).toBe('–')
  })

  it('of perplexity have four digits', () => {
    expect(perplexity(9.198)).toBe('9.198')
    expect(perplexity(11.1)).toBe('11.10')
    expect(perplexity(999.96)).toBe('1,000')
    expect(perplexity(12_345.6)).toBe('12,346')
    expect(perplexity(Number.POSITIVE_INFINITY)).toBe('∞')
    expect(perplexity(null)).toBe('–')
  })

  it('are ratios', () => {
    expect(times(3.96)).toBe('4.0×')
    expect(times(16.4)).toBe('16×')
  })
})

describe('durations', () => {
  it.each([
    [4.23, '4.2 s'],
    [9.97, '10 s'],
    [59.6, '1 min'],
    [185, '3 min 5 s'],
    [7805, '2 h 10 min'],
    [7199, '2 h'],
    [90_000, '1 d 1 h'],
  ])('of %d seconds are %s', (seconds, text) => {
    expect(plain(duration(seconds))).toBe(text)
  })
})
