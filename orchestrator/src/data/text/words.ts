// The tokenizer of those who have none: the most frequent words, as a WordLevel model.
import { Tokenizer } from '@huggingface/tokenizers'
import { firstOf } from './tokenizer.ts'

/** What cuts texts into words: lower case, then spaces and each punctuation mark. */
const words = {
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }] },
  pre_tokenizer: { type: 'BertPreTokenizer' },
}

/**
 * A tokenizer.json whose vocabulary is [PAD], [UNK], then the words that occur most often among the first `maxLength`
 * of each text; of equally frequent ones the first in the order of UTF-16 units.
 */
export function wordsTokenizer(texts: Iterable<string>, size: number, maxLength: number): string {
  // A WordLevel model gives words as they are, known or not.
  const cutter = new Tokenizer(fileOf({}, maxLength), {})
  const counts = new Map<string, number>()
  for (const text of texts) {
    const found = firstOf<string>(text, maxLength, (part) => cutter.tokenize(part, { add_special_tokens: false }))
    for (const word of found) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const frequent = [...counts].sort(([one, often], [other, times]) => times - often || (one < other ? -1 : 1))
  const vocabulary = ['[PAD]', '[UNK]', ...frequent.slice(0, size).map(([word]) => word)]
  return JSON.stringify(fileOf(Object.fromEntries(vocabulary.map((word, id) => [word, id])), maxLength))
}

/** Truncation and padding say the same as Retort does, so that other programs that read the file do it, too. */
const fileOf = (vocab: Record<string, number>, maxLength: number) => ({
  version: '1.0',
  truncation: { direction: 'Right', max_length: maxLength, strategy: 'LongestFirst', stride: 0 },
  padding: {
    strategy: { Fixed: maxLength },
    direction: 'Right',
    pad_to_multiple_of: null,
    pad_id: 0,
    pad_type_id: 0,
    pad_token: '[PAD]',
  },
  added_tokens: [],
  ...words,
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
})
