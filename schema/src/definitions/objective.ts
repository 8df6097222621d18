// What the definition of an objective says; how it is computed stands in orchestrator/src/objectives.
import { weightCourse } from './courses.ts'
import { type Definition, type InFile, type Settings, typedObject, type Written } from './kind.ts'
import { type LayerPair, layerPairs } from './layerPairs.ts'
import { type Filled, schema } from './schema.ts'

export const objectiveWeight = schema({
  name: 'ObjectiveWeight',
  description: 'Factor of this objective in the soft part of the loss.',
  oneOf: [{ type: 'number', float32: 'itself', exclusiveMinimum: 0 }, weightCourse],
  default: 1,
  examples: [1, { from: 1, to: 0, shape: { type: 'step', at: 0.25 } }],
})

/** Of what a layer gives for one sample; null is any length. */
export type LayerShape = readonly (number | null)[]

/** What there is to know of an objective without computing it. */
export interface ObjectiveFacts<Own> {
  /** One trial stands for all temperatures where no objective reads them. */
  readsTemperature: boolean
  /** Whether it reads the samples' classes, of which a blend of two has two. */
  readsClasses: boolean
  /** Whether it allows a teacher whose classes are others than the data's: it compares none by name. */
  acrossVocabularies: boolean
  /**
   * Whether it has a value where the teacher gives a class no probability, always, never or as its settings are; null
   * where it reads no logits. What goes from the student to the teacher, or reads the logits themselves, has none.
   */
  allowsMasks: boolean | MasksBySettings<Own> | null
  /** As `plan` writes it: z_s and z_t are the logits of student and teacher, T is the temperature. */
  formula(settings: Own): string
  /** What it asks of the data's classes and they have not. */
  classProblem?(settings: Own, classes: number): { setting: string; expected: string; found: number } | undefined
  /** On features: what it asks of two layers, where they do not have it. */
  layersNeed?(student: LayerShape, teacher: LayerShape): string | undefined
}

interface MasksBySettings<Own> {
  where(settings: Own): boolean
  /** How messages call it with settings that allow masks, and with others. */
  allowed: string
  refused: string
}

export interface ObjectiveDefinition<Type extends string = string, Value = unknown>
  extends Definition<Type, Value>,
    ObjectiveFacts<Filled<Value>> {}

type Weighted<Own> = { weight: typeof objectiveWeight } & Own

/** An objective, which has a weight beside its own settings. */
export function objective<
  const Type extends string,
  const Own extends Settings,
  const Required extends keyof Own & string = never,
>(
  written: Written<Type, Own, Required> & ObjectiveFacts<Filled<InFile<Type, Weighted<Own>, Required>>>,
): ObjectiveDefinition<Type, InFile<Type, Weighted<Own>, Required>> {
  const { type, title, description, required, settings, ...facts } = written
  const weighted = { weight: objectiveWeight, ...settings }
  return {
    type,
    schema: typedObject('Objective', { type, title, description, required, settings: weighted }),
    ...facts,
  }
}

type WithPairs<Own> = { layers: typeof layerPairs } & Own

/** How an objective on features is written: of two layers at a time. */
interface OnFeatures<Own> {
  /** Of a pair of layers, whose features are written f_s[layer] and f_t[layer]. */
  ofPair(student: string, teacher: string): string
  /** What the formula says of all pairs. */
  note?(settings: Own): string
  layersNeed(student: LayerShape, teacher: LayerShape): string | undefined
}

/** An objective on features: the teacher runs in the student's step, and reads its tokens. */
export function featureObjective<const Type extends string, const Own extends Settings>(
  written: Written<Type, Own, never> & OnFeatures<Filled<InFile<Type, Own, never>>>,
): ObjectiveDefinition<Type, InFile<Type, Weighted<WithPairs<Own>>, 'layers'>> {
  const { type, title, description, settings, ofPair, note, layersNeed } = written
  const withPairs: WithPairs<Own> = { layers: layerPairs, ...settings }
  return objective<Type, WithPairs<Own>, 'layers'>({
    type,
    title,
    description,
    required: ['layers'],
    settings: withPairs,
    readsTemperature: false,
    readsClasses: false,
    acrossVocabularies: false,
    allowsMasks: null,
    formula: (filled) => {
      const { layers } = filled as { layers: LayerPair[] }
      const texts = layers.map(({ student, teacher }) => ofPair(`f_s[${student}]`, `f_t[${teacher}]`))
      const sum = texts.length === 1 ? texts[0]! : `(${texts.join(' + ')})`
      return `${sum}${note?.(filled as Filled<InFile<Type, Own, never>>) ?? ''}`
    },
    layersNeed,
  })
}
