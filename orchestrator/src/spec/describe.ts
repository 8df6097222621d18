// What a schema asks for, in words.
import { alternatives, showValue } from '../errors/problem.ts'
import { follow, type Schema, tagsOf } from './schema.ts'

/** Such as `an integer from 1 to 65536`, `"auto" or an integer of at least 1`, `a list of at least 1 item`. */
export function describe(schema: Schema): string {
  const followed = follow(schema)
  if ('const' in followed) return showValue(followed.const)
  if (followed.enum !== undefined) return alternatives(followed.enum.map(showValue))
  if (followed.discriminator !== undefined) {
    const tag = followed.discriminator.propertyName
    return `an object whose ${showValue(tag)} is ${alternatives(tagsOf(followed).map(showValue))}`
  }
  if (followed.oneOf !== undefined) return alternatives(followed.oneOf.flatMap(eachOf))
  switch (followed.type) {
    case 'array':
      return followed.minItems === undefined ? 'a list' : `a list of ${itemsOf(followed)}`
    case 'object':
      return 'an object'
    case 'string':
      return followed.patternErrorMessage ?? 'text'
    case 'boolean':
      return 'true or false'
    case 'integer':
      return `an integer${range(followed)}`
    case 'number':
      return `a number${range(followed)}`
    default:
      return 'a value'
  }
}

/** The values of an enumeration, else the one thing that is asked for. */
const eachOf = (schema: Schema): string[] => follow(schema).enum?.map(showValue) ?? [describe(schema)]

/** `at least 1 item`, `7 items`: a list that has a longest length has no other. */
export function itemsOf({ minItems = 0, maxItems }: Schema): string {
  return `${maxItems === undefined ? 'at least ' : ''}${minItems} ${minItems === 1 ? 'item' : 'items'}`
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  const bounds = [
    minimum === undefined ? [] : [`of at least ${minimum}`],
    exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`],
    maximum === undefined ? [] : [`of at most ${maximum}`],
    exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`],
  ].flat()
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`
}
