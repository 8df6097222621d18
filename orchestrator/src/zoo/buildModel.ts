// The table of architectures: one line for each. A model maps standardised inputs [n, ...], images or others, to
// logits [n, classes]; softmax belongs to the objective.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { bottleneckResnet } from './bottleneckResnet.ts'
import { cnn } from './cnn.ts'
import { initialise } from './initialise.ts'
import { keras } from './keras.ts'
import { mlp } from './mlp.ts'
import { mobilenet } from './mobilenet.ts'
import { mobilenetV2 } from './mobilenetV2.ts'
import { resnet } from './resnet.ts'
import { shufflenet } from './shufflenet.ts'
import { shufflenetV2 } from './shufflenetV2.ts'
import { vgg } from './vgg.ts'
import { wrn } from './wrn.ts'

/** Adds an architecture's layers to the images and gives the logits. */
export type Builder<A> = (architecture: A, images: SymbolicTensor, classes: number) => SymbolicTensor

type Type = ResolvedArchitecture['type']

const architectures: { [K in Type]: Builder<Extract<ResolvedArchitecture, { type: K }>> } = {
  mlp,
  cnn,
  resnet,
  'bottleneck-resnet': bottleneckResnet,
  wrn,
  vgg,
  mobilenet,
  'mobilenet-v2': mobilenetV2,
  shufflenet,
  'shufflenet-v2': shufflenetV2,
  keras,
}

/**
 * Builds a model on the active TensorFlow.js backend and gives it the seed's initial weights. Layers are named by
 * their place, so equal architectures have equal topologies in every process.
 * @param inputShape of one sample: [height, width, channels] for images
 * @throws ArchitectureProblem when the architecture does not fit the data
 */
export function buildModel(
  architecture: ResolvedArchitecture,
  inputShape: number[],
  classes: number,
  seed: number,
): LayersModel {
  const build = architectures[architecture.type] as Builder<ResolvedArchitecture>
  const images = input({ shape: inputShape, name: 'images' })
  const built = model({ inputs: images, outputs: build(architecture, images, classes), name: architecture.type })
  initialise(built, architecture, seed)
  return built
}
