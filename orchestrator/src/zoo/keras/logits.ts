// The end of a classifier: models are saved with a softmax, and objectives take logits.
import type { Topology, TopologyLayer } from '@retort/schema/topology'
import { ArchitectureProblem } from '../architectureProblem.ts'

/** Layers that only change the shape, behind which a softmax still is the last thing that happens. */
const reshaping = ['Reshape', 'Flatten', 'Dropout']

/**
 * Makes a softmax at the end the identity, in the layers of a model that stands at the end too.
 * @returns what to tell of it
 * @throws ArchitectureProblem where the outputs are probabilities in another way
 */
export function withLogits(topology: Topology): string[] {
  let name = topology.outputs.length === 1 ? topology.outputs[0]![0] : undefined
  while (name !== undefined) {
    const layer = topology.layers.find((each) => each.name === name) as TopologyLayer
    if (layer.model !== undefined) return withLogits(layer.model)
    if (!reshaping.includes(layer.class)) return strip(topology, layer)
    name = layer.calls.length === 1 && layer.calls[0]!.length === 1 ? layer.calls[0]![0]![0] : undefined
  }
  return []
}

function strip(topology: Topology, layer: TopologyLayer): string[] {
  const last = layer.class === 'Softmax' ? 'softmax' : layer.config.activation
  const named = `"${layer.name}"`
  if (last === 'sigmoid' || last === 'hard_sigmoid' || last === 'log_softmax') {
    throw new ArchitectureProblem(
      `layer ${named}: expected logits at the end, or a softmax, which is left out; got ${last}: set its activation to linear`,
      ['file'],
    )
  }
  if (last !== 'softmax') return []
  const uses = topology.layers.flatMap(({ calls }) => calls.flat()).filter(([from]) => from === layer.name).length
  const isEnd = topology.outputs[0]![0] === layer.name
  if (layer.calls.length > 1 || uses > (isEnd ? 0 : 1)) {
    throw new ArchitectureProblem(
      `layer ${named}: expected logits at the end, got a softmax that other layers use, too; end the model in a layer without one`,
      ['file'],
    )
  }
  if (layer.class === 'Softmax') {
    layer.class = 'Activation'
    layer.config = { activation: 'linear' }
  } else layer.config.activation = 'linear'
  return [`the softmax of its last layer ${named} is left out: the loss takes logits`]
}
