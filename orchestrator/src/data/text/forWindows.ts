// Tokens of texts that are read in windows, from their beginning to their end.
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Tokenizing } from '../data.ts'
import type { TokenCache } from './tokenCache.ts'
import { tokenIds } from './tokenIds.ts'

type Settings = Pick<Extract<ResolvedDataset, { type: 'next-token' }>, 'tokenizer' | 'length'>

export interface WindowTokens {
  /** What ids are below. */
  vocabulary: number
  /** By id; null where a tokenizer.json tells them. */
  names: string[] | null
  tokenizer: Tokenizing | null
  /** Of the text that may decide on a vocabulary, and of the other one. */
  seen: Int32Array
  held: Int32Array
}

/** @param seen the text that may decide on a vocabulary */
export async function forWindows(
  { tokenizer, length }: Settings,
  seen: string,
  held: string,
  cache: TokenCache | null,
): Promise<WindowTokens> {
  if (tokenizer.type === 'characters') return ofCharacters(seen, held)
  const reading = { tokenizer, maxLength: length, form: 'whole', learnFrom: 'all words' } as const
  const ids = await tokenIds(reading, [[seen], [held]], cache)
  const [ofSeen, ofHeld] = ids.parts as [Int32Array, Int32Array]
  return { vocabulary: ids.vocabulary, names: null, tokenizer: ids.tokenizer, seen: ofSeen, held: ofHeld }
}

/** What stands for characters that the text to learn from does not have. */
const unknown = '<unknown>'

/** 0 is what is unknown, then come the characters in the order of Unicode. */
function ofCharacters(seen: string, held: string): WindowTokens {
  const names = [unknown, ...[...new Set(seen)].sort((one, other) => one.codePointAt(0)! - other.codePointAt(0)!)]
  const ids = new Map(names.map((name, id) => [name, id]))
  const tokensOf = (text: string) => Int32Array.from(Array.from(text), (character) => ids.get(character) ?? 0)
  return { vocabulary: names.length, names, tokenizer: null, seen: tokensOf(seen), held: tokensOf(held) }
}
