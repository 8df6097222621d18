// What sequence models read: token ids through an embedding, vectors as they are, images row by row.
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import { through } from './denseLayers.ts'
import { TextLength } from './textLength.ts'

export interface Reading {
  /** Numbers of a token's vector. */
  embedding: number
  /** Token ids are below it; null where the data are no tokens. */
  vocabulary: number | null
}

/**
 * Vectors [length, features], features being `embedding` for tokens [length], and what they are for vectors
 * [length, features] and images [height, width, channels], whose rows are the vectors.
 * @throws ArchitectureProblem for other shapes
 */
export function sequence(inputs: SymbolicTensor, { embedding, vocabulary }: Reading): SymbolicTensor {
  const shape = inputs.shape.slice(1) as number[]
  if (vocabulary !== null && shape.length === 1) {
    const tokens = {
      inputDim: vocabulary,
      outputDim: embedding,
      embeddingsInitializer: 'zeros',
      name: 'embedding',
    } as const
    return through(layers.embedding(tokens), inputs)
  }
  if (vocabulary === null && shape.length === 2) return inputs
  if (vocabulary === null && shape.length === 3) {
    const [height, width, channels] = shape as [number, number, number]
    return through(layers.reshape({ targetShape: [height, width * channels], name: 'rows' }), inputs)
  }
  const what = vocabulary === null ? 'inputs' : 'token ids'
  throw new ArchitectureProblem(
    `expected token ids [length], vectors [length, features] or images [height, width, channels], got ${what} of [${shape.join(', ')}]`,
    ['type'],
  )
}

/**
 * How many of the positions are a text's, [1]; null where all count.
 * @param padding the id that fills up short texts; null where nothing does
 */
export function textLength(inputs: SymbolicTensor, padding: number | null, { maskPadding }: { maskPadding: boolean }) {
  if (padding === null || !maskPadding) return null
  return through(new TextLength({ padding, name: 'text_length' }), inputs)
}
