// Retort's side of the GPU bench: `gpuOfRetort.ts MODEL BATCH`, the training step on WebGPU. Losses are added up there
// and read after every 16 steps, as PyTorch's are.
import { createInterface } from 'node:readline'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { addingUp, addUp } from '@retort/orchestrator/trial/losses'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs, trainingProgram } from '@retort/orchestrator/trial/steps'
import { trainedWeights } from '@retort/orchestrator/trial/workbench'
import * as tf from '@tensorflow/tfjs-core'
import { benchModels, classes } from './models/models.ts'

const optimizer = { type: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const

const [name, batchText] = process.argv.slice(2)
const batchSize = Number(batchText)
const { build, inputShape } = benchModels[name!]!
const engine = await openOnnxEngine({ device: 'webgpu', threads: 1 })
const model = build()
const { update, scalars } = optimizerOf(optimizer)
const numbers = scalars(optimizer, 1e-3, 1)
const program = trainingProgram({
  model,
  trained: trainedWeights(model, optimizer, true),
  labelLoss: { type: 'cross-entropy' },
  objective: [{ type: 'soft-targets', weight: 1, standardise: false }],
  online: null,
  update: (each) => update(each, optimizer),
  scalars: Object.keys(numbers),
  batchSize,
  labelShape: [],
  classes,
})
const { step, inputs, sums } = addUp(program, ['loss', 'hard', 'soft'])
const compiled = await engine.compile(step, inputs)
const train = addingUp(compiled.run, () => sums.data<'float32'>())

const draw = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * 1.7)
const given = {
  images: draw(batchSize * tf.util.sizeFromShape(inputShape)),
  labels: Int32Array.from({ length: batchSize }, (_, index) => index % classes),
  teacherLogits: draw(batchSize * classes),
  ...Object.fromEntries(
    Object.entries({ temperature: 4, hardWeight: 0.1, softWeight: 0.9, ...scalarInputs(numbers) }).map(
      ([input, value]) => [input, Float32Array.of(value)],
    ),
  ),
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
say({ version: engine.versions.onnxruntime, device: engine.device })
for await (const line of createInterface(process.stdin)) {
  const { steps } = JSON.parse(line) as { steps: number }
  const start = performance.now()
  for (let done = 1; done <= steps; done++) {
    await train.run(given)
    if (done % train.readEvery === 0 || done === steps) await train.losses()
  }
  say({ milliseconds: (performance.now() - start) / steps })
}
