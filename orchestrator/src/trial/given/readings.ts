// Other ways to give a model its inputs than the one that the experiment says or leaves: one may be what was meant.
import type { Normalisation } from '@retort/schema/experiment'
import type { ResolvedNormalisation, ResolvedOnnx } from '@retort/schema/given'
import type { Data } from '../../data/data.ts'
import { isTable } from './normalise.ts'
import { GivenProblem, type Reading, type Source } from './source.ts'

interface Way {
  normalisation: ResolvedNormalisation
  inputLayout: ResolvedOnnx['inputLayout']
}

const imageNet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] } as const

/** @param as throws GivenProblem where the model cannot be read so */
export function otherReadings(used: Way, data: Data, as: (way: Way) => Source['logits']): Reading[] {
  const { preprocessing } = data
  if (preprocessing === null) return []
  const isColoured = !isTable(data) && preprocessing.mean.length === 3
  const ways: Normalisation[] = isTable(data)
    ? ['none', 'standardised']
    : [
        'none',
        'standardised',
        { mean: [0], deviation: [1] },
        { mean: [0.5], deviation: [0.5] },
        ...(isColoured ? [{ ...imageNet } as unknown as Normalisation] : []),
      ]
  const layouts = used.inputLayout === null ? [null] : (['NCHW', 'NHWC'] as const)
  const seen = new Set([keyOf(used, data)])
  return layouts.flatMap((inputLayout) =>
    ways.flatMap((said): Reading[] => {
      const normalisation = typeof said === 'string' ? said : { scale: preprocessing.divisor, ...said }
      const way = { normalisation, inputLayout }
      const key = keyOf(way, data)
      if (seen.has(key)) return []
      seen.add(key)
      try {
        const isSame = inputLayout === used.inputLayout
        return [{ said: { normalisation: said, ...(!isSame && { inputLayout }) }, logits: as(way) }]
      } catch (error) {
        if (error instanceof GivenProblem) return []
        throw error
      }
    }),
  )
}

/** The same for ways that are the same: by what becomes of two numbers of each channel. */
function keyOf({ normalisation, inputLayout }: Way, { preprocessing }: Data): string {
  const { mean: ownMean, deviation: ownDeviation, divisor } = preprocessing!
  const own = { mean: ownMean, deviation: ownDeviation, scale: divisor }
  const raw = { mean: [0], deviation: [1], scale: 1 }
  const { mean, deviation, scale } =
    normalisation === 'standardised' ? own : normalisation === 'none' ? raw : normalisation
  const images = ownMean.flatMap((_, channel) =>
    [0, 1].map((value) => {
      const at = (numbers: number[]) => numbers[numbers.length === 1 ? 0 : channel]!
      return ((value / scale - at(mean)) / at(deviation)).toPrecision(6)
    }),
  )
  return JSON.stringify([images, inputLayout])
}
