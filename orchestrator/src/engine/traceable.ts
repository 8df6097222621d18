// Whether a step can be recorded at all, gradients included, without compiling it.
import type { Signature, Step } from './engine.ts'
import { activate } from './record/kernels.ts'
import { trace } from './record/trace.ts'

/** @throws Error naming the kernel that has no rule, or the gradient that TensorFlow.js has not */
export async function expectTraceable(step: Step, inputs: Record<string, Signature>): Promise<void> {
  trace(await activate(), step, inputs)
}
