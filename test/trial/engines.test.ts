// The same steps on both engines: eagerly on TensorFlow.js's CPU backend, which stands for libtensorflow here, and
// compiled to ONNX.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { eagerEngine } from '../../orchestrator/src/engine/eager.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { difference } from '../zoo/trained.ts'
import { placement } from './fixture.ts'
import { cases, threeSteps } from './threeSteps.ts'

it.each(Object.entries(cases))('%s', async (_, taught) => {
  await tf.setBackend('cpu')
  const eager = await threeSteps(eagerEngine({ name: 'tensorflow', device: 'cpu', threads: 1, versions: {} }), taught)
  const engine = await openEngine(placement)
  const onnx = await threeSteps(engine, taught)
  await engine.close()
  expect(difference(eager.losses, onnx.losses, 1e-3)).toBeLessThan(1e-4)
  expect(difference(eager.logits, onnx.logits, 1e-3)).toBeLessThan(1e-4)
  for (const [index, values] of eager.variables.entries())
    expect(difference(values, onnx.variables[index]!, 1e-3)).toBeLessThan(1e-4)
})
