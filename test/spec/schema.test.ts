// The schema itself: every property explains itself, and what it gives as default or example is valid.
import { readFileSync } from 'node:fs'
import { describe as describeSchema } from '@retort/orchestrator/spec/describe'
import { experimentSchema, fill, follow, type Schema } from '@retort/orchestrator/spec/schema'
import { violations } from '@retort/orchestrator/spec/validate'
import { describe, expect, it } from 'vitest'
import { generated } from '../../orchestrator/generate.ts'
import { publishedSchema } from '../../schema/generate.ts'

interface Place {
  path: string
  schema: Schema
  optional: boolean
}

/** Every property of the schema and of its definitions, and the definitions themselves. */
function properties(): Place[] {
  const of = (path: string, schema: Schema): Place[] =>
    Object.entries(schema.properties ?? {}).map(([name, property]) => ({
      path: `${path}.${name}`,
      schema: property,
      optional: !schema.required?.includes(name),
    }))
  const definitions = Object.entries(experimentSchema.$defs ?? {})
  return [...of('Experiment', experimentSchema), ...definitions.flatMap(([name, schema]) => of(name, schema))]
}

// What is left out of an override stays as it is in the file, a published figure may be of no teacher, and `$schema` is for
// editors. Of what a teacher is, there is one. What is found in the user's own files says so.
const withoutDefault = (path: string) =>
  /^(TrainingOverride|OptimizerOverride|Published)\./.test(path) ||
  path === 'Experiment.$schema' ||
  /^Teacher\.(architecture|tfjs|onnx|logits|ensemble)$/.test(path)
const isFound = ({ schema }: Place) => /Left out, |Without it |To be said only where /.test(follow(schema).description!)

describe('every property of the schema', () => {
  const all = properties().map((place) => [place.path, place] as const)

  it('is found', () => {
    expect(all.length).toBeGreaterThan(60)
  })

  it.each(all)('%s has a description and examples', (_, { schema }) => {
    expect(follow(schema).description).toMatch(/^.{10,}/)
    expect(follow(schema).examples?.length).toBeGreaterThan(0)
  })

  it.each(all.filter(([path, { optional }]) => optional && !withoutDefault(path)))(
    '%s has a default, or says what it is when left out',
    (_, place) => {
      if (!isFound(place)) expect(follow(place.schema)).toHaveProperty('default')
    },
  )

  it.each(all)('%s accepts its own examples and default', (_, { schema }) => {
    const followed = follow(schema)
    for (const example of followed.examples ?? []) expect(violations(schema, example)).toEqual([])
    if ('default' in followed) expect(violations(schema, followed.default)).toEqual([])
  })

  it.each(all)('%s can be described', (_, { schema }) => {
    expect(describeSchema(schema)).not.toBe('a value')
  })
})

it('every definition with examples accepts them', () => {
  for (const schema of Object.values(experimentSchema.$defs ?? {})) {
    for (const example of schema.examples ?? []) expect(violations(schema, example)).toEqual([])
  }
})

it('a filled value is valid, and filling it again changes nothing', () => {
  const small = {
    name: 'a',
    dataset: { type: 'mnist' },
    students: [{ id: 'b', architecture: { type: 'resnet', depth: 8 } }],
  }
  const filled = fill(experimentSchema, small)
  expect(violations(experimentSchema, filled)).toEqual([])
  expect(fill(experimentSchema, filled)).toEqual(filled)
})

it('is published as the definitions have it; if not, run `pnpm generate`', () => {
  const written = readFileSync(new URL('../../schema/experiment.schema.json', import.meta.url), 'utf8')
  expect(written).toBe(publishedSchema())
})

it.each(generated())('%s has each run-time half; if not, run `pnpm generate`', (file, text) => {
  expect(readFileSync(new URL(`../../orchestrator/src/${file}`, import.meta.url), 'utf8')).toBe(text)
})
