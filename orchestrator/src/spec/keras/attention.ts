// Calls of MultiHeadAttention: its tensors are named, and may be left out.
import type { TensorPlace } from '@retort/schema/topology'
import { isRecord } from '../schema.ts'

type Json = Record<string, unknown>

const names = ['query', 'value', 'key']
/** What may be said of a call with no effect. */
const neutral: Record<string, unknown[]> = {
  query_mask: [null],
  value_mask: [null],
  key_mask: [null],
  attention_mask: [null],
  return_attention_scores: [false, null],
  training: [true, false, null],
  use_causal_mask: [true, false, null],
}

export interface AttentionCall {
  /** Query, value, key; what is left out is the one before it. */
  places: TensorPlace[]
  causal: boolean
  /** What is set that is not kept. */
  settings: Json
}

/** @param node of Keras 2 and TensorFlow.js [["query", 0, 0, { … }], …], of Keras 3 { args, kwargs } */
export function attentionCall(node: unknown): AttentionCall {
  const given = Array.isArray(node) ? oldArguments(node) : newArguments(isRecord(node) ? node : {})
  const [query, value = query, key = value] = names.map((name) => given[name])
  const places = [query, value, key].map(placeOf).filter((place) => place !== undefined)
  const settings = Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) =>
        !(names.includes(name) && placeOf(value) !== undefined) && !neutral[name]?.includes(value as never),
    ),
  )
  return { places, causal: given.use_causal_mask === true, settings }
}

function oldArguments(node: unknown[]): Json {
  const items = (typeof node[0] === 'string' ? [node] : node).filter(Array.isArray)
  const positional = Object.fromEntries(items.map((item, index) => [names[index] ?? `${index}`, item.slice(0, 3)]))
  return Object.assign(positional, ...items.map((item) => item[3]).filter(isRecord))
}

function newArguments({ args, kwargs }: Json): Json {
  const all = [...names, 'query_mask', 'value_mask', 'key_mask', 'attention_mask']
  const positional = Array.isArray(args) ? args.map((value, index) => [all[index] ?? `${index}`, value]) : []
  return { ...Object.fromEntries(positional), ...(isRecord(kwargs) ? kwargs : {}) }
}

function placeOf(value: unknown): TensorPlace | undefined {
  const place = isRecord(value) && isRecord(value.config) ? value.config.keras_history : value
  return Array.isArray(place) && typeof place[0] === 'string' ? (place.slice(0, 3) as TensorPlace) : undefined
}
