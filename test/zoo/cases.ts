// A small model of each architecture, as its definition has it, and others of some, with the shape of what they read.
import { architectures } from '@retort/schema/definitions/architectures'
import type { Architecture } from '@retort/schema/experiment'
import { classes, type Sample } from './trained.ts'

type Own = Exclude<Architecture, { type: 'keras' }>

export interface Case {
  name: string
  architecture: Own
  sample: Sample
}

const tokens: Sample = { shape: [9], vocabulary: 23 }
const texts: Sample = { ...tokens, padding: 1 }
/** As many tokens as classes, of which each is the next one's. */
const text: Sample = { shape: [9], vocabulary: classes, labelShape: [9] }
const vectors: Sample = { shape: [9, 5] }

const sequences: Case[] = [
  {
    name: 'a CNN over vectors',
    architecture: { type: 'text-cnn', kernelSizes: [3], filters: 24, dense: [16], activation: 'tanh' },
    sample: vectors,
  },
  {
    name: 'an LSTM of two layers in both directions, over vectors',
    architecture: { type: 'lstm', units: [12, 10], bidirectional: true },
    sample: vectors,
  },
  {
    name: 'a causal transformer over vectors',
    architecture: { type: 'transformer', width: 12, depth: 1, heads: 3, causal: true },
    sample: vectors,
  },
]

const padded: Case[] = [
  {
    name: 'a CNN over padded texts',
    architecture: { type: 'text-cnn', embedding: 8, kernelSizes: [2, 8], filters: 24, activation: 'tanh' },
    sample: texts,
  },
  {
    name: 'an LSTM of two layers in both directions over padded texts',
    architecture: { type: 'lstm', embedding: 6, units: [8, 6], bidirectional: true, dropout: 0.1 },
    sample: texts,
  },
  {
    name: 'a transformer over padded texts',
    architecture: { type: 'transformer', width: 16, heads: 4, expansion: 2, dropout: 0.1 },
    sample: texts,
  },
]

const causal: Case[] = [
  {
    name: 'a causal transformer whose output is not',
    architecture: { type: 'causal-transformer', width: 8, depth: 1, heads: 2, tied: false },
    sample: text,
  },
]

function sampleOf(reads: 'numbers' | 'tokens' | 'next tokens', shape: number[]): Sample {
  if (reads === 'numbers') return { shape }
  return reads === 'tokens' ? { ...tokens, shape } : { ...text, shape, labelShape: shape }
}

/** Of each definition the small model that it names. */
const defined = architectures.flatMap(({ type, small }): Case[] => {
  if (small === null) return []
  const architecture = { type, ...small.settings } as Own
  return [{ name: type, architecture, sample: sampleOf(small.reads, [...small.shape]) }]
})

export const cases: Case[] = [...defined, ...sequences, ...padded, ...causal]
