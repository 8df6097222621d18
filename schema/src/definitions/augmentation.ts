// What the definition of an augmentation says; how images are changed stands in orchestrator/src/data/augment.
import { type Definition, type InFile, type Settings, typedObject, type Written } from './kind.ts'

/** What there is to know of an augmentation without an image. */
export interface AugmentationFacts<Name extends string, Blends extends boolean> {
  /** Settings that are lengths in pixels, of which an image must have as many. */
  pixels: readonly Name[]
  /** Whether it makes one sample of two, and so of their labels; others change an image by itself. */
  blends: Blends
}

export interface AugmentationDefinition<Type extends string = string, Value = unknown, Blends extends boolean = boolean>
  extends Definition<Type, Value>,
    AugmentationFacts<string, Blends> {}

export function augmentation<
  const Type extends string,
  const Own extends Settings,
  const Blends extends boolean,
  const Required extends keyof Own & string = never,
>(
  written: Written<Type, Own, Required> & AugmentationFacts<keyof Own & string, Blends>,
): AugmentationDefinition<Type, InFile<Type, Own, Required>, Blends> {
  const { pixels, blends, ...rest } = written
  return { type: rest.type, schema: typedObject('Step', rest), pixels, blends }
}
