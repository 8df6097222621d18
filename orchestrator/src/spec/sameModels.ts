// Models and baselines that are the same under two ids: one trial cannot stand in two rows of a ranking.
import type { Experiment } from '@retort/schema/experiment'
import type { Resolved } from '@retort/schema/resolved'
import type { ResolvedTraining } from '@retort/schema/trial'
import { showValue } from '../errors/problem.ts'
import { type Axis, switchedBy, type Variant, variantsOf } from './axes.ts'
import { labelLossOf } from './baselines.ts'
import { canonical, canonicalTraining } from './canonical.ts'
import type { Model } from './checks.ts'
import type { Violation } from './validate.ts'
import { listOf, violation, type Written } from './written.ts'

/**
 * Two teachers, or two students, that are the same model with the same training under two ids. Axes are taken into
 * account: what they set differs no more.
 */
export function checkSameModels(all: Model[], axes: Axis[]): Violation[] {
  return metTwice(all, axes, (training) => training).map(({ model, other }) => {
    const names = `${showValue(model.id)} and ${showValue(other.id)}`
    const message = `the same model under two names, ${names}: their architecture and training are equal`
    return violation([model.kind, model.index], `a model that differs from ${showValue(other.id)}`, names, { message })
  })
}

/** A baseline with a label loss of its own, of students that differ in theirs alone: it is the same of both. */
export function checkSameBaselines({ value, fits }: Written, all: Model[], axes: Axis[]): Violation[] {
  const students = all.filter(({ kind }) => kind === 'students')
  const same = new Set(metTwice(students, axes, (training) => training).map(({ model }) => model))
  return listOf(value.baselines).flatMap((baseline, index) => {
    if (!fits(['baselines', index])) return []
    const labelLoss = labelLossOf(baseline as Resolved<Experiment>['baselines'][number])
    if (labelLoss === null) return []
    const met = metTwice(students, axes, (training) => ({ ...training, labelLoss }))
    return met.flatMap(({ model, other }) => {
      // Told of already.
      if (same.has(model)) return []
      const names = `${showValue(model.id)} and ${showValue(other.id)}`
      const expected = 'students that differ in more than their label loss'
      const message = `the same baseline of ${names}: they differ in their label loss alone, and ${showValue(baseline)} sets it`
      return [violation(['baselines', index], expected, names, { message })]
    })
  })
}

/** Each model that an earlier one equals at some point of the axes, once its training is as it is to be compared. */
function metTwice(all: Model[], axes: Axis[], trainingOf: (training: ResolvedTraining) => ResolvedTraining) {
  const first = new Map<string, Model>()
  const found = new Map<Model, Model>()
  for (const model of all) {
    for (const variant of pointsOf(model, axes)) {
      const key = keyOf(model, { ...variant, training: trainingOf(variant.training) })
      const other = first.get(key)
      if (other === undefined) first.set(key, model)
      else if (other !== model && !found.has(model)) found.set(model, other)
    }
  }
  return [...found].map(([model, other]) => ({ model, other }))
}

/** One value of an axis is enough to tell whether two students ever meet, but for those that decide what else applies. */
function pointsOf({ kind, resolved }: Model, axes: Axis[]): Iterable<Variant> {
  const few = axes.map((axis) =>
    switchedBy(axis, resolved) === undefined ? { ...axis, values: axis.values.slice(0, 1) } : axis,
  )
  return variantsOf(resolved, kind === 'teachers' ? [] : few)
}

function keyOf({ kind, resolved }: Model, { architecture, training }: Pick<Variant, 'architecture' | 'training'>) {
  const seed = 'seed' in resolved ? resolved.seed : null
  const reader = 'reader' in resolved ? resolved.reader : null
  // Two files that say the same are the same model.
  const { file: _, ...tokenizer } = { file: '', ...reader?.tokenizer }
  const { file: __, ...model } = { file: '', ...architecture }
  return `${kind} ${seed} ${canonical([model, tokenizer, reader?.length ?? null])} ${canonicalTraining(training)}`
}
