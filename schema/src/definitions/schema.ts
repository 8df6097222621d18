// What definitions write of JSON Schema, and the TypeScript type of the values that a schema allows.

/** What of a number float32 must hold: itself, or its square, as that of a temperature stands in the loss. */
export type Float32 = 'itself' | 'squared'

/** The keywords that definitions use. */
export interface Schema {
  /** Of a schema that is published in `$defs`, and referred to; one without stands wherever it is used. */
  readonly name?: string
  /** Another schema; what stands beside it goes before what it says. */
  readonly $ref?: Schema
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean'
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly oneOf?: readonly Schema[]
  readonly discriminator?: { readonly propertyName: string }
  readonly required?: readonly string[]
  readonly properties?: { readonly [name: string]: Schema }
  readonly additionalProperties?: false | Schema
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly float32?: Float32
  readonly pattern?: string
  readonly patternErrorMessage?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
}

/** Exists for the compiler alone. */
declare const value: unique symbol

/** A schema that the compiler knows by its values, not by its words. */
export interface Typed<Value> extends Schema {
  readonly [value]: Value
}

/** A schema as it is written, known by the type of its values. */
export const schema = <const S extends Schema>(written: S) => written as unknown as Typed<ValueOf<S>>

/** The values that a schema allows: what `required` names must be there, the rest may be. */
export type ValueOf<S> =
  S extends Typed<infer Value>
    ? Value
    : S extends { $ref: infer To }
      ? ValueOf<To>
      : S extends { const: infer Value }
        ? Value
        : S extends { enum: readonly (infer Value)[] }
          ? Value
          : S extends { oneOf: readonly (infer Branch)[] }
            ? ValueOf<Branch>
            : S extends { properties: infer Properties }
              ? ObjectOf<Properties, S extends { required: readonly (infer Name)[] } ? Name : never>
              : S extends { additionalProperties: infer Property extends Schema }
                ? { [name: string]: ValueOf<Property> }
                : S extends { items: infer Item }
                  ? ValueOf<Item>[]
                  : S extends { type: keyof Plain }
                    ? Plain[S['type']]
                    : unknown

interface Plain {
  string: string
  number: number
  integer: number
  boolean: boolean
}

/** An object of properties, of which some must be there. */
export type ObjectOf<Properties, Required> = Flat<
  { -readonly [Name in keyof Properties as Name extends Required ? Name : never]: ValueOf<Properties[Name]> } & {
    -readonly [Name in keyof Properties as Name extends Required ? never : Name]?: ValueOf<Properties[Name]>
  }
>

/** An intersection as one object, which is how messages and hovers show it. */
export type Flat<T> = T extends infer Object ? { [Key in keyof Object]: Object[Key] } : never

/** A value with every default filled in. */
export type Filled<T> = T extends readonly (infer Item)[]
  ? Filled<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Filled<NonNullable<T[Key]>> }
    : T
