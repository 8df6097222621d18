// Compiles a step with onnxruntime's own profiler and reads what it wrote: how long each operator of the graph took, on
// WebGPU its kernels on the GPU.
import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OperatorTime, ProfiledStep } from '../engine.ts'
import { ordered } from '../graph/order.ts'
import type { Operation, Value } from '../graph/value.ts'
import type { RecordingBackend } from '../record/backend.ts'
import type { Trace } from '../record/trace.ts'
import { compile, type Plan, plan } from './compile.ts'
import type { Runtime } from './runtime.ts'

/** An event of the profile: https://onnxruntime.ai/docs/performance/tune-performance/profiling-tools.html */
interface ProfileEvent {
  cat: string
  name: string
  /** Both in microseconds, ts since the session began. */
  ts: number
  dur: number
  args: {
    op_name?: string
    provider?: string
    input_type_shape?: Record<string, number[]>[]
    output_type_shape?: Record<string, number[]>[]
  }
}

export async function profile(backend: RecordingBackend, runtime: Runtime, trace: Trace): Promise<ProfiledStep> {
  // onnxruntime appends the time to it, so the file is found by what it begins with.
  const name = `retort-profile-${randomUUID()}`
  const near = nearestVariables(plan(trace, runtime.device))
  const options = { enableProfiling: true, profileFilePrefix: join(tmpdir(), name) }
  const compiled = await compile(backend, runtime, trace, options)
  const files = async () => (await readdir(tmpdir())).filter((file) => file.startsWith(name))
  let runs = 0
  let skipped = 0
  return {
    run: (inputs) => {
      runs++
      return compiled.run(inputs)
    },
    dispose: compiled.dispose,
    restart: () => {
      skipped = runs
    },
    async end() {
      // The profile is written when the session is released, which this does at once.
      compiled.dispose()
      const [file] = await files()
      if (file === undefined) throw new Error(`onnxruntime wrote no profile ${name}* to ${tmpdir()}`)
      const path = join(tmpdir(), file)
      try {
        return timesOf(JSON.parse(await readFile(path, 'utf8')) as ProfileEvent[], skipped, near)
      } finally {
        await rm(path, { force: true })
      }
    },
  }
}

/**
 * @param skipped how many runs to leave out
 * @throws Error where an operator ran on a GPU that tells no times
 */
export function timesOf(events: ProfileEvent[], skipped: number, near: ReadonlyMap<string, string>): OperatorTime[] {
  const starts = events.filter(({ name }) => name === 'model_run').map(({ ts }) => ts)
  const from = starts.sort((one, other) => one - other)[skipped] ?? Number.POSITIVE_INFINITY
  const kernels = kernelTimes(events, starts.length)
  const times = new Map<string, { about: Omit<OperatorTime, 'runs' | 'microseconds'>; runs: number[] }>()
  for (const { cat, name, ts, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith(NODE) || ts < from) continue
    const known = times.get(name)
    if (known !== undefined) known.runs.push(dur)
    else {
      const about = {
        operator: args.op_name ?? name,
        variable: nearTo(name, near),
        inputs: (args.input_type_shape ?? []).map(typeOf),
        outputs: (args.output_type_shape ?? []).map(typeOf),
        provider: args.provider ?? '',
      }
      times.set(name, { about, runs: [dur] })
    }
  }
  const launched = [...times.values()].some(({ about }) => about.provider === WEBGPU)
  if (launched && kernels.size === 0)
    throw new Error('this GPU tells no times of its kernels: WebGPU’s timestamp-query')
  return [...times].map(([name, { about, runs }]) => {
    // What the processor takes to launch kernels says nothing of them; an operator without any is done at once.
    const own = about.provider === WEBGPU ? (kernels.get(name.slice(0, -NODE.length))?.slice(skipped) ?? [0]) : runs
    own.sort((one, other) => one - other)
    return { ...about, runs: runs.length, microseconds: own[own.length >> 1] as number }
  })
}

const WEBGPU = 'WebGpuExecutionProvider'
const NODE = '_kernel_time'

