// Traces a step: runs its TensorFlow.js code once on symbolic inputs and variables, and says which values it gives
// and which variables it assigns. Whatever happens, the variables hold their own values again afterwards.
import * as tf from '@tensorflow/tfjs-core'
import type { Signature, Step } from '../engine.ts'
import { type ElementType, placeholder, type Value } from '../graph/value.ts'
import type { RecordingBackend } from './backend.ts'
import { plainValue, type Recorded, whole } from './recorded.ts'

/** A variable that stood for a placeholder while the step was traced. */
export interface TracedVariable {
  variable: tf.Variable
  placeholder: Value
  /** What the step assigned to it, in TensorFlow.js's order of axes; undefined if nothing. */
  next: Value | undefined
}

export interface Trace {
  inputs: { name: string; placeholder: Value }[]
  variables: TracedVariable[]
  /** Each in TensorFlow.js's order of axes. */
  outputs: { name: string; value: Value }[]
}

interface Lent extends TracedVariable {
  own: tf.Tensor
  stand: tf.Tensor
}

export function trace(backend: RecordingBackend, step: Step, signatures: Record<string, Signature>): Trace {
  const engine = tf.engine()
  const lent: Lent[] = []
  const lend = (variable: tf.Variable) => {
    const value = placeholder(`variable ${lent.length}`, variable.shape, variable.dtype as ElementType)
    const own = tf.keep(variable.clone())
    const stand = tf.keep(symbolic(backend, plainValue(value, variable.shape)))
    variable.assign(stand)
    lent.push({ variable, placeholder: value, next: undefined, own, stand })
  }
  // Optimizers make their slots in the first step: they start from a constant and are state from then on.
  const makeVariable = engine.makeVariable.bind(engine)
  engine.makeVariable = (initial, ...rest) => {
    const constant = backend.recorded(initial).value.from.kind === 'constant'
    if (!constant) throw new Error('A variable that a step makes must start from constant values')
    const variable = makeVariable(initial, ...rest)
    lend(variable)
    return variable
  }
  for (const variable of Object.values(engine.registeredVariables)) lend(variable)
  backend.tracing = true
  try {
    let traced: Trace | undefined
    engine.tidy(() => {
      const inputs = Object.entries(signatures).map(([name, { shape, dtype }]) => ({
        name,
        placeholder: placeholder(name, shape, dtype),
      }))
      const tensors = inputs.map((input) => [input.name, symbolic(backend, plainValue(input.placeholder))])
      const results = step(Object.fromEntries(tensors))
      const outputs = Object.entries(results).map(([name, tensor]) => ({
        name,
        value: whole(backend.recorded(tensor)),
      }))
      const variables = lent.map(({ variable, placeholder, stand }): TracedVariable => {
        const assigned = !variable.isDisposed && variable.dataId !== stand.dataId
        return { variable, placeholder, next: assigned ? whole(backend.recorded(variable)) : undefined }
      })
      traced = { inputs, variables, outputs }
    })
    return traced!
  } finally {
    backend.tracing = false
    // The own property hides the engine's method.
    delete (engine as Partial<typeof engine>).makeVariable
    for (const { variable, own, stand } of lent) {
      if (!variable.isDisposed) variable.assign(own)
      own.dispose()
      stand.dispose()
    }
  }
}

function symbolic(backend: RecordingBackend, recorded: Recorded): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backend.keep(recorded), backend)
}
