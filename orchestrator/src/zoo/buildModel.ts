// From an architecture to a model with initial weights. A model maps standardised inputs [n, ...], images or others, to
// logits [n, classes], or [n, length, classes] for a class of each position; softmax belongs to the objective.
import { architectureFacts, architectures as definitions } from '@retort/schema/definitions/architectures'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import { input, type LayersModel, model } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import { architectures } from './architectures.ts'
import type { Builder } from './builder.ts'
import { initialise } from './initialise.ts'
import { withinLimit } from './weightLimit.ts'

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
  const build = architectures[architecture.type] as Builder
  if (vocabulary !== null && !architectureFacts(architecture.type).readsTokens) {
    const readers = definitions.filter(({ readsTokens }) => readsTokens)
    const names = readers.map(({ type }) => `"${type}"`).join(', ')
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
