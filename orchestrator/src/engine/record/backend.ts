// The TensorFlow.js backend whose kernels record. A data id stands for a recorded value or for a variable's state;
// nothing is computed until a step is compiled or somebody asks for the values of a tensor.
import * as tf from '@tensorflow/tfjs-core'
import { reshape } from '../graph/build.ts'
import {
  constant,
  constantData,
  type Data,
  type ElementType,
  newData,
  sameShape,
  size,
  type Value,
} from '../graph/value.ts'
import type { Target } from './kernelTypes.ts'
import { type DType, plainValue, type Recorded, uniform } from './recorded.ts'

type DataId = tf.DataId

/** The values of a variable, which change when a compiled step runs. */
export interface State {
  readonly shape: number[]
  /** The present values themselves, if they lie in this process's memory. */
  values(): Data | undefined
  /** A copy of the present values. */
  read(): Promise<Data>
  /** A value that stands for the present values, whatever runs later. */
  asValue(): Value
  /** The present values as a constant, if somebody asked for it since they last changed. */
  snapshot: Recorded | undefined
}

interface Entry {
  references: number
  shape: number[]
  dtype: DType
  held: { recorded: Recorded } | { state: State }
}

/** Computes values that no compiled step computes, for `await tensor.data()`. */
export type Evaluate = (recorded: Recorded) => Promise<Data>

// What draws random numbers in JavaScript, by the name of the TensorFlow.js operation.
const RANDOM = /^(rand|random\w*|truncatedNormal|dropout|multinomial)__op$/

