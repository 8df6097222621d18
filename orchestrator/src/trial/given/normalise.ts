// Inputs as a model of somebody else's takes them: from how the data set is standardised to how the model's were.
import type { ResolvedNormalisation, ResolvedOnnx } from '@retort/schema/given'
import { type Data, type Samples, sizeOf } from '../../data/data.ts'
import type { Values } from '../../engine/engine.ts'
import { GivenProblem } from './source.ts'

type Read = Pick<Data, 'preprocessing' | 'inputShape' | 'vocabulary'>

/** Rows of columns, in which each number has a meaning of its own. */
export const isTable = ({ inputShape, vocabulary }: Omit<Read, 'preprocessing'>): boolean =>
  inputShape.length === 1 && vocabulary === null

/**
 * How a model's inputs are to be normalised. Who trains on tables trains on the columns as they are, or keeps what
 * standardises them in the model; images are standardised before.
 * @param metadata what the model's own file says
 */
export function normalisationOf(
  { normalisation, leftOut = [] }: Pick<ResolvedOnnx, 'normalisation' | 'leftOut'>,
  metadata: ResolvedNormalisation | null,
  data: Read,
): ResolvedNormalisation {
  const { preprocessing } = data
  if (normalisation === null) return metadata ?? (isTable(data) ? 'none' : 'standardised')
  if (typeof normalisation === 'string' || preprocessing === null || !leftOut.includes('scale')) return normalisation
  return { ...normalisation, scale: preprocessing.divisor }
}

/** Of images [...; channels], in place of each value. */
export type Normalise = (images: Values) => Values

/**
 * x = (value / divisor - m) / d here and y = (value / scale - mean) / deviation there, so y = x * d * divisor / (scale *
 * deviation) + (m * divisor / scale - mean) / deviation: no need to go back to the values.
 * @throws GivenProblem where the model's numbers are neither one nor one for each channel
 */
export function normaliser(to: ResolvedNormalisation, { preprocessing }: Pick<Data, 'preprocessing'>): Normalise {
  if (to === 'standardised' || preprocessing === null) return (images) => images
  const { mean, deviation, divisor } = preprocessing
  const { scale, ...there } = affineTo(to, mean.length)
  const affine = mean.map((m, channel) => {
    const factor = ((deviation[channel] as number) * divisor) / (scale * there.deviation[channel]!)
    return { factor, offset: ((m * divisor) / scale - there.mean[channel]!) / there.deviation[channel]! }
  })
  // What is the same already stays the same to the bit.
  if (scale === divisor && affine.every(({ factor, offset }) => near(factor, 1) && near(offset, 0)))
    return (images) => images
  return (images) =>
    images.map((value, place) => {
      const { factor, offset } = affine[place % mean.length]!
      return value * factor + offset
    })
}

const near = (one: number, other: number): boolean => Math.abs(one - other) < 1e-12

/**
 * Rows of a table, normalised from the numbers that its file has: a tree asks on which side of a threshold a number is,
 * and one that was standardised and taken back may have crossed it.
 * @returns of the samples at the places [places, columns]
 * @throws GivenProblem where the model's numbers are neither one nor one for each column
 */
export function rowsFor(
  to: ResolvedNormalisation,
  { preprocessing, inputShape }: Pick<Data, 'preprocessing' | 'inputShape'>,
): (samples: Samples, places: Int32Array) => Float64Array {
  const columns = sizeOf(inputShape)
  const own = preprocessing && { ...preprocessing, scale: preprocessing.divisor }
  const { mean, deviation, scale } = to === 'standardised' && own ? own : affineTo(to, columns)
  return ({ inputs }, places) => {
    const rows = new Float64Array(places.length * columns)
    for (let at = 0; at < rows.length; at++) {
      const column = at % columns
      const value = inputs[(places[Math.floor(at / columns)] as number) * columns + column] as number
      rows[at] = (value / scale - mean[column]!) / deviation[column]!
    }
    return rows
  }
}

/** With a mean and a deviation for each channel. */
function affineTo(to: ResolvedNormalisation, channels: number) {
  const stated = typeof to === 'string' ? { mean: [0], deviation: [1], scale: 1 } : to
  const all = (name: 'mean' | 'deviation'): number[] => {
    const { length } = stated[name]
    if (length === channels) return stated[name]
    if (length === 1) return new Array(channels).fill(stated[name][0])
    const expected = channels === 1 ? '1 number' : `1 number, or ${channels}, one for each channel`
    throw new GivenProblem(`expected ${expected}, got ${length}`, ['normalisation', name])
  }
  return { mean: all('mean'), deviation: all('deviation'), scale: stated.scale }
}

/** What has gone over what the experiment says, where it is none of it: nothing that computes the same gets a new id. */
export function settledNormalisation(
  { normalisation }: Pick<ResolvedOnnx, 'normalisation'>,
  metadata: ResolvedNormalisation | null,
  used: ResolvedNormalisation,
): Pick<ResolvedOnnx, 'normalisation'> | undefined {
  const said = normalisation ?? metadata ?? 'standardised'
  return JSON.stringify(said) === JSON.stringify(used) ? undefined : { normalisation: used }
}

/** @throws GivenProblem where a normalisation is stated for token ids */
export function refuseForTokens({ normalisation }: Pick<ResolvedOnnx, 'normalisation'>, { preprocessing }: Read): void {
  if (preprocessing !== null || normalisation === null) return
  throw new GivenProblem('expected none, since token ids are not standardised, got one', ['normalisation'])
}
