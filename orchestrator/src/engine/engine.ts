// What an engine is: it takes a step written in TensorFlow.js and runs it again and again. It knows nothing of
// distillation, nor of layers. Importing this file loads no native code.
import type { Tensor } from '@tensorflow/tfjs-core'

export type Values = Float32Array | Int32Array

/** Shape and type of an input or output of a step. */
export interface Signature {
  shape: number[]
  dtype: 'float32' | 'int32'
}

/**
 * A step: from named inputs to named outputs, in TensorFlow.js. It may read `tf.Variable`s and assign to them;
 * they are the state that steps share. All that changes between two runs must be an input or a variable: the
 * body runs once when it is compiled, so a number read from JavaScript is fixed from then on.
 */
export type Step = (inputs: Record<string, Tensor>) => Record<string, Tensor>

export interface CompiledStep {
  /**
   * Runs the step once and assigns its variables.
   * @param inputs one array for each input, in row-major order, of exactly its signature's size
   * @returns each output's values; they belong to the caller until the next run
   */
  run(inputs: Record<string, Values>): Promise<Record<string, Values>>
  dispose(): void
}

/**
 * An opened engine. It has made its own TensorFlow.js backend the active one, so models are built after opening
 * it; `await variable.data()` and `variable.assign(tf.tensor(…))` work between runs.
 */
export interface Engine {
  name: 'onnx' | 'tensorflow'
  device: string
  threads: number
  versions: Record<string, string>
  compile(step: Step, inputs: Record<string, Signature>): Promise<CompiledStep>
  close(): Promise<void>
}
