// The models of the throughput bench: those of the zoo, and one that is not made as its own is. peers/models.py has the same.
import { buildModel } from '@retort/orchestrator/zoo/buildModel'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { transformer } from './transformer.ts'

export interface BenchModel {
  /** Of one sample. */
  inputShape: number[]
  /** Of inputs that are token ids. */
  vocabulary?: number
  /** Built on the active backend, with its initial weights. */
  build(): LayersModel
}

export const classes = 10
const digits: [number, number, number] = [28, 28, 1]
const photos: [number, number, number] = [32, 32, 3]

const ofZoo = (architecture: ResolvedArchitecture, inputShape: [number, number, number]): BenchModel => ({
  inputShape,
  build: () => buildModel(architecture, inputShape, classes, 1),
})

export const benchModels: Record<string, BenchModel> = {
  mlp: ofZoo({ type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 }, digits),
  cnn: ofZoo(
    {
      type: 'cnn',
      filters: [32, 64],
      kernelSize: 3,
      dense: [128],
      batchNorm: false,
      activation: 'relu',
      dropout: 0,
    },
    digits,
  ),
  'resnet-8': ofZoo({ type: 'resnet', depth: 8, width: 16, stem: 'width', dropout: 0 }, photos),
  'resnet-20': ofZoo({ type: 'resnet', depth: 20, width: 16, stem: 'width', dropout: 0 }, photos),
  mobilenet: ofZoo({ type: 'mobilenet', blocks: 5, widthMultiplier: 1, dropout: 0 }, photos),
  transformer: { inputShape: [128, 128], build: () => transformer({ length: 128, width: 128, classes }) },
}
