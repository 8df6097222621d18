// Whether an experiment leaves to its convention what that sets, and has the objectives that it weighs.
import type { Convention, Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import { showValue } from '../errors/problem.ts'
import { translated, weightsUnder } from './conventions.ts'
import { heldText, inFloat32, isHeld } from './float32.ts'
import { objectiveAxis, objectiveSchema } from './objectives.ts'
import { definition, fill, isRecord } from './schema.ts'
import type { Violation } from './validate.ts'
import { violation, type Written } from './written.ts'

/** What else is written than a convention leaves open, and objectives that its code does not have. */
export function checkConvention({ value, fits }: Written): Violation[] {
  if (!isRecord(value.convention) || !fits(['convention'])) return []
  const convention = fill(definition('Convention'), value.convention) as Resolved<Convention>
  if (convention.type === 'retort') return []
  const { type } = convention
  const sweep = isRecord(value.sweep) ? value.sweep : {}
  const set = [
    ...(['lossWeights', 'temperatures'] as const).filter((name) => name in value).map((name) => [name]),
    ...(objectiveAxis in sweep ? [['sweep', objectiveAxis]] : []),
  ].map((path) => {
    const message = `the convention ${showValue(type)} sets it already`
    return violation(path, `nothing beside the convention ${showValue(type)}`, showValue(path.at(-1)), {
      at: 'name',
      message,
    })
  })
  if (!fits([objectiveAxis])) return set
  const objective = fill(objectiveSchema, value.objective) as Resolved<Experiment>['objective']
  const terms = [objective].flat()
  const { softTargets, others } = weightsUnder(convention)
  const left = terms.filter((term) => (term.type === 'soft-targets' ? softTargets : others) === 0)
  if (left.length > 0) {
    const names = left.map((term) => showValue(term.type)).join(', ')
    const expected = 'objectives to which the convention gives a weight above 0'
    return [...set, violation([objectiveAxis], expected, `${names}, of weight 0 in ${showValue(type)}`)]
  }
  return [...set, ...checkTranslation(convention, objective)]
}

/** What is translated is a product, which may be too large or too small where its factors are not. */
function checkTranslation(convention: Resolved<Convention>, objective: Resolved<Experiment>['objective']): Violation[] {
  const { lossWeights, objective: terms } = translated({ convention, objective } as Resolved<Experiment>)!
  const weights = [
    ...lossWeights.flatMap(({ hard, soft }) => [hard, soft]),
    ...[terms].flat().map(({ weight }) => weight),
  ]
  const numbers = weights.flatMap((weight) => (typeof weight === 'number' ? [weight] : [weight.from, weight.to]))
  const beyond = numbers.find((number) => !isHeld(number, 'itself', {}))
  if (beyond === undefined) return []
  return [violation(['convention'], `weights ${heldText.itself}`, `${inFloat32(beyond, 'itself')}, as translated`)]
}
