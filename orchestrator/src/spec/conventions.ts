// Weights and temperatures as other projects' code means them, translated to Retort's.
import type { Convention, Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedObjective } from '@retort/schema/trial'

type Translated = Exclude<Resolved<Convention>, { type: 'retort' }>

/** Weights of Retort's parts. */
interface Weights {
  hard: number
  softTargets: number
  /** Factor of the weights of all other objectives. */
  others: number
}

interface Translation<Settings> {
  /** As its code has it. */
  written: string
  weights: (settings: Settings) => Weights
  /** How its code compares attention of two sizes; as Retort does where it says nothing of it. */
  resize?: 'features'
}

/** One line for each project. */
const translations: { [Type in Translated['type']]: Translation<Extract<Translated, { type: Type }>> } = {
  repdistiller: {
    written: 'gamma * CE + alpha * T^2 * KL + beta * others',
    weights: ({ gamma, alpha, beta }) => ({ hard: gamma, softTargets: alpha, others: beta }),
    resize: 'features',
  },
  torchdistill: {
    written: 'alpha * CE + beta * T^2 * KL, KL alone for alpha = 0',
    weights: ({ alpha, beta, temperature }) => {
      if (alpha === 0) return { hard: 0, softTargets: 1 / temperature ** 2, others: 0 }
      return { hard: alpha, softTargets: beta === '1 - alpha' ? rest(alpha) : beta, others: 0 }
    },
  },
  takd: {
    written: '(1 - lambda) * CE + lambda * T^2 * KL / classes',
    weights: ({ lambda, classes }) => ({ hard: rest(lambda), softTargets: lambda / classes, others: 0 }),
  },
}

/** Without the last digits of 1 - 0.9. */
const rest = (share: number): number => Number((1 - share).toPrecision(12))

/** What the parts weigh under a convention. */
export const weightsUnder = (convention: Translated): Weights => translationOf(convention).weights(convention)

const translationOf = (convention: Translated) => translations[convention.type] as Translation<Translated>

type Parts = Pick<Resolved<Experiment>, 'objective' | 'lossWeights' | 'temperatures'>

/** Objective, weights and temperature in Retort's terms; nothing where they are in them already. */
export function translated({ convention, objective }: Resolved<Experiment>): Parts | undefined {
  if (convention.type === 'retort') return undefined
  const { hard, softTargets, others } = weightsUnder(convention)
  const terms = termsOf(objective, { softTargets, others }, translationOf(convention).resize)
  const only = terms.length === 1 ? terms[0]! : undefined
  // The weight of a single objective stands where people look for it.
  return {
    objective: only === undefined ? terms : { ...only, weight: 1 },
    lossWeights: [{ hard, soft: only === undefined ? 1 : only.weight }],
    temperatures: [convention.temperature],
  }
}

/** Objectives with their translated weights, but for those of weight 0. */
function termsOf(
  objective: Resolved<Experiment>['objective'],
  weights: Omit<Weights, 'hard'>,
  resize: Translation<never>['resize'],
): ResolvedObjective[] {
  return [objective].flat().flatMap((term) => {
    const factor = term.type === 'soft-targets' ? weights.softTargets : weights.others
    if (factor === 0) return []
    const weighted = { ...term, weight: times(term.weight, factor) }
    return [weighted.type === 'attention-transfer' && resize ? { ...weighted, resize } : weighted]
  })
}

function times(weight: ResolvedObjective['weight'], factor: number): ResolvedObjective['weight'] {
  if (typeof weight === 'number') return weight * factor
  return { ...weight, from: weight.from * factor, to: weight.to * factor }
}

/** What was translated, in words; undefined for Retort's own. */
export function conventionText(convention: Resolved<Convention>): string | undefined {
  if (convention.type === 'retort') return undefined
  const { type, ...settings } = convention
  const values = Object.entries(settings).map(([name, value]) => `${name === 'temperature' ? 'T' : name} = ${value}`)
  return `translated from ${type}'s ${translationOf(convention).written}; ${values.join(', ')}`
}
