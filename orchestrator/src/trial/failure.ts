// How a trial that threw has ended.
import type { TrialResult } from '@retort/schema/trial'

/** The orchestrator asked the trial to stop; its checkpoint is written. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** What V8, the C++ library, onnxruntime, CUDA and TensorFlow say when memory is short. */
const outOfMemory =
  /out of memory|bad_alloc|bad allocation|failed to allocate|allocation failed|\bOOM\b|ResourceExhausted/i

export function classify(error: unknown): TrialResult {
  if (error instanceof Interrupted) return { outcome: 'interrupted' }
  const reason = error instanceof Error ? error.message : String(error)
  if (outOfMemory.test(reason)) return { outcome: 'out of memory', reason }
  return { outcome: 'failed', reason: isSlip(error) ? (error.stack ?? reason) : reason }
}

/** An error of the program rather than of its input, which cannot be found without its place. */
const isSlip = (error: unknown): error is Error => error instanceof TypeError || error instanceof ReferenceError
