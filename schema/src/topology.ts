// A Keras model as it goes from the orchestrator to a trial's process: what its file says, in one form whichever
// program wrote it.

export interface ResolvedKeras {
  type: 'keras'
  /** The file's name, to show; no part of a trial's identity. */
  file: string
  /** SHA-256 of the topology as canonical JSON (RFC 8785), in hexadecimal. */
  sha256: string
  /** The topology as canonical JSON, deflated (RFC 1951), in base64: every trial carries it, and it repeats itself. */
  topology: string
}

/** Layers, and what each is applied to. */
export interface Topology {
  layers: TopologyLayer[]
  inputs: TensorPlace[]
  outputs: TensorPlace[]
}

export interface TopologyLayer {
  /** Unique among these layers. */
  name: string
  /** Keras's name of its class. */
  class: string
  /** As Keras 2 writes it, in snake_case; an InputLayer's is empty. */
  config: Record<string, unknown>
  /** Of an InputLayer: the shape of one sample; null is any length, and for the whole any shape. */
  shape?: (number | null)[] | null
  /** Of a Functional or Sequential model that is used as a layer. */
  model?: Topology
  /** Each time that it is applied: to which tensors. An InputLayer has none. */
  calls: TensorPlace[][]
}

/** A layer's name, which of its calls, which of the call's results. */
export type TensorPlace = [layer: string, call: number, result: number]
