// How numbers and times are written on the dashboard, in one place.
import prettyBytes from 'pretty-bytes'

const missing = '–'
const space = '\u00a0' // keeps a number and its unit on one line
const minus = '\u2212'

type Maybe = number | null | undefined

const withMinus = (text: string) => text.replace('-', minus)

/** A share as 99.12 %. */
export const percent = (share: Maybe): string => (share == null ? missing : `${(share * 100).toFixed(2)}${space}%`)

/** A difference of shares in percentage points, always with its sign. */
export function points(share: Maybe): string {
  if (share == null) return missing
  const text = (share * 100).toFixed(2)
  if (Number(text) === 0) return '0.00'
  return share > 0 ? `+${text}` : withMinus(text)
}

/** `\u00a0± 0.12`: half of a 95 % confidence interval, in percentage points; empty where there is none. */
export const plusMinus = (estimate: { mean: number; interval: [number, number] | null } | null | undefined): string =>
  estimate?.interval == null ? '' : `${space}± ${((estimate.interval[1] - estimate.mean) * 100).toFixed(2)}`

export const count = (number: Maybe): string => (number == null ? missing : number.toLocaleString('en-US'))

/** 53,018 parameters, 1 trial. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)}${space}${number === 1 ? one : many}`

/** 208 kB, in powers of 1,000. */
export const bytes = (number: Maybe): string => (number == null ? missing : prettyBytes(number).replace(' ', space))

/** 1.2 M, as people speak of multiply-accumulates. */
export const compact = (number: Maybe): string =>
  number == null
    ? missing
    : new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
        .format(number)
        .replace(/([A-Z])$/, `${space}$1`)

/** Four significant digits, in powers of ten where it is very small. */
export function decimal(value: Maybe): string {
  if (value == null) return missing
  if (value !== 0 && Math.abs(value) < 1e-4) return withMinus(value.toExponential(2))
  return withMinus(String(Number(value.toPrecision(4))))
}

/** Four digits, trailing zeros too, so that they can be compared down a column. */
export const perplexity = (value: Maybe): string =>
  value == null ? missing : value < 999.95 ? value.toPrecision(4) : count(Math.round(value))

/** A difference of any numbers, with its sign. */
export const signed = (value: Maybe): string => (value != null && value > 0 ? `+${decimal(value)}` : decimal(value))

/** Seconds as people say them: 4.2 s, 3 min 5 s, 2 h 10 min. */
export function duration(seconds: Maybe): string {
  if (seconds == null) return missing
  if (seconds < 9.95) return `${seconds.toFixed(1)}${space}s`
  const whole = Math.round(seconds)
  const parts = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    `${big}${space}${bigUnit}${small === 0 ? '' : `${space}${small}${space}${smallUnit}`}`
  if (whole < 60) return `${whole}${space}s`
  if (whole < 3600) return parts(Math.floor(whole / 60), 'min', whole % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(seconds / 3600)
  return parts(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** Local time of the machine that serves the page, which is the reader's own. */
export const moment = (milliseconds: number): string => new Date(milliseconds).toLocaleString('sv-SE').slice(0, 16)

/** How many times smaller: 8.2×. */
export const times = (ratio: number): string => `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}×`
