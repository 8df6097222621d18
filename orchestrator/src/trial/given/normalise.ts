// Inputs as a model of somebody else's takes them: from how the data set is standardised to how the model's were.
import type { ResolvedNormalisation } from '@retort/schema/given'
import type { Data } from '../../data/data.ts'
import type { Values } from '../../engine/engine.ts'
import { GivenProblem } from './source.ts'

/** Of images [...; channels], in place of each value. */
export type Normalise = (images: Values) => Values

/**
 * x = (value / divisor - m) / d here and y = (value / scale - mean) / deviation there, so y = x * d * divisor / (scale *
 * deviation) + (m * divisor / scale - mean) / deviation: no need to go back to the values.
 * @throws GivenProblem where the data are token ids, or the model's numbers are neither one nor one for each channel
 */
export function normaliser(
  to: ResolvedNormalisation | null,
  { preprocessing }: Pick<Data, 'preprocessing'>,
): Normalise {
  if (to === null) return (images) => images
  if (preprocessing === null) {
    throw new GivenProblem('expected none, since token ids are not standardised, got one', ['normalisation'])
  }
  const { mean, deviation, divisor } = preprocessing
  const channels = mean.length
  const of = (name: 'mean' | 'deviation', channel: number): number => {
    const { length } = to[name]
    if (length === 1 || length === channels) return to[name][length === 1 ? 0 : channel]!
    const expected = channels === 1 ? '1 number' : `1 number, or ${channels}, one for each channel`
    throw new GivenProblem(`expected ${expected}, got ${length}`, ['normalisation', name])
  }
  const affine = mean.map((m, channel) => {
    const there = of('deviation', channel)
    const factor = ((deviation[channel] as number) * divisor) / (to.scale * there)
    return { factor, offset: ((m * divisor) / to.scale - of('mean', channel)) / there }
  })
  // What is the same already stays the same to the bit.
  if (to.scale === divisor && affine.every(({ factor, offset }) => near(factor, 1) && near(offset, 0)))
    return (images) => images
  return (images) =>
    images.map((value, place) => {
      const { factor, offset } = affine[place % channels]!
      return value * factor + offset
    })
}

const near = (one: number, other: number): boolean => Math.abs(one - other) < 1e-12
