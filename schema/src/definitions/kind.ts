// What kinds have in common: each has definitions, told apart by their `type` in the file, and a list of them.
import type { ObjectOf, Schema, Typed } from './schema.ts'

/** One setting of a definition by name. */
export interface Settings {
  readonly [name: string]: Schema
}

/** What every definition writes. */
export interface Written<Type extends string, Own extends Settings, Required> {
  /** As it stands in the file. */
  type: Type
  /** What the type stands for, with its source. */
  title: string
  description: string
  /** Settings that have no default and must be given. */
  required?: readonly Required[]
  settings: Own
}

/** What stands in the file: the type beside the settings. */
export type InFile<Type extends string, Own, Required> = ObjectOf<
  { [Name in keyof Own | 'type']: Name extends 'type' ? { const: Type } : Name extends keyof Own ? Own[Name] : never },
  Required | 'type'
>

/**
 * The schema of an object with a type and settings.
 * @param kind what its name ends with: `top-k` is published as TopKObjective
 */
export function typedObject<Type extends string, Own extends Settings, Required extends string>(
  kind: string,
  { type, title, description, required = [], settings }: Written<Type, Own, Required>,
): Typed<InFile<Type, Own, Required>> {
  return {
    name: type.split('-').map(capital).join('') + kind,
    description,
    type: 'object',
    required: ['type', ...required],
    additionalProperties: false,
    properties: { type: { const: type, description: title, examples: [type] }, ...settings },
  } as unknown as Typed<InFile<Type, Own, Required>>
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** A definition of any kind. */
export interface Definition<Type extends string = string, Value = unknown> {
  type: Type
  schema: Typed<Value>
}

type ValueIn<List extends readonly Definition[]> = List[number] extends Definition<string, infer Value> ? Value : never

/** The schema of a value of one of several types. */
export function oneOf<const List extends readonly Definition[]>(
  list: List,
  { name, description, ...rest }: Pick<Schema, 'name' | 'description' | 'default' | 'examples'>,
): Typed<ValueIn<List>> {
  return {
    name,
    description,
    type: 'object',
    required: ['type'],
    discriminator: { propertyName: 'type' },
    oneOf: list.map((each) => each.schema),
    ...rest,
  } as unknown as Typed<ValueIn<List>>
}

/** Definitions by their types. */
export function byType<const List extends readonly Definition[]>(list: List) {
  return Object.fromEntries(list.map((each) => [each.type, each])) as {
    [Each in List[number] as Each['type']]: Each
  }
}

/** A definition of which there is no more to know than its settings. */
export function tagged<
  const Type extends string,
  const Own extends Settings,
  const Required extends keyof Own & string = never,
>(kind: string, written: Written<Type, Own, Required>): Definition<Type, InFile<Type, Own, Required>> {
  return { type: written.type, schema: typedObject(kind, written) }
}
