// Tokens of texts that are read in windows, from their beginning to their end.
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Tokenizing } from '../data.ts'
import type { TokenCache } from './tokenCache.ts'
import { type Reading, tokenIds } from './tokenIds.ts'
import type { Located } from './tokenizer.ts'

type Settings = Pick<Extract<ResolvedDataset, { type: 'next-token' }>, 'tokenizer' | 'length'>

export interface ReadText<Tokens> {
  /** What ids are below. */
  vocabulary: number
  /** By id; null where a tokenizer.json tells them. */
  names: string[] | null
  tokenizer: Tokenizing | null
  /** Of the text that may decide on a vocabulary, and of the other one. */
  seen: Tokens
  held: Tokens
}

/** @param seen the text that may decide on a vocabulary */
export async function forWindows(
  settings: Settings,
  seen: string,
  held: string,
  cache: TokenCache | null,
): Promise<ReadText<Int32Array>> {
  if (settings.tokenizer.type === 'characters') {
    const { tokensOf, vocabulary, names } = ofCharacters(seen)
    return { vocabulary, names, tokenizer: null, seen: tokensOf(seen), held: tokensOf(held) }
  }
  const ids = await tokenIds(readingOf(settings, 'whole'), [[seen], [held]], cache)
  const [ofSeen, ofHeld] = ids.parts as [Int32Array, Int32Array]
  return { vocabulary: ids.vocabulary, names: null, tokenizer: ids.tokenizer, seen: ofSeen, held: ofHeld }
}

/** The same, with where in the text each token begins. */
export async function locatedForWindows(
  settings: Settings,
  seen: string,
  held: string,
  cache: TokenCache | null,
): Promise<ReadText<Located>> {
  if (settings.tokenizer.type === 'characters') {
    const { located, vocabulary, names } = ofCharacters(seen)
    return { vocabulary, names, tokenizer: null, seen: located(seen), held: located(held) }
  }
  const { vocabulary, tokenizer, parts } = await tokenIds(readingOf(settings, 'located'), [[seen], [held]], cache)
  const [tokens, begins, heldTokens, heldBegins] = parts as [Int32Array, Int32Array, Int32Array, Int32Array]
  const of = { seen: { tokens, begins }, held: { tokens: heldTokens, begins: heldBegins } }
  return { vocabulary, names: null, tokenizer, ...of }
}

function readingOf({ tokenizer, length }: Settings, form: Reading['form']): Reading {
  if (tokenizer.type === 'characters') throw new Error('characters are read without a tokenizer')
  return { tokenizer, maxLength: length, form, learnFrom: 'all words' }
}

/** What stands for characters that the text to learn from does not have. */
const unknown = '<unknown>'

/** 0 is what is unknown, then come the characters in the order of Unicode. */
function ofCharacters(seen: string) {
  const names = [unknown, ...[...new Set(seen)].sort((one, other) => one.codePointAt(0)! - other.codePointAt(0)!)]
  const ids = new Map(names.map((name, id) => [name, id]))
  const tokensOf = (text: string) => Int32Array.from(Array.from(text), (character) => ids.get(character) ?? 0)
  return {
    vocabulary: names.length,
    names,
    tokensOf,
    located(text: string): Located {
      const tokens = tokensOf(text)
      const begins = new Int32Array(tokens.length)
      let [at, begin] = [0, 0]
      for (const { length } of text) {
        begins[at++] = begin
        begin += length
      }
      return { tokens, begins }
    },
  }
}
