// Where variables live between runs: two tensors each, one that holds the present values and is fed to a step, and
// a spare one into which the step writes the next values. Steps share them; nothing is copied.
import * as tf from '@tensorflow/tfjs-core'
import { Tensor } from 'onnxruntime-node'
import { type Data, type ElementType, newData, size } from '../graph/value.ts'
import type { RecordingBackend, State } from '../record/backend.ts'
import type { DType } from '../record/recorded.ts'

export interface VariableState extends State {
  readonly type: ElementType
  current: Tensor
  spare: Tensor | undefined
}

const states = new WeakMap<tf.Variable, VariableState>()

export function tensorOf(type: ElementType, data: Data, shape: readonly number[]): Tensor {
  return new Tensor(type as 'float32', data as Float32Array, shape)
}

/** The state of a variable, holding its present values: what was assigned since the last run is copied in. */
export async function stateOf(variable: tf.Variable, backend: RecordingBackend): Promise<VariableState> {
  const known = states.get(variable)
  if (known && backend.state(variable.dataId) === known) return known
  const data = (await backend.read(variable.dataId)) as Data
  const type = variable.dtype as ElementType
  const state = known ?? {
    shape: variable.shape,
    type,
    current: tensorOf(type, data, variable.shape),
    spare: undefined,
    snapshot: undefined,
  }
  if (known) {
    const kept = known.current.data as Float32Array
    kept.set(data as Float32Array)
    known.snapshot = undefined
  }
  states.set(variable, state)
  bindAlone(variable, state, backend)
  return state
}

/** Gives the variable a data id that no other tensor shares, so that the others keep the values they have. */
export function bindAlone(variable: tf.Variable, state: VariableState, backend: RecordingBackend): void {
  if (backend.state(variable.dataId) === state && backend.refCount(variable.dataId) === 1) return
  backend.freeze(variable.dataId)
  const tensor = tf.engine().makeTensorFromTensorInfo(backend.keepState(state, variable.dtype as DType), backend)
  variable.assign(tensor)
  tensor.dispose()
}

/** The tensor into which the next values are written. */
export function spareOf(state: VariableState): Tensor {
  state.spare ??= tensorOf(state.type, newData(state.type, size(state.shape)), state.shape)
  return state.spare
}

/** Makes the values that were just written the present ones. */
export function swap(state: VariableState): void {
  const { current } = state
  state.current = state.spare!
  state.spare = current
  state.snapshot = undefined
}
