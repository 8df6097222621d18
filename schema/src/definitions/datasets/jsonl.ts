// The data set `jsonl`; orchestrator/src/data/jsonl.ts reads it.
import { dataset } from '../dataset.ts'
import { split } from '../split.ts'
import { maxLength, tokenizer } from '../tokenizers.ts'

export const jsonl = dataset({
  type: 'jsonl',
  title: 'Texts in JSON Lines.',
  description:
    "Texts with a class each, as JSON Lines: an object a line, one of whose fields is the text and another the class; or as a JSON array of such objects. A text becomes `maxLength` token ids. Classes are the label field's values, in order.",
  required: ['train'],
  settings: {
    train: {
      description: 'The file to train on; the path is relative to this file.',
      type: 'string',
      examples: ['data/mails.jsonl'],
    },
    test: {
      description:
        "The file to test on, or the share of the training file's texts to hold out for testing, drawn by the split's seed.",
      oneOf: [{ type: 'string' }, { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
      default: 0.2,
      examples: ['data/mails-test.jsonl', 0.2],
    },
    text: { description: 'The field of the text.', type: 'string', default: 'text', examples: ['body'] },
    label: {
      description: 'The field of the class: text, a number, true or false.',
      type: 'string',
      default: 'label',
      examples: ['class'],
    },
    tokenizer: tokenizer,
    maxLength: maxLength,
    split: split,
  },
  paths: ['train', 'test'],
  samples: null,
  classesOf: 'samples',
  later: [],
})
