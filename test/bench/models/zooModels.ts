// The zoo's networks at the sizes that distillation is compared on (RepDistiller, arXiv:1910.10699), and its models
// over sequences.
import { definition, fill } from '@retort/orchestrator/spec/schema'
import { buildModel } from '@retort/orchestrator/zoo/buildModel'
import type { Architecture } from '@retort/schema/experiment'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { type BenchModel, classes } from './models.ts'

const photo = [32, 32, 3]
const text = { inputShape: [128], vocabulary: 20000 }

const ofZoo = (architecture: Architecture, about: Omit<BenchModel, 'build'> = { inputShape: photo }): BenchModel => ({
  ...about,
  build() {
    const resolved = fill(definition('Architecture'), architecture) as ResolvedArchitecture
    return buildModel(resolved, about.inputShape, classes, 1, about.vocabulary ?? null)
  },
})

export const zooModels: Record<string, BenchModel> = {
  'resnet-20': ofZoo({ type: 'resnet', depth: 20 }),
  'resnet-56': ofZoo({ type: 'resnet', depth: 56 }),
  'resnet-110': ofZoo({ type: 'resnet', depth: 110 }),
  'resnet-8x4': ofZoo({ type: 'resnet', depth: 8, width: 64, stem: 32 }),
  'resnet-32x4': ofZoo({ type: 'resnet', depth: 32, width: 64, stem: 32 }),
  'resnet-50': ofZoo({ type: 'bottleneck-resnet', depth: 50 }),
  'wrn-16-2': ofZoo({ type: 'wrn', depth: 16, widen: 2 }),
  'wrn-40-1': ofZoo({ type: 'wrn', depth: 40 }),
  'wrn-40-2': ofZoo({ type: 'wrn', depth: 40, widen: 2 }),
  'vgg-8': ofZoo({ type: 'vgg', depth: 8 }),
  'vgg-13': ofZoo({ type: 'vgg', depth: 13 }),
  mobilenet: ofZoo({ type: 'mobilenet' }),
  'mobilenet-v2-half': ofZoo({ type: 'mobilenet-v2', widthMultiplier: 0.5 }),
  shufflenet: ofZoo({ type: 'shufflenet' }),
  'shufflenet-v2': ofZoo({ type: 'shufflenet-v2' }),
  'text-cnn': ofZoo({ type: 'text-cnn' }, text),
  lstm: ofZoo({ type: 'lstm' }, text),
  transformer: ofZoo({ type: 'transformer' }, text),
}
