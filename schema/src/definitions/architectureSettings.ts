// Settings that several architectures have.
import { schema } from './schema.ts'

export const activation = schema({
  name: 'Activation',
  description: "The hidden layers' activation.",
  enum: ['relu', 'elu', 'tanh', 'sigmoid'],
  default: 'relu',
  examples: ['relu'],
})

export const dropout = schema({
  name: 'Dropout',
  description: 'Probability with which a unit before each dense layer is dropped while training.',
  type: 'number',
  float32: 'itself',
  minimum: 0,
  exclusiveMaximum: 1,
  default: 0,
  examples: [0.5],
})

export const widthMultiplier = schema({
  name: 'WidthMultiplier',
  description: 'By how much all filters are multiplied; a product is rounded down.',
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 16,
  default: 1,
  examples: [0.5],
})

export const shufflenetBlocks = schema({
  name: 'ShufflenetBlocks',
  description: 'Blocks of each stage.',
  type: 'array',
  minItems: 3,
  maxItems: 3,
  items: { type: 'integer', minimum: 1, maximum: 100 },
  default: [4, 8, 4],
  examples: [[4, 8, 4]],
})

export const embeddingWidth = schema({
  name: 'EmbeddingWidth',
  description: "Numbers of a token's vector; without effect where the data are no tokens.",
  type: 'integer',
  minimum: 1,
  maximum: 16384,
  default: 128,
  examples: [128],
})

export const maskPadding = schema({
  name: 'MaskPadding',
  description:
    'Whether the tokens that fill up a short text are left out: nothing attends to them, no pooling reads them, and recurrent layers keep their states. Otherwise they are read like any other. Without effect where nothing is filled up.',
  type: 'boolean',
  default: true,
  examples: [false],
})

export const transformerWidth = schema({
  name: 'TransformerWidth',
  description: "Numbers of a position's vector.",
  type: 'integer',
  minimum: 1,
  maximum: 16384,
  default: 128,
  examples: [128],
})

export const transformerDepth = schema({
  name: 'TransformerDepth',
  description: 'Blocks of attention and a feed-forward part.',
  type: 'integer',
  minimum: 1,
  maximum: 100,
  default: 2,
  examples: [4],
})

export const transformerHeads = schema({
  name: 'TransformerHeads',
  description: 'Heads of the attention; they divide the width.',
  type: 'integer',
  minimum: 1,
  maximum: 1024,
  default: 4,
  examples: [4],
})

export const transformerExpansion = schema({
  name: 'TransformerExpansion',
  description: 'Units of the feed-forward part, as a multiple of the width.',
  type: 'integer',
  minimum: 1,
  maximum: 64,
  default: 4,
  examples: [4],
})