export class RecordingBackend extends tf.KernelBackend {
  /** Where what is recorded will run. */
  target: Target = { device: 'cpu' }
  evaluate: Evaluate | undefined
  /** While a step is traced, random numbers would be fixed for ever. */
  tracing = false
  readonly #entries = new WeakMap<DataId, Entry>()
  #count = 0

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    const id: DataId = {}
    this.#hold(id, this.#constant(values, shape, dtype), 1)
    return id
  }

  override move(id: DataId, values: tf.BackendValues, shape: number[], dtype: tf.DataType, references: number): void {
    this.#hold(id, this.#constant(values, shape, dtype), references)
  }

  /** A new data id for something recorded. */
  keep(recorded: Recorded): tf.TensorInfo {
    const dataId: DataId = {}
    this.#hold(dataId, recorded, 1)
    return { dataId, shape: recorded.shape, dtype: recorded.dtype }
  }

  /** What a tensor stands for in a graph. A variable outside of a trace stands for its present values. */
  recorded(info: tf.TensorInfo): Recorded {
    const { held, shape } = this.#entry(info.dataId)
    const known = 'recorded' in held ? held.recorded : snapshot(held.state)
    // A tensor may be a view with another shape of the same data (tfjs clones, reshapes of variables).
    if (sameShape(shape, info.shape)) return known
    if ('state' in held || known.value.from.kind === 'constant') {
      const data = constantData(known.value)
      if (!data) return plainValue(reshape(known.value, info.shape))
      if (data && data.length === size(info.shape)) {
        return plainValue(constant(data, info.shape, known.value.type), info.shape)
      }
    }
    throw new Error(`A tensor of shape [${info.shape}] shares data of shape [${shape}]`)
  }

  state(id: DataId): State | undefined {
    const { held } = this.#entry(id)
    return 'state' in held ? held.state : undefined
  }

  /** A new data id that stands for a variable's state. */
  keepState(state: State, dtype: DType): tf.TensorInfo {
    const dataId: DataId = {}
    this.#entries.set(dataId, { references: 1, shape: state.shape, dtype, held: { state } })
    this.#count++
    return { dataId, shape: state.shape, dtype }
  }

  /** Fixes a data id at its state's present values, for tensors that outlive an update of the variable. */
  freeze(id: DataId): void {
    const entry = this.#entry(id)
    if ('state' in entry.held) entry.held = { recorded: snapshot(entry.held.state) }
  }

  override refCount(id: DataId): number {
    return this.#entries.get(id)?.references ?? 0
  }

  override incRef(id: DataId): void {
    this.#entry(id).references++
  }

  override disposeData(id: DataId, force = false): boolean {
    const entry = this.#entries.get(id)
    if (!entry) return true
    entry.references--
    if (!force && entry.references > 0) return false
    this.#entries.delete(id)
    this.#count--
    return true
  }

  override numDataIds(): number {
    return this.#count
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false }
  }

  override floatPrecision(): 16 | 32 {
    return 32
  }

  override async time(run: () => void): Promise<tf.BackendTimingInfo> {
    const start = performance.now()
    run()
    return { kernelMs: performance.now() - start }
  }

  override async read(id: DataId): Promise<tf.BackendValues> {
    const known = this.#known(id)
    if (known) return known as tf.BackendValues
    const entry = this.#entry(id)
    if ('state' in entry.held) return (await entry.held.state.read()) as tf.BackendValues
    const { recorded } = entry.held
    if (!this.evaluate) throw new Error(`No engine is open that could compute a tensor of shape [${entry.shape}]`)
    const data = await this.evaluate(recorded)
    entry.held = {
      recorded: plainValue(constant(data, entry.shape, entry.dtype as ElementType)),
    }
    return data.slice() as tf.BackendValues
  }

  override readSync(id: DataId): tf.BackendValues {
    const known = this.#known(id)
    if (known) return known as tf.BackendValues
    throw new Error(
      this.tracing
        ? 'The step reads the values of a tensor while it is compiled: they are known only when it runs. ' +
            'Compute with tensors instead of dataSync(), arraySync() or print().'
        : 'This tensor is not computed yet: use await tensor.data() instead of dataSync().',
    )
  }

  override dispose(): void {}

  /** A copy of the values, where they need no computing. */
  #known(id: DataId): Data | undefined {
    const { held, shape } = this.#entry(id)
    if ('state' in held) return held.state.values()?.slice()
    const { value } = held.recorded
    const data = constantData(value)
    if (!data || (data.length !== size(shape) && data.length !== 1)) return undefined
    if (data.length === size(shape)) return held.recorded.layout === 'plain' ? data.slice() : undefined
    return newData(value.type, size(shape)).fill(data[0] as never) as Data
  }

  #entry(id: DataId): Entry {
    // Tensors of another backend move here when they are used, as in all TensorFlow.js backends.
    if (!this.#entries.has(id)) tf.engine().moveData(this, id)
    return this.#entries.get(id)!
  }

  #hold(id: DataId, recorded: Recorded, references: number): void {
    this.#entries.set(id, { references, shape: recorded.shape, dtype: recorded.dtype, held: { recorded } })
    this.#count++
  }

  #constant(values: tf.BackendValues, shape: number[], dtype: tf.DataType): Recorded {
    if (dtype === 'string' || dtype === 'complex64') throw new Error(`Tensors of ${dtype} cannot be recorded`)
    if (this.tracing) this.#refuseNoise()
    const data = typed(values as ArrayLike<number>, dtype)
    const first = data[0]
    if (data.length > 0 && data.every((v: number | bigint) => Object.is(v, first))) {
      return uniform(Number(first), shape, dtype)
    }
    return plainValue(constant(data, shape, dtype), shape)
  }

  #refuseNoise(): void {
    const { scopeStack } = (tf.engine() as unknown as { state: { scopeStack: { name: string }[] } }).state
    const drawing = scopeStack.find(({ name }) => RANDOM.test(name))
    if (drawing) {
      throw new Error(
        `tf.${drawing.name.replace('__op', '')} draws its random numbers in JavaScript, so a compiled step would ` +
          'repeat the same ones in every run: noise must be an input of the step',
      )
    }
  }
}

function typed(values: ArrayLike<number>, dtype: DType): Data {
  const wanted = dtype === 'float32' ? Float32Array : dtype === 'int32' ? Int32Array : Uint8Array
  return values instanceof wanted ? values : wanted.from(values)
}

function snapshot(state: State): Recorded {
  state.snapshot ??= plainValue(state.asValue())
  return state.snapshot
}
