// Token ids of texts by a tokenizer.json or by the most frequent words: kept ones where there are any.
import { createHash, hash } from 'node:crypto'
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Tokenizing } from '../data.ts'
import { type TokenCache, type TokenIds, tokenKey } from './tokenCache.ts'
import { type Encoder, encoderOf, readTokenizer } from './tokenizer.ts'

export interface Reading {
  tokenizer: Extract<ResolvedDataset, { type: 'jsonl' }>['tokenizer']
  /** Of a sample. */
  maxLength: number
  /**
   * Of each text its first tokens, between the tokenizer's own and filled up to the length; or all of it, as it is; or
   * the same as two parts, the second of which says where in the text each token begins.
   */
  form: 'filled up' | 'whole' | 'located'
  /** Texts that decide on a vocabulary of words: places in the first part, or the words of its texts. */
  learnFrom: Int32Array | 'all words'
}

export interface ReadTexts extends Omit<TokenIds, 'json'> {
  tokenizer: Tokenizing
}

/**
 * Without a cache, or where it has nothing, the tokenizer is opened and reads all texts.
 * @returns ids of each part's texts, one after the other; located ones of one text a part
 * @throws DatasetProblem where the tokenizer's file cannot be used
 */
export async function tokenIds(reading: Reading, parts: string[][], cache: TokenCache | null): Promise<ReadTexts> {
  const { tokenizer, maxLength, form } = reading
  const file = tokenizer.type === 'file' ? await readTokenizer(tokenizer, maxLength) : null
  const make = async (): Promise<TokenIds> => {
    const encoder = file === null ? await encoderOfWords(reading, parts[0]!) : await file.open()
    const read = readers[form]
    return {
      ...paddingOf(encoder, form),
      json: file === null ? encoder.json : null,
      parts: parts.flatMap((all) => read(encoder, all)),
    }
  }
  const ids = cache === null ? await make() : await cache.idsFor(await tokenKey(settingsOf(reading), parts), make)
  const { json: _, ...read } = ids
  const json = ids.json ?? file!.bytes
  return { ...read, tokenizer: { json, sha256: hash('sha256', json), padding: ids.padding } }
}

/** Where texts are filled up and the tokenizer names no padding, an id more is. */
function paddingOf({ vocabulary, padding }: Encoder, form: Reading['form']) {
  const ownPadding = padding === null && form === 'filled up'
  return ownPadding
    ? { vocabulary: vocabulary + 1, padding: vocabulary, ownPadding }
    : { vocabulary, padding, ownPadding }
}

const readers: { [Form in Reading['form']]: (encoder: Encoder, texts: string[]) => Int32Array[] } = {
  'filled up': ({ encode }, texts) => [joined(texts, encode)],
  whole: ({ whole }, texts) => [joined(texts, whole)],
  located({ located }, texts) {
    if (texts.length !== 1) throw new Error(`expected one text, whose places these are, got ${texts.length}`)
    const { tokens, begins } = located(texts[0]!)
    return [tokens, begins]
  },
}

/** What decides on the ids beside the texts. */
function settingsOf({ tokenizer, maxLength, form, learnFrom }: Reading): object {
  if (tokenizer.type === 'file') {
    const { sha256, padding } = tokenizer
    return { sha256, padding, maxLength, form }
  }
  const learned = typeof learnFrom === 'string' ? learnFrom : createHash('sha256').update(learnFrom).digest('hex')
  return { size: tokenizer.size, learned, maxLength, form }
}

async function encoderOfWords({ tokenizer, maxLength, learnFrom }: Reading, texts: string[]): Promise<Encoder> {
  if (tokenizer.type !== 'words') throw new Error(`expected a tokenizer of words, got one of ${tokenizer.type}`)
  const { wordsTokenizer } = await import('./words.ts')
  // The words of a text are counted up to a length; those between two spaces are never as many.
  const learned =
    learnFrom === 'all words'
      ? texts.flatMap((text) => text.match(/\S+/g) ?? [])
      : Array.from(learnFrom, (place) => texts[place]!)
  const json = Buffer.from(wordsTokenizer(learned, tokenizer.size, maxLength))
  return encoderOf(json, { padding: 'auto', maxLength }, (problem) => {
    throw new Error(`the tokenizer of words: ${problem}`)
  })
}

function joined(texts: string[], read: (text: string) => number[]): Int32Array {
  const each = texts.map((text) => Int32Array.from(read(text)))
  const all = new Int32Array(each.reduce((sum, { length }) => sum + length, 0))
  let place = 0
  for (const ids of each) {
    all.set(ids, place)
    place += ids.length
  }
  return all
}
