// What the definition of a label loss says; how it is computed stands in orchestrator/src/objectives.
import { type Definition, type InFile, type Settings, typedObject, type Written } from './kind.ts'
import type { Filled } from './schema.ts'

/** What there is to know of a label loss without computing it. */
export interface LabelLossFacts<Own> {
  /** As `plan` writes it, of the labels that a letter stands for; z_s are the student's logits. */
  formula(settings: Own, y: string): string
}

export interface LabelLossDefinition<Type extends string = string, Value = unknown>
  extends Definition<Type, Value>,
    LabelLossFacts<Filled<Value>> {}

/** What a student learns from the labels. */
export function labelLoss<const Type extends string, const Own extends Settings>(
  written: Written<Type, Own, never> & LabelLossFacts<Filled<InFile<Type, Own, never>>>,
): LabelLossDefinition<Type, InFile<Type, Own, never>> {
  const { formula, type, ...rest } = written
  return { type, schema: typedObject('Loss', { type, ...rest }), formula }
}

/** Without the last digits of 1 - 0.9. */
export const rest = (share: number): number => Number((1 - share).toPrecision(12))
