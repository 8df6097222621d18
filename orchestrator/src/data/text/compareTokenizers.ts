// Whether two tokenizers make the same token ids of a text, from what their tokenizer.json say. Sameness is what is
// told for certain; two that differ in something may still agree on many texts.
import canonicalize from 'canonicalize'
import { showValue } from '../../errors/problem.ts'
import { isRecord } from '../../spec/schema.ts'

/** Of tokens that differ so many are told. */
const told = 3

/** What of a file decides on a text's ids, beside its tokens. */
const parts = ['normalizer', 'pre_tokenizer', 'post_processor'] as const

/**
 * @param theirs a tokenizer.json as JSON
 * @param ours what it is compared to
 * @returns the first differences, in words in which `there` is theirs and `here` is ours; none where a text has the same
 * ids by both
 */
export function compareTokenizers(theirs: unknown, ours: unknown): string[] {
  const [there, here] = [contentOf(theirs), contentOf(ours)]
  return [
    ...different('model.type', there.model.type, here.model.type),
    ...differentTokens(there.tokens, here.tokens),
    ...differentSettings(there.added, here.added, 'the added token '),
    ...differentSettings(there.settings, here.settings, 'model.'),
    ...parts.flatMap((part) => different(part, there.file[part], here.file[part])),
    ...different('the padding’s id', there.padding, here.padding),
  ]
}

/** Of characters, which have no file, what is compared in its place. */
export const charactersJson = (names: string[]): unknown => ({
  model: { type: 'characters', vocab: Object.fromEntries(names.map((name, id) => [name, id])) },
})

interface Content {
  file: Record<string, unknown>
  model: Record<string, unknown>
  tokens: Map<string, number>
  /** How each added token is found in a text. */
  added: Record<string, unknown>
  /** The model's others. */
  settings: Record<string, unknown>
  padding: unknown
}

function contentOf(json: unknown): Content {
  const file = isRecord(json) ? json : {}
  const model = isRecord(file.model) ? file.model : {}
  const { type: _, vocab, merges, ...rest } = model
  const tokens = new Map<string, number>()
  // Of a Unigram model, tokens with their scores in the order of their ids.
  const listed = Array.isArray(vocab) ? (vocab as [string, number][]) : []
  for (const [id, [token]] of listed.entries()) tokens.set(token, id)
  if (isRecord(vocab)) for (const [token, id] of Object.entries(vocab)) tokens.set(token, Number(id))
  const added: Record<string, unknown> = {}
  for (const each of Array.isArray(file.added_tokens) ? file.added_tokens.filter(isRecord) : []) {
    const { id, content, ...about } = each
    tokens.set(String(content), Number(id))
    // What is left out is false.
    added[showValue(content)] = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== false))
  }
  const settings = {
    ...rest,
    scores: listed.map(([, score]) => score),
    // Older files write a pair as one text.
    merges: Array.isArray(merges) ? merges.map((pair) => (Array.isArray(pair) ? pair.join(' ') : pair)) : [],
  }
  return { file, model, tokens, added, settings, padding: isRecord(file.padding) ? file.padding.pad_id : undefined }
}

function differentTokens(there: Map<string, number>, here: Map<string, number>): string[] {
  const id = (token: string) => here.get(token) ?? there.get(token)!
  const found = [...new Set([...here.keys(), ...there.keys()])]
    .filter((token) => there.get(token) !== here.get(token))
    .sort((one, other) => id(one) - id(other))
  const shown = found.slice(0, told).map((token) => {
    return `token ${showValue(token)} is ${there.get(token) ?? 'none'} there and ${here.get(token) ?? 'none'} here`
  })
  const more = found.length - shown.length
  return more > 0 ? [...shown, `${more} more of ${here.size} tokens differ`] : shown
}

const differentSettings = (there: Record<string, unknown>, here: Record<string, unknown>, name: string): string[] =>
  [...new Set([...Object.keys(here), ...Object.keys(there)])].flatMap((key) =>
    different(`${name}${key}`, there[key], here[key]),
  )

function different(name: string, there: unknown, here: unknown): string[] {
  if (canonical(there) === canonical(here)) return []
  if (Array.isArray(there) && Array.isArray(here)) {
    const length = Math.max(there.length, here.length)
    const place = Array.from({ length }).findIndex((_, at) => canonical(there[at]) !== canonical(here[at]))
    return [`${name}[${place}] is ${showValue(there[place])} there and ${showValue(here[place])} here`]
  }
  return [`${name} is ${showValue(there ?? null)} there and ${showValue(here ?? null)} here`]
}

/** What is null and what is left out are the same. */
const canonical = (value: unknown): string | undefined =>
  canonicalize(JSON.parse(JSON.stringify(value ?? null), (_, part) => (part === null ? undefined : part)) ?? null)
