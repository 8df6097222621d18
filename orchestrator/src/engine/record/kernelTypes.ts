// The types that rules share.
import type { Recorded } from './recorded.ts'

/** What rules may know about where the graph will run. */
export interface Target {
  device: 'cpu' | 'webgpu' | 'cuda'
  /** How many channels lie together in onnxruntime's fast convolutions; undefined where it has none. */
  block?: number
}

/**
 * Records one TensorFlow.js kernel: from its recorded inputs and attributes to its recorded results.
 * Inputs and attributes are the kernel's own (see `@tensorflow/tfjs-core`'s kernel names), so each rule types them.
 */
export type Rule = (inputs: never, attributes: never, target: Target) => Recorded | Recorded[]

/** Rules of one family, by the kernel's name. */
export type Rules = Record<string, Rule>

export type Unary = { x: Recorded }
export type Binary = { a: Recorded; b: Recorded }
