// Retort's side of the throughput bench, in a process of its own as a trial is: it speaks as peers/throughput.py does,
// and says in its greeting what compiling the step took and what a sample's forward pass multiplies.
import { createInterface } from 'node:readline'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs, trainingProgram } from '@retort/orchestrator/trial/steps'
import { trainedWeights } from '@retort/orchestrator/trial/workbench'
import { multiplyAccumulates } from '@retort/orchestrator/zoo/measure'
import * as tf from '@tensorflow/tfjs-core'
import { benchModels, classes } from './models/models.ts'
import { zooModels } from './models/zooModels.ts'
import { peakMemory } from './peakMemory.ts'

const optimizer = { type: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const

const [name, batchText, table] = process.argv.slice(2)
const batch = Number(batchText)
const { build, inputShape, vocabulary } = (table === 'zoo' ? zooModels : benchModels)[name!]!
const engine = await openOnnxEngine({ device: 'cpu', threads: Number(process.env.OMP_NUM_THREADS) })
const model = build()
const { update, scalars } = optimizerOf(optimizer)
const numbers = scalars(optimizer, 1e-3, 1)
const start = performance.now()
const program = trainingProgram({
  model,
  trained: trainedWeights(model, optimizer),
  labelLoss: { type: 'cross-entropy' },
  objective: [{ type: 'soft-targets', weight: 1, standardise: false }],
  online: null,
  update: (each) => update(each, optimizer),
  scalars: Object.keys(numbers),
  batchSize: batch,
  labelShape: [],
  classes,
})
const compiled = await engine.compile(program.step, program.inputs)
const compileMilliseconds = Math.round(performance.now() - start)

const draw = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * 1.7)
const size = batch * tf.util.sizeFromShape(inputShape)
const teaching = { temperature: 4, hardWeight: 0.1, softWeight: 0.9, termWeight_0: 1, ...scalarInputs(numbers) }
const inputs = {
  images:
    vocabulary === undefined ? draw(size) : Int32Array.from({ length: size }, (_, at) => (at * 7919) % vocabulary),
  labels: Int32Array.from({ length: batch }, (_, index) => index % classes),
  teacherLogits: draw(batch * classes),
  ...Object.fromEntries(Object.entries(teaching).map(([input, value]) => [input, Float32Array.of(value)])),
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
say({ version: engine.versions.onnxruntime, compileMilliseconds, multiplyAccumulates: multiplyAccumulates(model) })
for await (const line of createInterface(process.stdin)) {
  const { steps } = JSON.parse(line) as { steps: number }
  const [start, before] = [performance.now(), process.cpuUsage()]
  for (let done = 0; done < steps; done++) await compiled.run(inputs)
  const milliseconds = (performance.now() - start) / steps
  const { user, system } = process.cpuUsage(before)
  say({ milliseconds, processorMilliseconds: (user + system) / 1000 / steps, peak: peakMemory() })
}
