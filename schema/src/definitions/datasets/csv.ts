// The data set `csv`; orchestrator/src/data/csv.ts reads it.

import { datasetAugmentation } from '../dataAugmentation.ts'
import { dataset } from '../dataset.ts'
import { imageShape } from '../images.ts'
import { split } from '../split.ts'

export const csv = dataset({
  type: 'csv',
  title: 'A CSV or TSV file.',
  description:
    "A table: one column is the class, the others are numbers, each standardised by its mean and standard deviation over the training split. Classes are the label column's values, in order.",
  required: ['train', 'label'],
  settings: {
    train: {
      description: 'The file to train on; the path is relative to this file.',
      type: 'string',
      examples: ['data/wine.csv'],
    },
    test: {
      description:
        "The file to test on, with the same columns in any order, or the share of the training file's rows to hold out for testing, drawn by the split's seed.",
      oneOf: [{ type: 'string' }, { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
      default: 0.2,
      examples: ['data/wine-test.csv', 0.2],
    },
    label: {
      description: 'The column of the class: its name, or its number, from 0.',
      oneOf: [{ type: 'string' }, { type: 'integer', minimum: 0 }],
      examples: ['species', 4],
    },
    ignore: {
      description: 'Columns to leave out, such as row numbers; either of the two files may lack them.',
      type: 'array',
      uniqueItems: true,
      items: { type: 'string' },
      default: [],
      examples: [['id']],
    },
    oneHot: {
      description:
        "Columns of text, or of numbers that are only names: each of a column's values in the training file becomes a column of ones and zeros.",
      type: 'array',
      uniqueItems: true,
      items: { type: 'string' },
      default: [],
      examples: [['color']],
    },
    delimiter: {
      description:
        'What stands between two fields; a space stands for any number of spaces and tabs. "auto" is what the first line divides by such that the label is one of its columns: a tab in files named .tsv or .tab, else a comma, else another.',
      enum: ['auto', ',', ';', '|', '\t', ' '],
      default: 'auto',
      examples: [';'],
    },
    header: {
      description: 'Whether the first row names the columns. Without a header these are named "0", "1" and so on.',
      type: 'boolean',
      default: true,
      examples: [false],
    },
    comment: {
      description: 'What lines begin with that are to be skipped.',
      enum: ['none', '#', '%', '//', ';', '@', '|'],
      default: 'none',
      examples: ['#'],
    },
    decimal: {
      description: 'What stands between the digits of a whole and those of its fraction.',
      enum: ['.', ','],
      default: '.',
      examples: [','],
    },
    missing: {
      description:
        'What becomes of missing values. Columns of numbers get the "mean" or "median" of the training split, or with "indicator" the mean and a column beside it that is 1 where the value was missing; in a one-hot column what is missing is a value of its own. "drop" leaves out rows that miss a value or their class. "error" refuses them; "auto" takes the mean and warns of it.',
      enum: ['auto', 'error', 'mean', 'median', 'drop', 'indicator'],
      default: 'auto',
      examples: ['median', 'drop'],
    },
    missingValues: {
      description:
        'How missing values are written; "auto" is nothing, NA, N/A, NaN, null, None, ?, and such, in columns of numbers also - and a dot. Numbers can stand for what is missing, too.',
      oneOf: [{ const: 'auto' }, { type: 'array', uniqueItems: true, items: { type: 'string' } }],
      default: 'auto',
      examples: [['', 'unknown', '-999']],
    },
    unseen: {
      description:
        "What becomes of a one-hot column's value in the test file that the training file does not have: it is refused, or all of the column's places are 0.",
      enum: ['error', 'ignore'],
      default: 'error',
      examples: ['ignore'],
    },
    image: {
      description:
        "Set where the columns are an image's pixels, whole numbers from 0 to 255, row by row, the channels of a pixel together. Rows are images then, standardised by channel.",
      oneOf: [{ const: 'none' }, imageShape],
      default: 'none',
      examples: [{ height: 28, width: 28, channels: 1 }],
    },
    split: split,
    augmentation: datasetAugmentation,
  },
  paths: ['train', 'test'],
  samples: null,
  classesOf: 'samples',
  later: ['header', 'comment', 'decimal', 'missing', 'missingValues', 'unseen'],
})
