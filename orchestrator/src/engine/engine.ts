// What an engine is: it takes a step written in TensorFlow.js and runs it again and again. It knows nothing of
// distillation, nor of layers. Importing this file loads no native code.
import type { Tensor, Variable } from '@tensorflow/tfjs-core'

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

/** Times of one operator of a graph over all runs. */
export interface OperatorTime {
  /** As the runtime names it: Conv, FusedMatMul; eagerly as TensorFlow.js does: Conv2D, _FusedMatMul. */
  operator: string
  /** The variable that it reads or that it helps to update, or the nearest before it; null where there is none. */
  variable: string | null
  /** Such as `float[128,28,28,32]`, `float[]`; `[128,28,28,32]` where the runtime tells no types. */
  inputs: string[]
  outputs: string[]
  /** What runs it, as the runtime names it. */
  provider: string
  runs: number
  /** Of one run, on the GPU if it runs there; the median: a run during which the machine did something else does not count for more. */
  microseconds: number
}

export interface ProfiledStep extends CompiledStep {
  /** Forgets the runs so far: the first ones pay for memory and caches. */
  restart(): void
  /** Ends and disposes the step. @returns each operator that ran since the restart */
  end(): Promise<OperatorTime[]>
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
  /** Compiles a step whose operators are timed; null where the engine cannot. */
  profile: ((step: Step, inputs: Record<string, Signature>) => Promise<ProfiledStep>) | null
  /** Opens a group whose members run the same steps at once; null where the engine has no such form. */
  openGroup: ((members: number) => Group) | null
  close(): Promise<void>
}

/** A step that a group's members run at once. */
export interface GroupStep {
  /**
   * @param inputs for each input that is not shared the members' arrays, one after the other
   * @param holding members whose variables stay as they are
   * @returns each output's values, the members' one after the other; they belong to the caller until the next run
   */
  run(inputs: Record<string, Values>, holding?: readonly number[]): Promise<Record<string, Values>>
  dispose(): void
}

/** Copies of one model, each with its own values for every variable, that are trained in one graph. */
export interface Group {
  members: number
  /**
   * @param shared names of the inputs of which there is one for all members
   * @param common variables of which there is one for all members, which the step only reads
   * @throws Error naming an operator that has no form for groups
   */
  compile(step: Step, inputs: Record<string, Signature>, shared: string[], common?: Variable[]): Promise<GroupStep>
  /** A copy of a member's values. They start at zero. */
  read(variable: Variable, member: number): Promise<Values>
  write(variable: Variable, member: number, values: Values): Promise<void>
}
