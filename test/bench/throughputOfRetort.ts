// Retort's side of the throughput bench, in a process of its own as a trial is: it speaks as peers/throughput.py does.
import { createInterface } from 'node:readline'
import { openOnnxEngine } from '@retort/orchestrator/engine/onnx'
import { optimizerOf } from '@retort/orchestrator/trial/optimizers/optimizers'
import { scalarInputs } from '@retort/orchestrator/trial/steps'
import { openWorkbench } from '@retort/orchestrator/trial/workbench'
import type { ResolvedArchitecture } from '@retort/schema/trial'
import type { Question } from './throughput.ts'

const models: Record<string, ResolvedArchitecture> = {
  mlp: { type: 'mlp', hidden: [800, 800], activation: 'relu', dropout: 0 },
  cnn: {
    type: 'cnn',
    filters: [32, 64],
    kernelSize: 3,
    dense: [128],
    batchNorm: false,
    activation: 'relu',
    dropout: 0,
  },
  'resnet-8': { type: 'resnet', depth: 8, width: 16, dropout: 0 },
}
const optimizer = { type: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const
const data = { inputShape: [28, 28, 1] as [number, number, number], classes: 10 }

type Step = () => Promise<unknown>

async function prepare(name: string, batch: number): Promise<Step> {
  const architecture = models[name]!
  const request = { architecture, optimizer, batchSize: batch, objective: 'soft-targets', data } as const
  const workbench = await openWorkbench(engine, request)
  workbench.reset(1)
  const draw = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898) * 1.7)
  const scalars = {
    temperature: 4,
    hardWeight: 0.1,
    softWeight: 0.9,
    ...scalarInputs(optimizerOf(optimizer).scalars(optimizer, 1e-3, 1)),
  }
  const inputs = {
    images: draw(batch * 28 * 28),
    labels: Int32Array.from({ length: batch }, (_, index) => index % 10),
    teacherLogits: draw(batch * 10),
    ...Object.fromEntries(Object.entries(scalars).map(([input, value]) => [input, Float32Array.of(value)])),
  }
  return () => workbench.train.run(inputs)
}

const engine = await openOnnxEngine({ device: 'cpu', threads: Number(process.env.OMP_NUM_THREADS) })
const prepared = new Map<string, Step>()
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
say({ version: engine.versions.onnxruntime })
for await (const line of createInterface(process.stdin)) {
  const { model, batch, steps } = JSON.parse(line) as Question
  const key = `${model}, ${batch}`
  if (!prepared.has(key)) prepared.set(key, await prepare(model, batch))
  const step = prepared.get(key)!
  const start = performance.now()
  for (let done = 0; done < steps; done++) await step()
  say({ milliseconds: (performance.now() - start) / steps })
}
