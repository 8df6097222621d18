// The data set `next-token`; orchestrator/src/data/nextToken.ts reads it.
import { dataset } from '../dataset.ts'
import { windowSplit } from '../split.ts'
import { charactersTokenizer, fileTokenizer, wordsTokenizer } from '../tokenizers.ts'

export const nextToken = dataset({
  type: 'next-token',
  title: 'A text to go on with.',
  description:
    'A plain text, cut into windows that have nothing in common. At each position of a window the class is the token that comes next: accuracy is that of naming it, loss is in nats per token.',
  required: ['text'],
  settings: {
    text: {
      description:
        'The file to learn from, in UTF-8 or UTF-16; the path is relative to this file. What is trained on stands at its beginning, then comes validation.',
      type: 'string',
      examples: ['data/book.txt'],
    },
    test: {
      description: 'The file to test on, or the share at the end of the text to hold out for testing.',
      oneOf: [{ type: 'string' }, { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
      default: 0.1,
      examples: ['data/another-book.txt', 0.1],
    },
    length: {
      description: 'Positions of a window.',
      type: 'integer',
      minimum: 2,
      maximum: 65536,
      default: 64,
      examples: [64],
    },
    tokenizer: {
      description:
        'What makes tokens of the text: its characters, its most frequent words, or a tokenizer.json of yours. Characters and words are those of the text that is trained and validated on; others are one unknown token.',
      oneOf: [charactersTokenizer, wordsTokenizer, fileTokenizer],
      default: { type: 'characters' },
      examples: [{ type: 'characters' }, { type: 'words', size: 2000 }],
    },
    split: windowSplit,
  },
  paths: ['text', 'test'],
  samples: null,
  classesOf: 'positions',
  later: [],
})
