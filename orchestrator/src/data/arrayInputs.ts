// Inputs of arrays as files hold them: bytes stay bytes, other numbers become float64, images get their channels last.
import { DatasetProblem } from './data.ts'
import type { NumberArray, Numbers, NumberType } from './numberTypes.ts'

/** Where images [n, …] have their channels; "auto" is last, where it does not look otherwise. */
export type Layout = 'auto' | 'channels-last' | 'channels-first'

export interface NamedArray<Values> {
  /** The file, for messages. */
  file: string
  /** The data set's property that names it. */
  key: string
  /** [samples, ...] */
  dims: number[]
  values: Values
}

export interface InputArray extends NamedArray<Uint8Array | Float32Array | Float64Array> {
  type: NumberType
}

type Place = Pick<NamedArray<unknown>, 'file' | 'key'>

const isBytes = (type: NumberType): boolean => type === 'uint8' || type === 'bool'

/**
 * Bytes of images are [n, height, width, channels], also where the file has [n, height, width].
 * @throws DatasetProblem where they are no inputs, hold NaN or infinity, or the layout does not fit
 */
export function inputsOf({ dims, values, type }: NumberArray, place: Place, layout: Layout = 'auto'): InputArray {
  if (dims.length < 2 || dims.includes(0)) {
    throw problem(place, `expected inputs [n, features] or of more axes, got [${dims.join(', ')}]`)
  }
  const numbers = isBytes(type) ? (values as Uint8Array) : numbersOf(values)
  const wrong = numbers instanceof Uint8Array ? -1 : numbers.findIndex((value) => !Number.isFinite(value))
  if (wrong !== -1) {
    const record = Math.floor(wrong / (numbers.length / dims[0]!))
    throw problem(place, `record ${record + 1}: expected finite numbers, got ${numbers[wrong]}`)
  }
  return { ...place, ...arranged(dims, numbers, place, layout, isBytes(type)), type }
}

/** What a float32 holds already stays one. */
function numbersOf(values: Numbers): Float32Array | Float64Array {
  if (values instanceof Float32Array || values instanceof Float64Array) return values
  return values instanceof BigInt64Array || values instanceof BigUint64Array
    ? Float64Array.from(values, Number)
    : new Float64Array(values)
}

type Values = InputArray['values']

function arranged(
  dims: number[],
  values: Values,
  place: Place,
  layout: Layout,
  bytes: boolean,
): { dims: number[]; values: Values } {
  const shown = `[${dims.join(', ')}]`
  if (layout === 'auto') {
    if (looksChannelsFirst(dims)) {
      const [n, channels, height, width] = dims as [number, number, number, number]
      throw problem(
        place,
        `${shown} may be ${counted(n, 'image')} of ${height} x ${width} with ${counted(channels, 'channel')}, or of ` +
          `${channels} x ${height} with ${counted(width, 'channel')}: say "layout": "channels-first", or "channels-last"`,
        'layout',
      )
    }
    return { dims: bytes && dims.length === 3 ? [...dims, 1] : dims, values }
  }
  if (dims.length === 3) return { dims: [...dims, 1], values }
  if (dims.length !== 4) {
    const axes = layout === 'channels-first' ? '[n, channels, height, width]' : '[n, height, width, channels]'
    throw problem(place, `expected images ${axes} or [n, height, width] for layout "${layout}", got ${shown}`, 'layout')
  }
  if (layout === 'channels-last') return { dims, values }
  const [n, channels, height, width] = dims as [number, number, number, number]
  return { dims: [n, height, width, channels], values: channelsLast(values, n, channels, height * width) }
}

/** Few channels of a picture that is larger than they are many; or fewer than the sides of a square behind them. */
const looksChannelsFirst = ([, channels = 0, height = 0, width = 0, ...others]: number[]): boolean =>
  (channels <= 4 && Math.min(height, width) > 4) ||
  (height > 2 && channels < height && height === width && others.length === 0)

function channelsLast(values: Values, samples: number, channels: number, pixels: number): Values {
  const moved = values.slice()
  for (let sample = 0; sample < samples; sample++) {
    const start = sample * channels * pixels
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        moved[start + pixel * channels + channel] = values[start + channel * pixels + pixel]!
      }
    }
  }
  return moved
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

const problem = ({ file, key }: Place, text: string, at = key) => new DatasetProblem(`${file}: ${text}`, [at])
