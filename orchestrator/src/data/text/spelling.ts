// How a tokenizer.json's tokens are written, from what it says of its parts.
import type { Tokenizer as Library } from '@huggingface/tokenizers'
import { isRecord } from '../../spec/schema.ts'
import type { Spelling } from './begins.ts'

export function spellingOf({ normalizer }: Pick<Library, 'normalizer'>, json: Record<string, unknown>): Spelling {
  const cutters = partsOf(json.pre_tokenizer, 'pretokenizers')
  const model = isRecord(json.model) ? json.model : {}
  const normalise = (letter: string): string => normalizer?.normalize(letter) ?? letter
  const bytes = cutters.some(({ type }) => type === 'ByteLevel')
  const replaced = cutters.find(({ type }) => type === 'Metaspace')?.replacement
  // Of Llama's, a normalizer writes the space.
  const written = normalise(' ').slice(-1)
  const space = bytes ? 'Ġ' : typeof replaced === 'string' ? replaced : /\S/.test(written) ? written : ' '
  const isPieces = model.type === 'WordPiece'
  return {
    normalise,
    bytes,
    space,
    spaced: space !== ' ',
    prefix: textOf(model.continuing_subword_prefix) ?? (isPieces ? '##' : ''),
    suffix: textOf(model.end_of_word_suffix) ?? '',
    // A WordLevel model gives words as they are, known or not.
    unknown: model.type === 'WordLevel' ? null : unknownOf(model),
    wholeWords: isPieces,
  }
}

/** One part, or those of a sequence. */
function partsOf(part: unknown, list: string): Record<string, unknown>[] {
  if (!isRecord(part)) return []
  const inside = part[list]
  return Array.isArray(inside) ? inside.flatMap((each) => partsOf(each, list)) : [part]
}

/** Of a Unigram model it is told by its id. */
function unknownOf({ unk_token, unk_id, vocab }: Record<string, unknown>): string | null {
  const listed = Array.isArray(vocab) && typeof unk_id === 'number' ? (vocab as [string, number][])[unk_id]?.[0] : null
  return textOf(unk_token) ?? listed ?? null
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
