// What a step's graph costs: nothing for the objectives that it does not have.
import { printGraph } from '@retort/orchestrator/engine/graph/print'
import type { RecordingBackend } from '@retort/orchestrator/engine/record/backend'
import { BACKEND } from '@retort/orchestrator/engine/record/backendName'
import { trace } from '@retort/orchestrator/engine/record/trace'
import { plan } from '@retort/orchestrator/engine/session/compile'
import type { ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine, Step } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { logProbabilities } from '../../orchestrator/src/objectives/softened.ts'
import { trainingProgram } from '../../orchestrator/src/trial/steps.ts'
import { draw, trainedWeights } from '../../orchestrator/src/trial/workbench.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { cnn, placement, sgd, softTargets } from './fixture.ts'

let engine: Engine
beforeAll(async () => {
  engine = await openEngine(placement)
})
afterAll(() => engine.close())

const data = { inputShape: [28, 28, 1], vocabulary: null, padding: null, labelShape: [], classes: 10 }
const optimizer = sgd({ momentum: 0 })
const labelLoss = { type: 'cross-entropy' } as const
const backend = () => tf.findBackend(BACKEND) as RecordingBackend
const graphOf = (step: Step, inputs: Parameters<typeof trace>[2]) => plan(trace(backend(), step, inputs)).graph

function drawn(objective: ResolvedObjective[], teacher = cnn({ filters: [6, 12], dense: [] })) {
  const drawing = draw(
    { architecture: cnn(), optimizer, batchSize: 8, labelLoss, objective, teacher, data },
    { device: 'cpu' },
  )
  const graph = graphOf(drawing.training.step, drawing.training.inputs)
  drawing.dispose()
  return { graph, text: printGraph(graph) }
}

it('soft targets are the graph that their formula alone is', () => {
  const model = buildModel(cnn(), data.inputShape, data.classes, 0)
  const trained = trainedWeights(model, optimizer)
  const { inputs } = trainingProgram({
    model,
    trained,
    labelLoss,
    objective: softTargets,
    online: null,
    update: ({ weight }) => weight,
    scalars: ['learningRate', 'weightDecay'],
    batchSize: 8,
    labelShape: [],
    classes: 10,
  })
  const step: Step = (given) => {
    const parts: Record<string, tf.Tensor> = {}
    const { value, grads } = tf.variableGrads(
      () => {
        const logits = model.apply(given.images!, { training: true, masks: {} }) as tf.Tensor2D
        const oneHot = tf.cast(tf.oneHot(given.labels as tf.Tensor1D, 10), 'float32')
        const hard = tf.neg(tf.mean(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)), 1))) as tf.Scalar
        const temperature = given.temperature as tf.Scalar
        const teacher = logProbabilities(given.teacherLogits as tf.Tensor2D, temperature)
        const student = logProbabilities(logits, temperature)
        const divergence = tf.mean(tf.sum(tf.mul(tf.exp(teacher), tf.sub(teacher, student)), 1))
        const tempered = tf.mul(tf.mul(given.temperature!, given.temperature!), divergence)
        const soft = tf.mul(given.termWeight_0!, tempered) as tf.Scalar
        parts.hard = tf.keep(hard)
        parts.soft = tf.keep(soft)
        return tf.add(tf.mul(given.hardWeight!, hard), tf.mul(given.softWeight!, soft))
      },
      trained.flatMap(({ weights }) => weights),
    )
    for (const weight of trained.flatMap(({ weights }) => weights)) {
      weight.assign(tf.sub(weight, tf.mul(given.optimizer_learningRate!, grads[weight.name]!)))
    }
    return { loss: value, ...parts }
  }
  const operators = (text: string) => text.match(/= \w+\(/g)!.sort()
  const byHand = printGraph(graphOf(step, inputs))
  model.dispose()
  const without = drawn(softTargets).text
  expect(operators(without)).toEqual(operators(byHand))
})

it('a teacher is computed no further than to the layer that is asked for', () => {
  const pair = (teacher: string) => [{ student: 'conv1', teacher }] as [{ student: string; teacher: string }]
  const objective = (teacher: string): ResolvedObjective[] => [
    { type: 'similarity-preserving', weight: 1, layers: pair(teacher) },
  ]
  const reads = (text: string) => new Set(text.match(/float32\[[^\]]*\]/g))
  // The teacher's second convolution has 12 channels.
  expect(drawn(objective('conv1')).text).not.toMatch(/float32\[(3,3,6,12|12,6,3,3)\]/)
  expect([...reads(drawn(objective('conv2')).text)].join()).toMatch(/float32\[(3,3,6,12|12,6,3,3)\]/)
  // Nor are the teacher's weights written.
  const { graph } = drawn(objective('conv2'))
  const written = graph.outputs.filter(({ name }) => name.startsWith('next'))
  expect(written).toHaveLength(buildModel(cnn(), data.inputShape, data.classes, 0).weights.length)
})
