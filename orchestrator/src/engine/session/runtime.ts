// Where and how sessions run.
import type { InferenceSession } from 'onnxruntime-node'
import { type GpuMemory, gpuMemory } from './gpuMemory.ts'

export interface Runtime {
  device: 'cpu' | 'webgpu' | 'cuda'
  threads: number
  /**
   * Where variables live between steps, if it is not this process's memory. Copying them back and forth instead took
   * 36 % of the step of an MLP 784-800-800-10 (15 MB with Adam's slots, batch 32) on SwiftShader, and nothing that
   * could be measured of an MLP with 42 kB.
   */
  gpu: GpuMemory | undefined
  /** Runs one job after the other: two steps may share variables. */
  oneAtATime<T>(job: () => Promise<T>): Promise<T>
}

export function runtime(device: Runtime['device'], threads: number): Runtime {
  let last: Promise<unknown> = Promise.resolve()
  return {
    device,
    threads,
    // onnxruntime-node binds tensors of its WebGPU provider alone; its CUDA provider copies what it is fed and gives.
    gpu: device === 'webgpu' ? gpuMemory(sessionOptions({ device, threads })) : undefined,
    oneAtATime(job) {
      const result = last.then(job)
      last = result.catch(() => undefined)
      return result
    },
  }
}

/** Graphs have their images as [N,C,H,W]: with the layout that onnxruntime prefers, a ResNet-20's step has 145 more nodes. */
const WEBGPU = { name: 'webgpu', preferredLayout: 'NCHW' } as const

/** It may move a transposition to before a comparison, and WebGPU transposes no bools. */
const MOVES_TRANSPOSES = 'TransposeOptimizer'

export function sessionOptions({
  device,
  threads,
}: Pick<Runtime, 'device' | 'threads'>): InferenceSession.SessionOptions {
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device === 'webgpu' ? WEBGPU : device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // With it the arena holds all of a step twice, for nothing: 1.1 GB instead of 670 MB for a small MobileNet.
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Vanishing gradients would make the arithmetic many times slower.
    extra: {
      session: { set_denormal_as_zero: '1' },
      ...(device === 'webgpu' ? { optimization: { disable_specified_optimizers: MOVES_TRANSPOSES } } : {}),
    },
  }
}