/** By the node's name what its kernels took on the GPU in each run; their events are named NODE&OPERATOR&KERNEL. */
function kernelTimes(events: ProfileEvent[], runs: number): Map<string, number[]> {
  const byNode = new Map<string, ProfileEvent[]>()
  for (const event of events) {
    if (event.cat !== 'Api') continue
    const [node] = event.name.split('&') as [string]
    const known = byNode.get(node)
    if (known) known.push(event)
    else byNode.set(node, [event])
  }
  return new Map(
    [...byNode].map(([node, each]) => {
      const durations = each.sort((one, other) => one.ts - other.ts).map(({ dur }) => dur)
      const perRun = durations.length / runs
      const sums = Array.from({ length: runs }, (_, run) =>
        durations.slice(run * perRun, (run + 1) * perRun).reduce((sum, dur) => sum + dur, 0),
      )
      return [node, sums]
    }),
  )
}

const typeOf = (type: Record<string, number[]>): string =>
  Object.entries(type)
    .map(([element, shape]) => `${element}[${shape.join(',')}]`)
    .join(' ')

/** Where onnxruntime has fused or changed an operator, its name still holds that of the one it was. */
function nearTo(name: string, near: ReadonlyMap<string, string>): string | null {
  for (const [part] of name.matchAll(/[A-Za-z]+_\d+/g)) {
    const found = near.get(part)
    if (found !== undefined) return found
  }
  return null
}

/**
 * By an operation's name in the encoded model, the variable that it belongs to: the only one that it helps to
 * update, else one that it reads, else that of what it computes with.
 */
function nearestVariables({ graph, reads, assigns }: Plan): Map<string, string> {
  const operations = ordered(graph.outputs.map(({ value }) => value))
  const variables = new Map<Value, string>()
  const place = new Map(graph.inputs.map(({ name, value }) => [name, value]))
  for (const { name, variable } of reads) if (isWeight(variable.name)) variables.set(place.get(name)!, variable.name)
  const results = new Map(graph.outputs.map(({ name, value }) => [name, value]))
  const updates = new Map<Value, Set<string>>()
  const note = (value: Value, names: Iterable<string>) => {
    const known = updates.get(value) ?? new Set()
    for (const each of names) known.add(each)
    updates.set(value, known)
  }
  const updated = new Set(assigns.map(({ name }) => results.get(name)!))
  for (const { name, value } of graph.outputs) {
    const variable = assigns.find((each) => each.name === name)?.variable.name
    // A slot of an optimizer belongs to a weight, which the same values update.
    if (variable !== undefined && isWeight(variable)) note(value, [variable])
    else if (!updated.has(value)) note(value, ['a result'])
  }
  for (const operation of operations.toReversed()) {
    const names = operation.outputs.flatMap((output) => [...(updates.get(output) ?? [])])
    for (const input of operation.inputs) if (input) note(input, names)
  }

  const found = new Map<Operation, string>()
  for (const operation of operations) {
    // A weight that is only brought into another form still is that weight.
    const [first] = operation.inputs
    const formed = first && variables.get(first)
    const alone = operation.inputs.slice(1).every((input) => input === undefined || input.from.kind === 'constant')
    if (formed !== undefined && alone) for (const output of operation.outputs) variables.set(output, formed)
    const names = new Set(operation.outputs.flatMap((output) => [...(updates.get(output) ?? [])]))
    const inputs = operation.inputs.filter((input) => input !== undefined)
    const [only] = names
    const own = names.size === 1 && only !== 'a result' ? only : undefined
    const read = inputs.map((input) => variables.get(input)).find((name) => name !== undefined)
    const before = inputs.map(({ from }) => from.kind === 'operation' && found.get(from)).find(Boolean)
    const name = own ?? read ?? (before || undefined)
    if (name !== undefined) found.set(operation, name)
  }
  return new Map(
    operations.flatMap((operation, index) => {
      const name = found.get(operation)
      return name === undefined ? [] : [[`${operation.operator}_${index}`, name] as const]
    }),
  )
}

/** Optimizers' slots have no names of their own. */
const isWeight = (name: string): boolean => name.includes('/')
