// Convolutions over a sequence, each pooled to its largest value (Kim, arXiv:1408.5882).
import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { ArchitectureProblem } from './architectureProblem.ts'
import type { Builder } from './builder.ts'
import { denseLayers, through, unset } from './denseLayers.ts'
import { dropout } from './dropout.ts'
import { sequence, textLength } from './sequence.ts'
import { TextMax } from './textPooling.ts'

export const textCnn: Builder<'text-cnn'> = (architecture, inputs, classes, vocabulary, padding) => {
  const { embedding, kernelSizes, filters, dense, activation, dropout: rate } = architecture
  const x = sequence(inputs, { embedding, vocabulary })
  const length = x.shape[1] as number
  const until = textLength(inputs, padding, architecture)
  for (const [index, size] of kernelSizes.entries()) {
    if (size > length) {
      const problem = `expected a kernel of at most ${length}, the length of the sequences, got ${size}`
      throw new ArchitectureProblem(problem, ['kernelSizes', String(index)])
    }
  }
  const pooled = kernelSizes.map((kernelSize) => {
    const name = `conv${kernelSize}`
    const y = through(layers.conv1d({ filters, kernelSize, name, ...unset }), x)
    const active = through(layers.activation({ activation, name: `${name}_${activation}` }), y)
    if (until === null) return through(layers.globalMaxPooling1d({ name: `${name}_pool` }), active)
    return new TextMax({ window: kernelSize, name: `${name}_pool` }).apply([active, until]) as SymbolicTensor
  })
  const joined =
    pooled.length === 1 ? pooled[0]! : (layers.concatenate({ name: 'pool' }).apply(pooled) as SymbolicTensor)
  const features = dropout(joined, rate, 'features_dropout')
  return denseLayers(features, { hidden: dense, activation, dropout: rate, classes })
}
