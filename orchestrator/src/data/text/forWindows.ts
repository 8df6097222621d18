// Tokens of texts that are read in windows, from their beginning to their end.
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Tokenizing } from '../data.ts'
import type { TokenCache } from './tokenCache.ts'
import { encoderFor, tokenIds } from './tokenIds.ts'
import type { Located } from './tokenizer.ts'

type Settings = Pick<Extract<ResolvedDataset, { type: 'next-token' }>, 'tokenizer' | 'length'>

interface Vocabulary {
  /** What ids are below. */
  vocabulary: number
  /** By id; null where a tokenizer.json tells them. */
  names: string[] | null
  tokenizer: Tokenizing | null
}

export interface ReadText<Tokens> extends Vocabulary {
  /** Of the text that may decide on a vocabulary, and of the other one. */
  seen: Tokens
  held: Tokens
}

export interface WindowTokenizer extends Vocabulary {
  /** Tokens, with where in the text they begin. */
  located(text: string): Located
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
  const ids = await tokenIds(readingOf(settings), [[seen], [held]], cache)
  const [ofSeen, ofHeld] = ids.parts as [Int32Array, Int32Array]
  return { vocabulary: ids.vocabulary, names: null, tokenizer: ids.tokenizer, seen: ofSeen, held: ofHeld }
}

/** @param seen the text that may decide on a vocabulary */
export async function windowTokenizer(settings: Settings, seen: string): Promise<WindowTokenizer> {
  if (settings.tokenizer.type === 'characters') return ofCharacters(seen)
  const { vocabulary, json, sha256, padding, located } = await encoderFor(readingOf(settings), [seen])
  return { vocabulary, names: null, tokenizer: { json, sha256, padding }, located }
}

function readingOf({ tokenizer, length }: Settings) {
  if (tokenizer.type === 'characters') throw new Error('characters are read without a tokenizer')
  return { tokenizer, maxLength: length, form: 'whole', learnFrom: 'all words' } as const
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
    tokenizer: null,
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
