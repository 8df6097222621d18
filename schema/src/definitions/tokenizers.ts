// What makes token ids of a text.
import { schema } from './schema.ts'

export const maxLength = schema({
  name: 'MaxLength',
  description:
    "Token ids of a sample. A longer text is cut at its end, behind which the tokenizer's closing tokens still come; a shorter one is filled up at its end with the tokenizer's padding token, which models leave out unless their `maskPadding` says otherwise; those of `keras` read it as their layers do.",
  type: 'integer',
  minimum: 1,
  maximum: 16384,
  default: 128,
  examples: [128],
})

export const charactersTokenizer = schema({
  name: 'CharactersTokenizer',
  description: 'Every character is a token.',
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: { type: { const: 'characters', description: 'Characters.', examples: ['characters'] } },
})

export const wordsTokenizer = schema({
  name: 'WordsTokenizer',
  description:
    'The vocabulary of the words that are most frequent in the training split, and in nothing else: in lower case (NFKC), cut at spaces and around each punctuation mark. All other words are one unknown word.',
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    type: { const: 'words', description: 'The most frequent words.', examples: ['words'] },
    size: {
      description: 'How many words; the padding and the unknown word, [PAD] and [UNK], come on top.',
      type: 'integer',
      minimum: 1,
      maximum: 1000000,
      default: 5000,
      examples: [5000],
    },
  },
})

export const fileTokenizer = schema({
  name: 'FileTokenizer',
  description:
    "A tokenizer.json as Hugging Face's tokenizers write it, with its special tokens. What the file says is part of a trial's identity, where it lies is not. Its own truncation and padding give way to `maxLength`.",
  type: 'object',
  required: ['file'],
  additionalProperties: false,
  properties: {
    type: { const: 'file', description: 'A tokenizer.json.', default: 'file', examples: ['file'] },
    file: {
      description: 'The tokenizer.json; the path is relative to this file.',
      type: 'string',
      examples: ['tokenizer.json'],
    },
    padding: {
      description:
        'The token that fills up short texts. "auto" is the one that the file states under `padding`, else its "[PAD]", "<pad>" or "<|padding|>"; where it has none of them, an id more than it has tokens, which models leave out. Windows of a text are never filled up.',
      type: 'string',
      default: 'auto',
      examples: ['auto', '</s>'],
    },
  },
})

export const tokenizer = schema({
  name: 'Tokenizer',
  description:
    'What makes token ids of a text: a tokenizer.json of yours, or the most frequent words of the training split.',
  oneOf: [fileTokenizer, wordsTokenizer],
  default: { type: 'words' },
  examples: [{ file: 'tokenizer.json' }, { type: 'words', size: 5000 }],
})
