// What layers inside a model give, by the layer's name.
import type { Tensor } from '@tensorflow/tfjs-core'
import { type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers'

/** Of the layers that are applied once and give one tensor. */
export function layerOutputs({ layers }: LayersModel): Map<string, SymbolicTensor> {
  const once = layers.filter(({ inboundNodes }) => inboundNodes.length === 1)
  return new Map(
    once.flatMap(({ name, inboundNodes }) => {
      const { outputTensors } = inboundNodes[0]!
      return outputTensors.length === 1 ? [[name, outputTensors[0]!]] : []
    }),
  )
}

/** Shapes of what layers give, without the batch; null where it is any length. */
export function layerShapes(of: LayersModel): Record<string, (number | null)[]> {
  return Object.fromEntries([...layerOutputs(of)].map(([name, { shape }]) => [name, shape.slice(1)]))
}

/** A forward pass that also gives what the named layers do, and computes no more than that. */
export interface View {
  apply(images: Tensor, kwargs: Record<string, unknown>): { logits: Tensor | null; features: Record<string, Tensor> }
}

/**
 * @param names of layers of the model
 * @param withLogits whether the logits are wanted too
 * @throws Error when a layer does not exist
 */
export function viewOf(of: LayersModel, names: string[], withLogits: boolean): View {
  const outputs = layerOutputs(of)
  const wanted = new Map(
    names.map((name) => {
      const output = outputs.get(name)
      if (output === undefined) throw new Error(`the model has no layer ${name} that gives one tensor`)
      return [name, output]
    }),
  )
  const logits = of.outputs[0]!
  // A model takes no output twice.
  const distinct = [...new Set([...(withLogits ? [logits] : []), ...wanted.values()])]
  const inner = model({ inputs: of.inputs, outputs: distinct, name: `${of.name}_view` })
  return {
    apply(images, kwargs) {
      const results = [inner.apply(images, kwargs) as Tensor | Tensor[]].flat()
      const result = (output: SymbolicTensor) => results[distinct.indexOf(output)]!
      return {
        logits: withLogits ? result(logits) : null,
        features: Object.fromEntries([...wanted].map(([name, output]) => [name, result(output)])),
      }
    },
  }
}
