// Layers and settings of Keras on the real libtensorflow against Keras itself, in values and gradients.
import * as tf from '@tensorflow/tfjs-core'
import { it } from 'vitest'
import { all, close, modelOf, samplesOf, stepOf } from '../zoo/topologies/kerasCases.ts'
import { realTests } from './realLibrary.ts'

realTests('Keras’s layers on libtensorflow', (engine) => {
  it.each(all)('$name', async (each) => {
    await tf.setBackend('tensorflow')
    const model = modelOf(each)
    const signature = { shape: [3, ...each.shape], dtype: each.tokens ? ('int32' as const) : ('float32' as const) }
    const step = await engine.compile(stepOf(model), { samples: signature })
    const { outputs, gradients } = await step.run({ samples: samplesOf(each) })
    close(outputs!, each.outputs)
    close(gradients!, each.gradients)
    step.dispose()
    model.dispose()
  })
})
