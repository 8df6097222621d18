// A group on onnxruntime: several members run one traced step at once. Their variables live here, the members' values
// one after the other in one tensor, and not in the variables themselves.
import type * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import type { Group, GroupStep, Signature, Step, Values } from '../engine.ts'
import { encode } from '../graph/encode.ts'
import { type Data, type ElementType, newData, size } from '../graph/value.ts'
import { verify } from '../graph/verify.ts'
import { groupTrace } from '../group/groupTrace.ts'
import type { RecordingBackend } from '../record/backend.ts'
import { trace } from '../record/trace.ts'
import { expectValues, plan } from './compile.ts'
import { type Runtime, sessionOptions } from './runtime.ts'
import { stateOf as commonState, place, tensorOf } from './state.ts'

interface MemberValues {
  current: Tensor
  /** Into which the next values are written. */
  spare: Tensor
  /** What `current` holds, where that lies on the GPU and was asked for since the last run. */
  copy: Values | undefined
  /** Whether the copy was written to, and `current` not yet. */
  changed: boolean
}

export function openGroup(backend: RecordingBackend, runtime: Runtime, members: number): Group {
  const states = new Map<tf.Variable, MemberValues>()

  const typeOf = ({ dtype, shape }: tf.Variable) => ({ type: dtype as ElementType, shape: [members, ...shape] })

  async function stateOf(variable: tf.Variable): Promise<MemberValues> {
    const known = states.get(variable)
    if (known) return known
    const { type, shape } = typeOf(variable)
    const zeros = () => newData(type, size(shape))
    const copy = zeros()
    const placed = (data: Data) => place({ type, shape, runtime }, data)
    const state = { current: await placed(copy), spare: await placed(zeros()), copy: copy as Values, changed: false }
    states.set(variable, state)
    return state
  }

  /** The present values of all members, not a copy: on the GPU they are fetched once for all who read between two runs. */
  async function valuesOf(state: MemberValues): Promise<Values> {
    if (state.current.location === 'cpu') return state.current.data as Values
    state.copy ??= (await runtime.gpu!.download(state.current)) as Values
    return state.copy
  }

  async function write(variable: tf.Variable, member: number, values: Values): Promise<void> {
    const state = await stateOf(variable)
    partOf(await valuesOf(state), member).set(values)
    state.changed = true
  }

  /** What a step reads: with all that was written to the copy. */
  async function presentOf(variable: tf.Variable): Promise<Tensor> {
    const state = await stateOf(variable)
    const onGpu = state.current.location !== 'cpu'
    if (onGpu && state.changed) state.current = await place({ ...typeOf(variable), runtime }, state.copy as Data)
    state.changed = false
    return state.current
  }

  /** A member's part, not a copy. */
  function partOf(values: Values, member: number): Values {
    const length = values.length / members
    return values.subarray(member * length, (member + 1) * length)
  }

  function swap(state: MemberValues): void {
    ;[state.current, state.spare] = [state.spare, state.current]
    state.copy = undefined
    state.changed = false
  }

  async function compile(
    step: Step,
    signatures: Record<string, Signature>,
    shared: string[],
    common: tf.Variable[] = [],
  ): Promise<GroupStep> {
    const grouped = groupTrace(trace(backend, step, signatures), members, new Set(shared), new Set(common))
    const { graph, inputs, reads, assigns, outputs } = plan(grouped, runtime.device)
    verify(graph)
    const session = await InferenceSession.create(encode(graph, { name: 'group' }), sessionOptions(runtime))
    const fed = new Set(session.inputNames)
    const results = outputs.map(({ name, port, value }) => {
      const data = newData(value.type, size(value.shape)) as Values
      return { name, port, data, tensor: tensorOf(value.type, data, value.shape) }
    })

    async function run(given: Record<string, Values>, holding: readonly number[]): Promise<Record<string, Values>> {
      const feeds: Record<string, Tensor> = {}
      for (const { name, value } of inputs) {
        const data = expectValues(name, given[name], value)
        if (fed.has(`in ${name}`)) feeds[`in ${name}`] = tensorOf(value.type, data, value.shape)
      }
      for (const { name, variable } of reads) {
        const isCommon = common.includes(variable)
        feeds[name] = isCommon ? (await commonState(variable, backend, runtime)).current : await presentOf(variable)
      }
      const fetches: Record<string, Tensor> = {}
      for (const { port, tensor } of results) fetches[port] = tensor
      const held = []
      for (const { name, variable } of assigns) {
        const state = await stateOf(variable)
        fetches[name] = state.spare
        for (const member of holding)
          held.push({ variable, member, values: partOf(await valuesOf(state), member).slice() })
      }
      await session.run(feeds, fetches)
      for (const { variable } of assigns) swap(await stateOf(variable))
      for (const { variable, member, values } of held) await write(variable, member, values)
      return Object.fromEntries(results.map(({ name, data }) => [name, data]))
    }

    return {
      run: (given, holding = []) => runtime.oneAtATime(() => run(given, holding)),
      dispose: () => void session.release(),
    }
  }

  return {
    members,
    compile,
    read: (variable, member) =>
      runtime.oneAtATime(async () => partOf(await valuesOf(await stateOf(variable)), member).slice()),
    write: (variable, member, values) => runtime.oneAtATime(() => write(variable, member, values)),
  }
}
