// Retort's side of benches on an engine and device: `trialOfRetort.ts ENGINE DEVICE TABLE MODEL BATCH`, the training step
// as trials take it. On WebGPU the samples lie on the GPU, and losses are read after every 16 steps, as PyTorch's are. Its
// greeting says how long its process has lived when the first step is done.
import { createInterface } from 'node:readline'
import type { Data } from '@retort/orchestrator/data/data'
import { openEngine } from '@retort/orchestrator/engine/open'
import { feedProcessor } from '@retort/orchestrator/trial/feed'
import { feedGpu } from '@retort/orchestrator/trial/feedGpu'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs, trainingProgram } from '@retort/orchestrator/trial/steps'
import { trainedWeights } from '@retort/orchestrator/trial/workbench'
import type { Placement } from '@retort/schema/messages'
import * as tf from '@tensorflow/tfjs-core'
import { benchModels, classes } from './models/models.ts'
import { zooModels } from './models/zooModels.ts'
import { peakMemory } from './peakMemory.ts'

const optimizer = { type: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const

const [engineName, device, table, name, batchText] = process.argv.slice(2)
const batchSize = Number(batchText)
const { build, inputShape, vocabulary = null } = (table === 'zoo' ? zooModels : benchModels)[name!]!
const engine = await openEngine({
  engine: engineName as Placement['engine'],
  device: device as Placement['device'],
  threads: Number(process.env.OMP_NUM_THREADS ?? 1),
})
const model = build()
const { update, scalars } = optimizerOf(optimizer)
const numbers = scalars(optimizer, 1e-3, 1)
const program = trainingProgram({
  model,
  trained: trainedWeights(model, optimizer, device === 'webgpu'),
  labelLoss: { type: 'cross-entropy' },
  objective: [{ type: 'soft-targets', weight: 1, standardise: false }],
  online: null,
  update: (each) => update(each, optimizer),
  scalars: Object.keys(numbers),
  batchSize,
  labelShape: [],
  classes,
})
const draw = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * 1.7)
const samples = 10 * batchSize
const all = Int32Array.from({ length: samples }, (_, index) => index)
const size = samples * tf.util.sizeFromShape(inputShape)
const train = {
  inputs: vocabulary === null ? draw(size) : Int32Array.from({ length: size }, (_, at) => (at * 7919) % vocabulary),
  labels: all.map((index) => index % classes),
  indices: all,
}
const data: Data = {
  train,
  validation: train,
  test: train,
  trainFileSamples: samples,
  inputShape,
  vocabulary,
  padding: null,
  tokenizer: null,
  labelShape: [],
  classes,
  classNames: null,
  columnNames: null,
  preprocessing: null,
  augmentation: null,
  notes: [],
  warnings: [],
  contents: '',
  hash: '',
}
const feed = device === 'webgpu' ? feedGpu(program, ['loss', 'hard', 'soft'], data) : feedProcessor(program)
const compiled = await engine.compile(feed.program.step, feed.program.inputs)
const { run, losses, readEvery } = feed.lossStep(compiled.run, (variable) => variable.data<'float32'>())
const fill = feed.filler({ data, batchSize, seed: 1, masks: [], teacherLogits: draw(samples * classes) })
const scalarsOfStep = Object.fromEntries(
  Object.entries({ temperature: 4, hardWeight: 0.1, softWeight: 0.9, termWeight_0: 1, ...scalarInputs(numbers) }).map(
    ([input, value]) => [input, Float32Array.of(value)],
  ),
)

async function take(steps: number): Promise<void> {
  for (let done = 1; done <= steps; done++) {
    const first = (done % 10) * batchSize
    await run({ ...fill(all.subarray(first, first + batchSize), done, 0), ...scalarsOfStep })
    if (done % readEvery === 0 || done === steps) await losses()
  }
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
const version = engine.versions.libtensorflow ?? engine.versions.onnxruntime
await take(1)
say({ version, device: engine.device, setUpMilliseconds: Math.round(performance.now()) })
for await (const line of createInterface(process.stdin)) {
  const { steps } = JSON.parse(line) as { steps: number }
  const [start, before] = [performance.now(), process.cpuUsage()]
  await take(steps)
  const milliseconds = (performance.now() - start) / steps
  const { user, system } = process.cpuUsage(before)
  say({ milliseconds, processorMilliseconds: (user + system) / 1000 / steps, peak: peakMemory() })
}
