// A group on onnxruntime: several members run one traced step at once. Their variables live here, the members' values
// one after the other in one tensor, and not in the variables themselves.
import type * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, type Tensor } from 'onnxruntime-node'
import type { Group, GroupStep, Signature, Step, Values } from '../engine.ts'
import { encode } from '../graph/encode.ts'
import { type ElementType, newData, size } from '../graph/value.ts'
import { verify } from '../graph/verify.ts'
import { groupTrace } from '../group/groupTrace.ts'
import type { RecordingBackend } from '../record/backend.ts'
import { trace } from '../record/trace.ts'
import { expectValues, plan } from './compile.ts'
import { type Runtime, sessionOptions } from './runtime.ts'
import { tensorOf } from './state.ts'

interface MemberValues {
  current: Tensor
  /** Into which the next values are written. */
  spare: Tensor
}

export function openGroup(backend: RecordingBackend, runtime: Runtime, members: number): Group {
  const states = new Map<tf.Variable, MemberValues>()

  function stateOf(variable: tf.Variable): MemberValues {
    const known = states.get(variable)
    if (known) return known
    const shape = [members, ...variable.shape]
    const type = variable.dtype as ElementType
    const tensor = () => tensorOf(type, newData(type, size(shape)), shape)
    const state = { current: tensor(), spare: tensor() }
    states.set(variable, state)
    return state
  }

  /** A member's part of a tensor's values, not a copy. */
  function partOf({ data }: Tensor, member: number): Values {
    const values = data as Values
    const length = values.length / members
    return values.subarray(member * length, (member + 1) * length)
  }

  async function compile(step: Step, signatures: Record<string, Signature>, shared: string[]): Promise<GroupStep> {
    const grouped = groupTrace(trace(backend, step, signatures), members, new Set(shared))
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
      for (const { name, variable } of reads) feeds[name] = stateOf(variable).current
      const fetches: Record<string, Tensor> = {}
      for (const { port, tensor } of results) fetches[port] = tensor
      for (const { name, variable } of assigns) fetches[name] = stateOf(variable).spare
      await session.run(feeds, fetches)
      for (const { variable } of assigns) {
        const state = stateOf(variable)
        for (const member of holding) partOf(state.spare, member).set(partOf(state.current, member))
        ;[state.current, state.spare] = [state.spare, state.current]
      }
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
    read: (variable, member) => partOf(stateOf(variable).current, member).slice(),
    write: (variable, member, values) => partOf(stateOf(variable).current, member).set(values),
  }
}
