// Registers the backend: a recording kernel for each rule, and for each kernel without one an error that names it.
import * as tf from '@tensorflow/tfjs-core'
// Only this package's entry registers TensorFlow.js's gradients in Node; the core's does not.
import '@tensorflow/tfjs-layers'
import { constant, newData, size } from '../graph/value.ts'
import { RULES } from '../rules/rules.ts'
import { RecordingBackend } from './backend.ts'
import { BACKEND } from './backendName.ts'
import { registerEinsumGradient } from './einsumGradient.ts'
import { registerExtremeGradients } from './extremeGradients.ts'
import type { Target } from './kernelTypes.ts'
import { plainValue, type Recorded } from './recorded.ts'
import { registerTileGradient } from './tileGradient.ts'

/** Every kernel that TensorFlow.js knows by name: its core exports a constant for each. */
export function kernelNames(): string[] {
  const names = Object.entries(tf).filter(([key, value]) => value === key && /^_?[A-Z]/.test(key))
  return names.map(([key]) => key).sort()
}

/** Which kernels have a rule, and which do not. */
export function kernelSupport(): { kernel: string; rule: boolean }[] {
  return kernelNames().map((kernel) => ({ kernel, rule: Object.hasOwn(RULES, kernel) || kernel === 'Identity' }))
}

let registered: RecordingBackend | undefined

/** Makes the recording backend TensorFlow.js's active one; there is one in a process. */
export async function activate(): Promise<RecordingBackend> {
  if (!registered) {
    const backend = new RecordingBackend()
    registered = backend
    tf.registerBackend(BACKEND, () => backend)
    registerEinsumGradient()
    registerTileGradient(BACKEND)
    registerExtremeGradients()
    for (const name of kernelNames())
      tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc: kernel(name) })
  }
  await tf.setBackend(BACKEND)
  return registered
}

/** A tensor without elements needs no computing, and not all operators would take one. */
function emptied(tensor: Recorded): Recorded {
  if (size(tensor.shape) > 0) return tensor
  return plainValue(constant(newData(tensor.dtype, 0), tensor.shape, tensor.dtype))
}

type Call = (inputs: unknown, attributes: unknown, target: Target) => Recorded | Recorded[]

function kernel(name: string): tf.KernelFunc {
  if (name === 'Identity') {
    return ({ inputs, backend }) => {
      const x = inputs.x!
      ;(backend as RecordingBackend).incRef(x.dataId)
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
    }
  }
  const rule = Object.hasOwn(RULES, name) ? (RULES[name] as Call) : undefined
  if (!rule) {
    const drawn = name === 'Multinomial' ? ' Random numbers must be an input of the step.' : ''
    return () => {
      throw new Error(
        `The onnx engine has no rule for TensorFlow.js's kernel '${name}'.${drawn} ` +
          '`retort doctor --kernels` prints which kernels have one.',
      )
    }
  }
  return ({ inputs, attrs, backend }) => {
    const recorder = backend as RecordingBackend
    const entries = Object.entries(inputs).map(([key, info]) => [key, info ? recorder.recorded(info) : undefined])
    const named = Array.isArray(inputs) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
    let result: Recorded | Recorded[]
    try {
      result = rule(named, attrs ?? {}, recorder.target)
    } catch (error) {
      const shapes = Object.entries(inputs).map(
        ([key, info]) => `${key} ${info ? `${info.dtype}[${info.shape}]` : '-'}`,
      )
      throw new Error(`Kernel '${name}' (${shapes.join(', ')}) cannot be recorded: ${(error as Error).message}`, {
        cause: error,
      })
    }
    return Array.isArray(result) ? result.map((r) => recorder.keep(emptied(r))) : recorder.keep(emptied(result))
  }
}
