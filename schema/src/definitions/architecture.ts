// What the definition of an architecture says; how it is built stands in orchestrator/src/zoo.
import { type Definition, type InFile, type Settings, typedObject, type Written } from './kind.ts'

/** What there is to know of an architecture without building it. */
export interface ArchitectureFacts<Own> {
  /** Whether it takes token ids, too, not only numbers. */
  readsTokens: boolean
  /**
   * How its kernels are drawn: as He does where the activation behind them cuts half of it off (all do that have no setting
   * `activation`), or all as Glorot does. Null where it says so itself, layer by layer.
   */
  kernels: 'by activation' | 'glorot' | null
  /** One of few weights, which tests build, train on both engines and export; null where there is none but from a file. */
  small: SmallModel<Own> | null
}

interface SmallModel<Own> {
  settings: Omit<Own, 'type'>
  /** Of one sample. Maps should still have more than one pixel behind all layers: batch norm magnifies rounding. */
  shape: readonly number[]
  /** Next tokens have a label at each position. */
  reads: 'numbers' | 'tokens' | 'next tokens'
}

export interface ArchitectureDefinition<Type extends string = string, Value = unknown>
  extends Definition<Type, Value>,
    ArchitectureFacts<Value> {}

export function architecture<
  const Type extends string,
  const Own extends Settings,
  const Required extends keyof Own & string = never,
>(
  written: Written<Type, Own, Required> & ArchitectureFacts<InFile<Type, Own, Required>>,
): ArchitectureDefinition<Type, InFile<Type, Own, Required>> {
  const { readsTokens, kernels, small, ...rest } = written
  return { type: rest.type, schema: typedObject('Architecture', rest), readsTokens, kernels, small }
}
