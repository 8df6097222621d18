// What the definition of a data set's format says; how it is read stands in orchestrator/src/data.
import { type Definition, type InFile, type Settings, typedObject, type Written } from './kind.ts'

/** What there is to know of a format without reading a file. */
export interface DatasetFacts<Name extends string = string> {
  /** Settings that are paths, where they are text. */
  paths: readonly Name[]
  /** Samples of its files, of which it never has others; null where only reading them tells. */
  samples: { train: number; test: number } | null
  /** Whether a sample has a class, or each of its positions. */
  classesOf: 'samples' | 'positions'
  /** Settings that came when trials had ids already: at their defaults they are no part of these, which so stay. */
  later: readonly Name[]
}

export interface DatasetDefinition<Type extends string = string, Value = unknown>
  extends Definition<Type, Value>,
    DatasetFacts {}

export function dataset<
  const Type extends string,
  const Own extends Settings,
  const Required extends keyof Own & string = never,
>(
  written: Written<Type, Own, Required> & DatasetFacts<keyof Own & string>,
): DatasetDefinition<Type, InFile<Type, Own, Required>> {
  const { paths, samples, classesOf, later, ...rest } = written
  return { type: rest.type, schema: typedObject('Dataset', rest), paths, samples, classesOf, later }
}
