// Tests on the real libtensorflow: they run where it is set up, and elsewhere are left out, which is said; never in CI.
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../orchestrator/src/engine/engine.ts'
import { openTensorflowEngine } from '../../orchestrator/src/engine/tensorflow.ts'

// It says much of every operation that it refuses, which some tests want it to.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'
// Else GPUs round what they multiply to 10 bits.
process.env.NVIDIA_TF32_OVERRIDE ??= '0'

const opened = await openTensorflowEngine({ device: 'auto', threads: 1 }).catch((error: Error) => error)

/** The `tensorflow` engine on the real library, or null where there is none. */
export const realEngine: Engine | null = opened instanceof Error ? null : opened

/** Declares tests that need it. */
export function realTests(title: string, declare: (engine: Engine) => void): void {
  if (!(opened instanceof Error)) {
    describe(title, () => declare(opened))
    return
  }
  const howToGet = `No libtensorflow is set up (${opened.message}). To have one: pnpm setup:cuda --cpu`
  if (process.env.CI) {
    it(title, () => expect.fail(howToGet))
    return
  }
  process.stderr.write(`\n${howToGet}\nLeft out are the tests of: ${title}\n`)
  describe.skip(title, () => {
    it('need libtensorflow', () => {})
  })
}
