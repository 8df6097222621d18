// Trains as a trial does for three steps on an engine, on numbers that are the same for every engine.
import type {
  ResolvedArchitecture,
  ResolvedLabelLoss,
  ResolvedObjective,
  ResolvedOptimizer,
} from '@retort/schema/trial'
import { stream } from '../../orchestrator/src/data/random.ts'
import type { Engine, Values } from '../../orchestrator/src/engine/engine.ts'
import { fillMask } from '../../orchestrator/src/trial/batches.ts'
import { optimizerOf } from '../../orchestrator/src/trial/optimizers/optimizers.ts'
import { maskInput, scalarInputs, termWeightInput } from '../../orchestrator/src/trial/steps.ts'
import { openWorkbench } from '../../orchestrator/src/trial/workbench.ts'
import { buildModel } from '../../orchestrator/src/zoo/buildModel.ts'
import { dropoutMasks, maskSize } from '../../orchestrator/src/zoo/dropout.ts'
import { parameterCount } from '../../orchestrator/src/zoo/measure.ts'
import type { Outcome } from '../zoo/trained.ts'
import { adam, cnn, mlp, resnet, sgd, softTargets } from './fixture.ts'

const batchSize = 8
const inputShape: [number, number, number] = [12, 12, 2]
const classes = 5

function numbers(length: number, name: string, step: number): Float32Array {
  const next = stream(name, step)
  return Float32Array.from({ length }, () => (next() / 2 ** 32) * 4 - 2)
}

export interface Taught {
  architecture: ResolvedArchitecture
  optimizer: ResolvedOptimizer
  mixed?: boolean
  labelLoss?: ResolvedLabelLoss
  /** Soft targets, if left out. */
  objective?: ResolvedObjective[]
  /** Where objectives compare features. */
  teacher?: ResolvedArchitecture
  /** Of a teacher whose tokens are others. */
  teacherClasses?: number
}

/** Architectures, optimizers and samples of several kinds, by their names. */
export const cases: Record<string, Taught> = {
  'mlp, SGD': { architecture: mlp({ hidden: [20, 10], dropout: 0.3 }), optimizer: sgd({ weightDecay: 0.01 }) },
  'mlp of tanh, Adam': {
    architecture: mlp({ hidden: [20], activation: 'tanh' }),
    optimizer: adam({ epsilon: 1e-3 }),
  },
  'cnn with sigmoid, SGD': { architecture: cnn({ activation: 'sigmoid' }), optimizer: sgd({ momentum: 0 }) },
  'cnn with batch norm and elu, AdamW': {
    architecture: cnn({ batchNorm: true, activation: 'elu', dropout: 0.2 }),
    optimizer: { ...adam({ epsilon: 1e-3, weightDecay: 0.1 }), type: 'adamw' } as ResolvedOptimizer,
  },
  'cnn on blended samples, Adam': {
    architecture: cnn({ activation: 'tanh' }),
    optimizer: adam({ epsilon: 1e-3 }),
    mixed: true,
  },
  'resnet, SGD with Nesterov momentum': {
    architecture: resnet({ dropout: 0.1 }),
    optimizer: sgd({ nesterov: true, weightDecay: 0.01 }),
  },
}

/** Losses of three steps, the weights and slots after them, and the logits of a forward pass. */
export async function threeSteps(engine: Engine, taught: Taught): Promise<Outcome> {
  const { architecture, optimizer, mixed = false, labelLoss = { type: 'cross-entropy' } } = taught
  const { objective = softTargets, teacher = null, teacherClasses = null } = taught
  const workbench = await openWorkbench(engine, {
    architecture,
    optimizer,
    batchSize,
    labelLoss,
    objective,
    teacher,
    mixed,
    teacherClasses,
    data: { inputShape, vocabulary: null, padding: null, labelShape: [], classes },
  })
  await workbench.reset(3)
  if (teacher !== null) workbench.teach(teacherWeights(teacher))
  const losses: number[] = []
  for (const step of [1, 2, 3]) {
    const inputs: Record<string, Values> = {
      images: numbers(batchSize * 288, 'images', step),
      labels: Int32Array.from({ length: batchSize }, (_, index) => (index * step) % classes),
      teacherLogits: numbers(batchSize * (teacherClasses ?? classes), 'teacher', step),
    }
    if (teacherClasses !== null) inputs.aligned = Float32Array.from({ length: batchSize }, (_, at) => at % 2)
    if (mixed) {
      inputs.partnerLabels = Int32Array.from({ length: batchSize }, (_, index) => (index + step) % classes)
      inputs.shares = numbers(batchSize, 'shares', step).map((value) => (value + 2) / 4)
    }
    const scalars = {
      temperature: 3,
      hardWeight: 0.4,
      softWeight: 0.6,
      ...scalarInputs(optimizerOf(optimizer).scalars(optimizer, optimizer.learningRate, step)),
    }
    for (const term of objective.keys()) inputs[termWeightInput(term)] = Float32Array.of(1)
    for (const [name, value] of Object.entries(scalars)) inputs[name] = Float32Array.of(value)
    for (const mask of dropoutMasks(workbench.model)) {
      const values = new Float32Array(batchSize * maskSize(mask))
      fillMask(values, mask, 3, step)
      inputs[maskInput(mask.name)] = values
    }
    await workbench.train.run(inputs)
    const { loss, hard, soft } = await workbench.train.losses()
    losses.push(loss, hard, soft)
  }
  const variables = await workbench.values()
  const images = numbers(workbench.predictBatch * 288, 'test', 0)
  const logits = Float32Array.from((await workbench.predict.run({ images })).logits!)
  workbench.dispose()
  return { losses: Float32Array.from(losses), variables, logits }
}

/** Of any model, as a trial's artifact has them. */
function teacherWeights(architecture: ResolvedArchitecture): Uint8Array {
  const model = buildModel(architecture, inputShape, classes, 1)
  const values = numbers(parameterCount(model), 'weights', 0).map((value) => value / 4)
  model.dispose()
  return new Uint8Array(values.buffer)
}
