// A small model of each kind of architecture, with the shape of what it reads.
import type { Architecture } from '@retort/schema/experiment'
import { classes, type Sample } from './trained.ts'

type Own = Exclude<Architecture, { type: 'keras' }>

const image = (side: number): Sample => ({ shape: [side, side, 3] })

export interface Case {
  name: string
  architecture: Own
  /** At which maps are still more than one pixel: over a few numbers alone batch norm magnifies what rounding leaves. */
  sample: Sample
}

export const images: Case[] = [
  {
    name: 'a ResNet with a stem of its own',
    architecture: { type: 'resnet', depth: 8, width: 8, stem: 4, dropout: 0.1 },
    sample: image(8),
  },
  {
    name: 'a ResNet of bottlenecks',
    architecture: { type: 'bottleneck-resnet', depth: 26, width: 4 },
    sample: image(16),
  },
  {
    name: 'a wide ResNet with dropout',
    architecture: { type: 'wrn', depth: 10, widen: 1, dropout: 0.2 },
    sample: image(8),
  },
  {
    name: 'a VGG',
    architecture: { type: 'vgg', depth: 8, widthMultiplier: 0.1, dropout: 0.1 },
    sample: image(16),
  },
  {
    name: 'a MobileNet',
    architecture: { type: 'mobilenet', blocks: 5, widthMultiplier: 0.5, dropout: 0.1 },
    sample: image(8),
  },
  {
    name: 'a MobileNetV2',
    architecture: { type: 'mobilenet-v2', blocks: [1, 1, 2, 1, 1, 1, 1], widthMultiplier: 0.5, expansion: 3 },
    sample: image(32),
  },
  {
    name: 'a ShuffleNet',
    architecture: { type: 'shufflenet', blocks: [2, 1, 1], groups: 2 },
    sample: image(16),
  },
  {
    name: 'a ShuffleNetV2',
    architecture: { type: 'shufflenet-v2', blocks: [2, 2, 1], widthMultiplier: 0.5 },
    sample: image(16),
  },
]

const tokens: Sample = { shape: [9], vocabulary: 23 }
const texts: Sample = { ...tokens, padding: 1 }
/** As many tokens as classes, of which each is the next one's. */
const text: Sample = { shape: [9], vocabulary: classes, labelShape: [9] }
const vectors: Sample = { shape: [9, 5] }

const sequences: Case[] = [
  {
    name: 'a CNN over tokens',
    architecture: { type: 'text-cnn', embedding: 8, kernelSizes: [2, 4], filters: 24, dropout: 0.1 },
    sample: tokens,
  },
  {
    name: 'a CNN over vectors',
    architecture: { type: 'text-cnn', kernelSizes: [3], filters: 24, dense: [16], activation: 'tanh' },
    sample: vectors,
  },
  {
    name: 'an LSTM over tokens',
    architecture: { type: 'lstm', embedding: 6, units: [16], dropout: 0.1 },
    sample: tokens,
  },
  {
    name: 'an LSTM of two layers in both directions, over vectors',
    architecture: { type: 'lstm', units: [12, 10], bidirectional: true },
    sample: vectors,
  },
  {
    name: 'a transformer over tokens',
    architecture: { type: 'transformer', width: 16, heads: 4, expansion: 2, dropout: 0.1 },
    sample: tokens,
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
    name: 'a causal transformer whose output is tied',
    architecture: { type: 'causal-transformer', width: 12, heads: 3, expansion: 2, dropout: 0.1 },
    sample: text,
  },
  {
    name: 'a causal transformer whose output is not',
    architecture: { type: 'causal-transformer', width: 8, depth: 1, heads: 2, tied: false },
    sample: text,
  },
]

export const cases: Case[] = [...images, ...sequences, ...padded, ...causal]
