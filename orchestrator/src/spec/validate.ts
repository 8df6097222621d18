// Checks values against the experiment's schema with ajv, and says what is wrong in words for people.
import type { Float32 } from '@retort/schema/definitions/schema'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import canonicalize from 'canonicalize'
import { nearest } from '../errors/nearest.ts'
import { alternatives, type Path, showValue } from '../errors/problem.ts'
import { canonical } from './canonical.ts'
import { describe, itemsOf } from './describe.ts'
import { heldText, inFloat32, isHeld } from './float32.ts'
import { branchFor, experimentSchema, fill, follow, isRecord, type Schema, tagsOf } from './schema.ts'

/** Something wrong at a path of a value, or with the name that the path ends in. */
export interface Violation {
  path: Path
  at: 'name' | 'value'
  expected: string
  found: string
  suggestion?: string
  message: string
}

const ajv = new Ajv2020({ allErrors: true, discriminator: true, verbose: true, strictTypes: false })
// What editors show where the pattern does not match; here it is what was expected.
ajv.addVocabulary(['patternErrorMessage'])
// What training steps hold of a number, where its range allows it.
ajv.addKeyword({
  keyword: 'float32',
  type: 'number',
  schemaType: 'string',
  validate: (of: Float32, value: number, schema: Schema = {}) => isHeld(value, of, schema),
})
// ajv's own compares every two items as they are written, and names one pair; items that are the same once the defaults
// are filled in are so, too, and long lists want neither.
ajv.removeKeyword('uniqueItems')
ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: uniqueItems, errors: true })

function uniqueItems(unique: boolean, list: unknown[], { items = {} }: Schema = {}): boolean {
  const first = new Map<string, number>()
  const errors: Partial<ErrorObject>[] = []
  for (const [index, item] of list.entries()) {
    const key = canonical(fill(items, item))
    const earlier = first.get(key)
    if (earlier === undefined) first.set(key, index)
    else errors.push({ keyword: 'uniqueItems', params: { index, earlier } })
  }
  uniqueItems.errors = errors
  return !unique || errors.length === 0
}
uniqueItems.errors = [] as Partial<ErrorObject>[]

const validateExperiment = ajv.compile(experimentSchema)
const compiledParts = new Map<string | undefined, ValidateFunction>()

function validator(schema: Schema): ValidateFunction {
  if (schema === experimentSchema) return validateExperiment
  const key = canonicalize(schema)
  const known = compiledParts.get(key)
  if (known !== undefined) return known
  // References in a part of the schema lead to the whole's definitions.
  const validate = ajv.compile({ ...schema, $defs: experimentSchema.$defs })
  compiledParts.set(key, validate)
  return validate
}

/** Everything in which a value, or its parts, do not fit a schema of the experiment's. Empty where it fits. */
export function violations(schema: Schema, value: unknown): Violation[] {
  const validate = validator(schema)
  if (validate(value)) return []
  const errors = (validate.errors ?? []).map((error) => ({ error, path: pathOf(error.instancePath, value) }))
  const choices = errors.filter(({ error }) => error.keyword === 'oneOf' && !('discriminator' in error.parentSchema!))
  const isInside = (path: Path, outer: Path) => outer.every((key, index) => path[index] === key)
  const outermost = choices.filter(
    ({ path }) => !choices.some((other) => other.path.length < path.length && isInside(path, other.path)),
  )
  return [
    // Inside a choice ajv complains of every branch; the one that the value is meant for is asked again alone.
    ...outermost.flatMap(({ error, path }) => choiceViolations(error, path)),
    ...errors
      .filter(({ path }) => !outermost.some((choice) => isInside(path, choice.path)))
      .flatMap(({ error, path }) => wordsFor(error, path)),
  ]
}

function choiceViolations(error: ErrorObject, path: Path): Violation[] {
  const schema = error.parentSchema as Schema
  const branch = branchFor(schema, error.data)
  const inside = branch === undefined ? [] : violations(branch, error.data)
  // Where the value itself is wrong, not a part of it, all choices are worth naming, but for a number that is too large.
  const isMeant = typeof error.data === 'number' && branch?.float32 !== undefined && inRange(branch, error.data)
  if (!isMeant && inside.every((inner) => inner.path.length === 0)) return [unexpected(schema, path, error.data)]
  return inside.map((inner) => ({ ...inner, path: [...path, ...inner.path] }))
}

