// The table of architectures: one line for each. A model maps standardised inputs [n, ...], images or others, to
// logits [n, classes], or [n, length, classes] for a class of each position; softmax belongs to the objective.
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import { bottleneckResnet } from './bottleneckResnet.ts'
import { causalTransformer } from './causalTransformer.ts'
import { cnn } from './cnn.ts'
import { initialise } from './initialise.ts'
import { keras } from './keras/kerasModel.ts'
import { lstm } from './lstm.ts'
import { mlp } from './mlp.ts'
import { mobilenet } from './mobilenet.ts'
import { mobilenetV2 } from './mobilenetV2.ts'
import { resnet } from './resnet.ts'
import { shufflenet } from './shufflenet.ts'
import { shufflenetV2 } from './shufflenetV2.ts'
import { textCnn } from './textCnn.ts'
import { transformer } from './transformer.ts'
import { vgg } from './vgg.ts'
import { withinLimit } from './weightLimit.ts'
import { wrn } from './wrn.ts'

/**
 * Adds an architecture's layers to the inputs and gives the logits.
 * @param vocabulary where inputs are token ids, what they are below
 * @param padding the id that fills up short texts; null where nothing is filled up
 */
export type Builder<A> = (
  architecture: A,
  inputs: SymbolicTensor,
  classes: number,
  vocabulary: number | null,
  padding: number | null,
) => SymbolicTensor

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
  'text-cnn': textCnn,
  lstm,
  transformer,
  'causal-transformer': causalTransformer,
  keras,
}

const readsTokens: Type[] = ['text-cnn', 'lstm', 'transformer', 'causal-transformer', 'keras']

/**
 * Builds a model on the active TensorFlow.js backend and gives it the seed's initial weights. Layers are named by
 * their place, so equal architectures have equal topologies in every process.
 * @param inputShape of one sample: [height, width, channels] for images
 * @param vocabulary for inputs that are token ids, int32 [length]: they are below it
 * @param padding of these the one that fills up short texts
 * @throws ArchitectureProblem when the architecture does not fit the data, or has more weights than a file holds
 */
export function buildModel(
  architecture: ResolvedArchitecture,
  inputShape: number[],
  classes: number,
  seed: number,
  vocabulary: number | null = null,
  padding: number | null = null,
): LayersModel {
  const build = architectures[architecture.type] as Builder<ResolvedArchitecture>
  if (vocabulary !== null && !readsTokens.includes(architecture.type)) {
    const names = readsTokens.map((type) => `"${type}"`).join(', ')
    throw new ArchitectureProblem(`expected an architecture for token ids: ${names}, got "${architecture.type}"`, [
      'type',
    ])
  }
  const name = vocabulary === null ? 'images' : 'tokens'
  const inputs = input({ shape: inputShape, dtype: vocabulary === null ? 'float32' : 'int32', name })
  const place = [architecture.type === 'keras' ? 'file' : 'type']
  const outputs = withinLimit(place, () => build(architecture, inputs, classes, vocabulary, padding))
  const built = model({ inputs, outputs, name: architecture.type })
  initialise(built, architecture, seed)
  return built
}

interface Labelled {
  /** Of one sample's labels: [] for one class, [length] for a class of each position. */
  labelShape: number[]
  classes: number
}

/**
 * @param path what the problem is one of
 * @throws ArchitectureProblem where a model gives no logits for each class of what has a label
 */
export function expectLogits({ outputs }: LayersModel, { labelShape, classes }: Labelled, path = ['type']): void {
  const [expected, got] = [[...labelShape, classes], outputs[0]!.shape.slice(1)]
  if (String(expected) === String(got)) return
  const what = labelShape.length === 0 ? 'a class of each sample' : 'a class of each position'
  throw new ArchitectureProblem(
    `expected an architecture for ${what}, with logits [${expected.join(', ')}], got logits [${got.join(', ')}]`,
    path,
  )
}
