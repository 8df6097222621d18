// Runs a step eagerly on the active TensorFlow.js backend: nothing is compiled, each run executes the step's code.
import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import { eagerProfile } from './eagerProfile.ts'
import type { CompiledStep, Engine, Signature, Step, Values } from './engine.ts'
import { registerExtremeGradients } from './record/extremeGradients.ts'
import { releaseGradients } from './releaseGradients.ts'

export type EagerEngine = Pick<Engine, 'name' | 'device' | 'threads' | 'versions'>

/** @param about what this engine says of itself; its backend is already the active one */
export function eagerEngine(about: EagerEngine): Engine {
  registerExtremeGradients()
  const keepGradients = releaseGradients()
  return {
    ...about,
    compile: async (step, inputs) => eagerStep(step, inputs),
    profile: about.device === 'cpu' ? async (step, inputs) => eagerProfile(eagerStep(step, inputs)) : null,
    openGroup: null,
    close: async () => keepGradients(),
  }
}

function eagerStep(step: Step, signatures: Record<string, Signature>): CompiledStep {
  return {
    async run(inputs) {
      // tfjs-node's `data()` resolves without a turn of the event loop, in which alone a wish to stop is heard.
      await setImmediate()
      const outputs = tf.tidy(() => step(asTensors(inputs, signatures)))
      try {
        const names = Object.keys(outputs)
        const values = await Promise.all(names.map((name) => (outputs[name] as tf.Tensor).data()))
        return Object.fromEntries(names.map((name, index) => [name, values[index] as Values]))
      } finally {
        // Outputs that the step kept from an inner scope are not tidied away.
        tf.dispose(outputs)
      }
    },
    dispose() {},
  }
}

function asTensors(inputs: Record<string, Values>, signatures: Record<string, Signature>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(signatures).map(([name, { shape, dtype }]) => {
      const values = inputs[name]
      const size = tf.util.sizeFromShape(shape)
      if (values?.length !== size) {
        throw new Error(
          `input ${name}: expected ${size} values for [${shape.join(', ')}], got ${values?.length ?? 'none'}`,
        )
      }
      // The caller fills its arrays anew for the next step; the tensor must not see that.
      return [name, tf.tensor(values.slice(), shape, dtype)]
    }),
  )
}
