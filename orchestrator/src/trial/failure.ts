// How a trial that threw has ended.
import type { TrialResult } from '@retort/schema/messages'
import prettyBytes from 'pretty-bytes'

/** The orchestrator asked the trial to stop; its checkpoint is written. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** Memory was short for a forward pass. */
export class PredictionShortage extends Error {
  override readonly name = 'PredictionShortage'
  /** How many there were at once. */
  readonly samples: number

  constructor({ message }: Error, samples: number) {
    super(message)
    this.samples = samples
  }
}

/** What V8, the C++ library, onnxruntime (its arena, CUDA, WebGPU's Dawn, Vulkan) and TensorFlow say when memory is short. */
const outOfMemory = new RegExp(
  [
    'out of memory|ran out of memory|OutOfMemory|OUT_OF_(DEVICE|HOST|POOL)_MEMORY|STATUS_ALLOC_FAILED',
    'bad_alloc|bad allocation|failed to allocate|allocation failed|\\bOOM\\b|Resource ?Exhausted',
    'exceeds the max buffer size limit|is smaller than requested bytes of',
  ].join('|'),
  'i',
)

export const isShortage = (error: unknown): error is Error => error instanceof Error && outOfMemory.test(error.message)

export function classify(error: unknown): Exclude<TrialResult, { outcome: 'done' | 'diverged' }> {
  if (error instanceof Interrupted) return { outcome: 'interrupted' }
  const reason = error instanceof Error ? error.message : String(error)
  if (outOfMemory.test(reason)) {
    const predicting = error instanceof PredictionShortage ? { predictionBatch: error.samples } : {}
    return { outcome: 'out of memory', reason: `${shortage(reason)}${reason}`, ...predicting }
  }
  return { outcome: 'failed', reason: isSlip(error) ? (error.stack ?? reason) : reason }
}

/** What was needed and what there was, as far as the message tells, to stand before it. */
function shortage(message: string): string {
  const { needed, there } = Object.assign({}, ...sizes.map((pattern) => pattern.exec(message)?.groups)) as {
    needed?: string
    there?: string
  }
  const tensor = /allocating tensor with shape\[(?<shape>[\d,]+)\] and type (?<type>\w+)/i.exec(message)?.groups
  const bytes = tensor && bytesOf[tensor.type!]
  const known =
    needed ?? (bytes ? tensor.shape!.split(',').reduce((product, n) => product * Number(n), bytes) : undefined)
  if (known === undefined) return ''
  const limit = there === undefined ? '' : ` and there were ${prettyBytes(Number(there))}`
  return `it needed ${prettyBytes(Number(known))} at once${limit}: `
}

const sizes = [
  /requested buffer of size (?<needed>\d+)/i,
  /available memory of (?<there>\d+) is smaller than requested bytes of (?<needed>\d+)/i,
  /buffer size \((?<needed>\d+)\) exceeds the max buffer size limit \((?<there>\d+)\)/i,
]

const bytesOf: Record<string, number> = { float: 4, int32: 4, bool: 1, half: 2, double: 8, int64: 8 }

/** An error of the program rather than of its input, which cannot be found without its place. */
const isSlip = (error: unknown): error is Error => error instanceof TypeError || error instanceof ReferenceError
