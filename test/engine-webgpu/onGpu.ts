// What the checks share: the engines on WebGPU and on the CPU, and whether a session leaves some of its nodes to the CPU.
import type { Engine } from '@retort/orchestrator/engine/engine'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import onnxruntime from 'onnxruntime-node'

let opened: Promise<Engine> | undefined

export function webgpu(): Promise<Engine> {
  opened ??= openOnnxEngine({ device: 'webgpu', threads: 1 })
  return opened
}

let processor: Promise<Engine> | undefined

export function cpu(): Promise<Engine> {
  processor ??= openOnnxEngine({ device: 'cpu', threads: 1 })
  return processor
}

let leftToCpu = 0

/** What `work` gives, and how many of the sessions it makes on WebGPU have nodes that run on the CPU. */
export async function countingCpuSessions<T>(work: () => Promise<T>): Promise<{ result: T; sessions: number }> {
  leftToCpu = 0
  const result = await work()
  return { result, sessions: leftToCpu }
}

const { InferenceSession } = onnxruntime
const create = InferenceSession.create.bind(InferenceSession) as (
  model: Uint8Array,
  options: Record<string, unknown>,
) => Promise<onnxruntime.InferenceSession>

// A session may be told to refuse what it cannot run wholly on its provider; then it is made as the engine asked.
InferenceSession.create = (async (model: Uint8Array, options: Record<string, unknown>) => {
  const [provider] = options.executionProviders as (string | { name: string })[]
  if (typeof provider !== 'object' || provider.name !== 'webgpu') return create(model, options)
  const { session } = options.extra as { session: Record<string, string> }
  const strict = { ...(options.extra as object), session: { ...session, disable_cpu_ep_fallback: '1' } }
  try {
    return await create(model, { ...options, executionProviders: [provider], extra: strict, logSeverityLevel: 4 })
  } catch (error) {
    if (!(error as Error).message.includes('fallback to CPU EP')) throw error
    leftToCpu++
    return create(model, options)
  }
}) as typeof InferenceSession.create
