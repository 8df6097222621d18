// Every architecture of the zoo, every objective, label loss and optimizer for several steps on the real libtensorflow
// and on onnx: what they train is the same.
import { definition, fill, follow, type Schema, tagsOf } from '@retort/orchestrator/spec/schema'
import type { ResolvedLabelLoss, ResolvedObjective } from '@retort/schema/trial'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../../orchestrator/src/engine/engine.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { BACKEND } from '../../orchestrator/src/engine/record/backendName.ts'
import { cnn, placement, sgd, softTargets } from '../trial/fixture.ts'
import { cases, type Taught, threeSteps } from '../trial/threeSteps.ts'
import { resolved } from '../zoo/architectures.ts'
import { cases as architectures } from '../zoo/cases.ts'
import { difference, type Outcome, type Start, trained } from '../zoo/trained.ts'
import { realTests } from './realLibrary.ts'

const pair = (layer: string, of = layer) => [{ student: layer, teacher: of }]
/** What has no default, where the settings' examples do not fit these models. */
const needed: Partial<Record<ResolvedObjective['type'], object>> = {
  'top-k': { k: 3 },
  hints: { layers: pair('conv2_tanh') },
  'attention-transfer': { layers: pair('conv1_tanh', 'conv2_tanh'), resize: 'map' },
  'similarity-preserving': { layers: pair('conv2_pool') },
  'rkd-distance': { layers: pair('dense1_tanh') },
}
/** The first example of each setting that must be given, and the last layers. */
function examples(branch: Schema): object {
  const settings = (branch.required ?? []).map((name) => [name, follow(branch.properties![name]!).examples![0]])
  return { ...Object.fromEntries(settings), ...('layers' in branch.properties! && { layers: pair('logits') }) }
}
const filled = <T>(name: string, value: object) => fill(definition(name), value) as T
const objectives = definition('Objective')
  .oneOf!.map(follow)
  .map((branch) => {
    const settings = examples(branch) as { type: ResolvedObjective['type'] }
    return filled<ResolvedObjective>('Objective', { ...settings, ...needed[settings.type] })
  })
const labelLosses = tagsOf(definition('LabelLoss')).map((type) => filled<ResolvedLabelLoss>('LabelLoss', { type }))

const teacher = cnn({ filters: [6, 8], activation: 'tanh' })
const student = { architecture: cnn({ activation: 'tanh' }), optimizer: sgd() }
const taught: Record<string, Taught> = {
  ...cases,
  ...Object.fromEntries(
    objectives.map((objective) => [
      objective.type,
      { ...student, objective: [objective], ...('layers' in objective && { teacher }) },
    ]),
  ),
  'several objectives': {
    ...student,
    objective: [...softTargets, ...objectives.filter((each) => 'layers' in each)],
    teacher,
  },
  'uld of a teacher of other tokens': {
    ...student,
    objective: objectives.filter(({ type }) => type === 'uld'),
    teacherClasses: 7,
  },
  ...Object.fromEntries(labelLosses.map((labelLoss) => [labelLoss.type, { ...student, labelLoss }])),
}

realTests('training on libtensorflow and on onnx', (tensorflow) => {
  let onnx: Engine

  beforeAll(async () => {
    onnx = await openEngine(placement)
  })
  afterAll(() => onnx.close())

  async function onBoth(what: (engine: Engine) => Promise<Outcome>): Promise<[Outcome, Outcome]> {
    await tf.setBackend('tensorflow')
    const one = await what(tensorflow)
    await tf.setBackend(BACKEND)
    const other = await what(onnx)
    expect(other.variables.length).toBe(one.variables.length)
    return [one, other]
  }

  // Each step from where onnx was: what rounding leaves may grow a thousandfold in the next step of a deep network, on
  // one engine by itself, too. And of three differences the second largest: where relu's input is 0 but for rounding,
  // it may be above on one engine and below on the other, which changes gradients by some percent.
  it.each(architectures)('$name', async ({ architecture, sample }) => {
    const found: number[][] = []
    let start: Start | null = null
    for (const steps of [1, 2, 3]) {
      const [one, other] = await onBoth((engine) => trained(engine, resolved(architecture), sample, steps, start))
      expect(difference(one.losses, other.losses)).toBeLessThan(1e-4)
      found.push(
        [one.logits, ...one.variables].map((values, at) => difference(values, [other.logits, ...other.variables][at]!)),
      )
      start = { steps, variables: other.variables }
    }
    for (const at of found[0]!.keys())
      expect(found.map((step) => step[at]!).sort((a, b) => a - b)[1]).toBeLessThan(5e-4)
  })

  it('those are all architectures', () => {
    const all = tagsOf(definition('Architecture')).filter((type) => type !== 'keras')
    expect(new Set(architectures.map(({ architecture }) => architecture.type))).toEqual(new Set(all))
  })

  it.each(Object.entries(taught))('%s', async (_, each) => {
    const [one, other] = await onBoth((engine) => threeSteps(engine, each))
    expect(difference(one.losses, other.losses, 1e-3)).toBeLessThan(1e-4)
    expect(difference(one.logits, other.logits, 1e-3)).toBeLessThan(1e-4)
    for (const [index, values] of one.variables.entries())
      expect(difference(values, other.variables[index]!, 1e-3)).toBeLessThan(1e-4)
  })

  it('those are all optimizers', () => {
    const all = tagsOf(definition('Optimizer'))
    expect(new Set(Object.values(taught).map(({ optimizer }) => optimizer.type))).toEqual(new Set(all))
  })
})