const inRange = ({ float32: _, ...range }: Schema, value: number): boolean => violations(range, value).length === 0

function unexpected(schema: Schema, path: Path, value: unknown): Violation {
  // What an object consists of is best shown.
  const expected = describe(schema) === 'an object' ? describeByExample(schema) : describe(schema)
  const found = showValue(value)
  const { oneOf = [], enum: values = [] } = follow(schema)
  const branches = oneOf.map(follow)
  const names = [schema.const, ...values, ...branches.flatMap((branch) => [branch.const, ...(branch.enum ?? [])])]
  const violation: Violation = { path, at: 'value', expected, found, message: `expected ${expected}, got ${found}` }
  return suggest(violation, value, names)
}

function suggest(violation: Violation, value: unknown, names: unknown[]): Violation {
  const texts = names.filter((name) => typeof name === 'string')
  const suggestion = typeof value === 'string' ? nearest(value, texts) : undefined
  return suggestion === undefined ? violation : { ...violation, suggestion }
}

/** One of ajv's errors in words; none where another error says the same. */
function wordsFor(error: ErrorObject, path: Path): Violation[] {
  const schema = error.parentSchema as Schema
  switch (error.keyword) {
    case 'type':
    case 'const':
    case 'enum':
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'pattern':
      return [unexpected(schema, path, error.data)]
    case 'float32': {
      const of = error.schema as Float32
      const expected = `${describe(schema)} ${heldText[of]}`
      const found = inFloat32(error.data as number, of)
      return [{ path, at: 'value', expected, found, message: `expected ${expected}, got ${found}` }]
    }
    case 'minItems':
    case 'maxItems': {
      const expected = itemsOf(schema)
      const found = showValue(error.data)
      return [{ path, at: 'value', expected, found, message: `expected ${expected}, got ${found}` }]
    }
    case 'uniqueItems': {
      const { index, earlier } = error.params as { index: number; earlier: number }
      return [again(error.data as unknown[], index, earlier, path)]
    }
    case 'required': {
      const name = error.params.missingProperty as string
      const isTag = schema.discriminator?.propertyName === name
      const expected = isTag
        ? alternatives(tagsOf(schema).map(showValue))
        : describeByExample(schema.properties![name]!)
      return [
        { path: [...path, name], at: 'value', expected, found: 'nothing', message: `missing; expected ${expected}` },
      ]
    }
    case 'discriminator': {
      const { tag, tagValue } = error.params as { tag: string; tagValue: unknown }
      if (tagValue === undefined) return []
      return [unexpected({ enum: tagsOf(schema) }, [...path, tag], tagValue)]
    }
    case 'additionalProperties':
      return [unknownName(schema, path, error.params.additionalProperty as string, error.data)]
    default:
      throw new Error(`no words for the schema's keyword ${error.keyword} at ${error.schemaPath}`)
  }
}

/** An item of a list that an earlier one is, too, as it is written or as it is meant. */
function again(list: unknown[], index: number, earlier: number, path: Path): Violation {
  const [item, other] = [list[index], list[earlier]]
  const alike = canonical(item) === canonical(other)
  const expected = 'each item once'
  const found = `${showValue(item)}${alike ? ' again' : `, the same as item ${earlier}, ${showValue(other)}`}`
  const message = `expected ${expected}, got ${found}${alike ? ` after item ${earlier}` : ''}`
  return { path: [...path, index], at: 'value', expected, found, message }
}

function unknownName(schema: Schema, path: Path, name: string, object: unknown): Violation {
  const names = Object.keys(schema.properties ?? {})
  const expected = alternatives(names.map(showValue))
  const found = showValue(name)
  const free = names.filter((other) => !Object.hasOwn(object as object, other))
  const message = `unknown name ${found}`
  const violation = suggest({ path: [...path, name], at: 'name', expected, found, message }, name, free)
  // The nearest name says more than a long list of all.
  return violation.suggestion === undefined ? { ...violation, message: `${message}; expected ${expected}` } : violation
}

function describeByExample(schema: Schema): string {
  const example = follow(schema).examples?.[0]
  return example === undefined ? describe(schema) : `${describe(schema)}, such as ${showValue(example)}`
}

function pathOf(pointer: string, value: unknown): Path {
  let at = value
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
      const key = Array.isArray(at) ? Number(name) : name
      at = Array.isArray(at) || isRecord(at) ? (at as Record<string | number, unknown>)[key] : undefined
      return key
    })
}
