// The JSON Schema of an experiment's file, made of the definitions: what `schema/experiment.schema.json` holds.
import { experiment } from './experiment.ts'
import type { Settings } from './kind.ts'
import type { Schema } from './schema.ts'

/** The keywords of the published schema. */
export interface JsonSchema
  extends Omit<Schema, 'name' | '$ref' | 'oneOf' | 'properties' | 'additionalProperties' | 'items'> {
  readonly $schema?: string
  readonly $id?: string
  readonly title?: string
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: false | JsonSchema
  readonly items?: JsonSchema
}

/** What has a name stands in `$defs`, the branches of a choice together, in the order in which they are first used. */
function jsonSchema(root: Schema): JsonSchema {
  const names = new Map<string, Schema>()
  const published: Record<string, JsonSchema> = {}

  /** A schema where it is used: by its name where it has one. */
  const used = (schema: Schema): JsonSchema => {
    const { name } = schema
    if (name === undefined) return written(schema)
    publish([schema])
    return { $ref: `#/$defs/${name}` }
  }

  function publish(schemas: readonly Schema[]): void {
    const first = schemas.filter((schema) => schema.name !== undefined && !isKnown(schema.name, schema))
    for (const schema of first) {
      names.set(schema.name!, schema)
      // Takes its place before those that it refers to.
      published[schema.name!] = {}
    }
    for (const schema of first) published[schema.name!] = written(schema)
  }

  /** @throws Error where two schemas have one name */
  function isKnown(name: string, schema: Schema): boolean {
    const other = names.get(name)
    if (other !== undefined && other !== schema) throw new Error(`two schemas are called ${name}`)
    return other !== undefined
  }

  function written({ name: _, ...schema }: Schema): JsonSchema {
    if (schema.oneOf !== undefined) publish(schema.oneOf)
    return Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, part(keyword, value)]))
  }

  /** What a keyword says, schemas as they are published. */
  function part(keyword: string, value: unknown): unknown {
    switch (keyword) {
      case '$ref':
        return used(value as Schema).$ref
      case 'oneOf':
        return (value as Schema[]).map(used)
      case 'items':
        return used(value as Schema)
      case 'additionalProperties':
        return value === false ? false : used(value as Schema)
      case 'properties':
        return Object.fromEntries(Object.entries(value as Settings).map(([name, each]) => [name, used(each)]))
      default:
        return value
    }
  }

  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://retort.dev/experiment.schema.json',
  }
  return { ...head, title: 'Experiment', ...written(root), $defs: published }
}

export const experimentSchema: JsonSchema = jsonSchema(experiment)
