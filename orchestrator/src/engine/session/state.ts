// Where variables live between runs: two tensors each, one that holds the present values and is fed to a step, and
// a spare one into which the step writes the next values. Steps share them; nothing is copied. On WebGPU both lie in
// the GPU's memory.
import * as tf from '@tensorflow/tfjs-core'
import { Tensor } from 'onnxruntime-node'
import { constant, type Data, type ElementType, newData, placeholder, size, type Value } from '../graph/value.ts'
import type { RecordingBackend, State } from '../record/backend.ts'
import type { DType } from '../record/recorded.ts'
import type { Runtime } from './runtime.ts'

export interface VariableState extends State {
  readonly type: ElementType
  current: Tensor
  spare: Tensor | undefined
  /** Whose memory the tensors lie in. */
  readonly runtime: Runtime
  /** Whether a value of a graph stands for the present tensor, which must then never be written again. */
  kept: boolean
}

const states = new WeakMap<tf.Variable, VariableState>()

export function tensorOf(type: ElementType, data: Data, shape: readonly number[]): Tensor {
  return new Tensor(type as 'float32', data as Float32Array, shape)
}

// Tensors on the GPU that values of graphs stand for.
const held = new WeakMap<Value, Tensor>()

/** The tensor to feed for a value that is neither computed nor a constant, if that is known. */
export const heldTensor = (value: Value): Tensor | undefined => held.get(value)

/** The state of a variable, holding its present values: what was assigned since the last run is copied in. */
export async function stateOf(
  variable: tf.Variable,
  backend: RecordingBackend,
  runtime: Runtime,
): Promise<VariableState> {
  const previous = states.get(variable)
  const known = previous?.runtime === runtime ? previous : undefined
  if (known && backend.state(variable.dataId) === known) return known
  const data = (await backend.read(variable.dataId)) as Data
  let state: VariableState
  if (known && known.current.location === 'cpu') {
    const kept = known.current.data as Float32Array
    kept.set(data as Float32Array)
    state = known
  } else if (known) {
    known.current = await place(known, data)
    known.kept = false
    state = known
  } else {
    state = await newState(variable, data, runtime)
  }
  state.snapshot = undefined
  states.set(variable, state)
  bindAlone(variable, state, backend)
  return state
}

async function newState(variable: tf.Variable, data: Data, runtime: Runtime): Promise<VariableState> {
  const type = variable.dtype as ElementType
  const { shape } = variable
  const current = await place({ type, shape, runtime }, data)
  const state: VariableState = {
    shape,
    type,
    runtime,
    current,
    spare: undefined,
    kept: false,
    snapshot: undefined,
    values: () => (state.current.location === 'cpu' ? (state.current.data as Data) : undefined),
    read: async () => {
      const values = state.values()
      return values ? values.slice() : runtime.gpu!.download(state.current)
    },
    asValue() {
      const values = state.values()
      if (values) return constant(values.slice(), shape, type)
      const value = placeholder('a tensor on the GPU', shape, type)
      held.set(value, state.current)
      state.kept = true
      return value
    },
  }
  return state
}

/** A tensor with these values where the runtime keeps its variables: in its own memory, or in that of the array. */
export async function place(
  { type, shape, runtime }: Pick<VariableState, 'type' | 'shape' | 'runtime'>,
  data: Data,
): Promise<Tensor> {
  // WebGPU knows no other type that a variable has.
  if (runtime.gpu && type === 'float32') return runtime.gpu.upload(data as Float32Array, shape)
  return tensorOf(type, data, shape)
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
export async function spareOf(state: VariableState): Promise<Tensor> {
  state.spare ??= await place(state, newData(state.type, size(state.shape)))
  return state.spare
}

/** Makes the values that were just written the present ones. */
export function swap(state: VariableState): void {
  const { current } = state
  state.current = state.spare!
  state.spare = state.kept ? undefined : current
  state.kept = false
  state.snapshot = undefined
}
