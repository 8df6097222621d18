// What makes tokens of a text that is read in windows, from its beginning to its end.
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Tokenizing } from '../data.ts'
import { type Encoder, encoderOf, type Located, openTokenizer } from './tokenizer.ts'

type Settings = Pick<Extract<ResolvedDataset, { type: 'next-token' }>, 'tokenizer' | 'length'>

export interface WindowTokenizer {
  /** What ids are below. */
  vocabulary: number
  /** By id; null where a tokenizer.json tells them. */
  names: string[] | null
  tokenizer: Tokenizing | null
  tokensOf(text: string): Int32Array
  /** The same, with where in the text they begin. */
  located(text: string): Located
}

/** @param seen the text that may decide on a vocabulary */
export async function forWindows({ tokenizer, length }: Settings, seen: string): Promise<WindowTokenizer> {
  if (tokenizer.type === 'characters') return ofCharacters(seen)
  if (tokenizer.type === 'file') return ofEncoder(await openTokenizer(tokenizer, length))
  const { wordsTokenizer } = await import('./words.ts')
  // The words of a text are counted up to a length; those between two spaces are never as many.
  const json = Buffer.from(wordsTokenizer(seen.match(/\S+/g) ?? [], tokenizer.size, length))
  return ofEncoder(
    await encoderOf(json, { padding: 'auto', maxLength: length }, (problem) => {
      throw new Error(`the tokenizer of words: ${problem}`)
    }),
  )
}

/** What stands for characters that the text to learn from does not have. */
const unknown = '<unknown>'

/** 0 is what is unknown, then come the characters in the order of Unicode. */
function ofCharacters(seen: string): WindowTokenizer {
  const names = [unknown, ...[...new Set(seen)].sort((one, other) => one.codePointAt(0)! - other.codePointAt(0)!)]
  const ids = new Map(names.map((name, id) => [name, id]))
  const tokensOf = (text: string) => Int32Array.from(Array.from(text), (character) => ids.get(character) ?? 0)
  return {
    vocabulary: names.length,
    names,
    tokenizer: null,
    tokensOf,
    located(text) {
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

const ofEncoder = ({ json, sha256, padding, vocabulary, whole, located }: Encoder): WindowTokenizer => ({
  vocabulary,
  names: null,
  tokenizer: { json, sha256, padding },
  tokensOf: (text) => Int32Array.from(whole(text)),
  located,
})
