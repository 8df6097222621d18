// Where and how sessions run.
import type { InferenceSession } from 'onnxruntime-node'

export interface Runtime {
  device: 'cpu' | 'webgpu' | 'cuda'
  threads: number
  /** Runs one job after the other: two steps may share variables. */
  oneAtATime<T>(job: () => Promise<T>): Promise<T>
}

export function runtime(device: Runtime['device'], threads: number): Runtime {
  let last: Promise<unknown> = Promise.resolve()
  return {
    device,
    threads,
    oneAtATime(job) {
      const result = last.then(job)
      last = result.catch(() => undefined)
      return result
    },
  }
}

export function sessionOptions({ device, threads }: Runtime): InferenceSession.SessionOptions {
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Vanishing gradients would make the arithmetic many times slower.
    extra: { session: { set_denormal_as_zero: '1' } },
  }
}
