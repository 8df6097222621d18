// The `sweep` axes: what is refused, and which points they span.
import { axesOf, countVariants, variantsOf } from '@retort/orchestrator/spec/axes'
import { parseExperiment } from '@retort/orchestrator/spec/read'
import { describe, expect, it } from 'vitest'
import { complaints, experimentWith } from './complaints.ts'

/** The complaints without their line, which is always the sweep's, and column. */
function refusals(values: Record<string, unknown[]>, changes: Record<string, unknown> = {}): string[] {
  const sweep = Object.fromEntries(Object.entries(values).map(([path, list]) => [path, { values: list }]))
  return complaints(experimentWith({ ...changes, sweep })).map((complaint) => complaint.replace(/^\d+:\d+ {2}/, ''))
}

const cnn = { id: 'conv', architecture: { type: 'cnn', filters: [8, 16] } }
const mlp = { id: 'tiny', architecture: { type: 'mlp', hidden: [32] } }

describe('an axis', () => {
  it('stands where its name is, its values where they are', () => {
    const sweep = { 'training.epocs': { values: [1] }, 'training.epochs': { values: [1, 0] } }
    expect(complaints(experimentWith({ sweep }))).toEqual([
      '6:11  sweep["training.epocs"]: applies to no student; did you mean "training.epochs"?',
      '6:74  sweep["training.epochs"].values[1]: expected an integer from 1 to 100000, got 0',
    ])
  })

  it.each(['__proto__', 'constructor', 'prototype'])('may not lead through %s', (name) => {
    expect(refusals({ [`training.${name}.polluted`]: [1] })).toEqual([
      `sweep["training.${name}.polluted"]: the name "${name}" is refused, since it means something else to programs`,
    ])
  })

  it.each([
    ['temperature', 'temperatures'],
    ['distillation.weights.hard', 'lossWeights'],
    ['seed', 'seeds'],
    ['architecture.type', 'students'],
  ])('is not %s, which has a place of its own', (path, place) => {
    expect(refusals({ [path]: [1] })).toEqual([expect.stringMatching(`: list the values under "${place}"$`)])
  })

  it.each([
    ['optimizer.learningRate', '; did you mean "training.optimizer.learningRate"?'],
    ['warmupEpochs', '; did you mean "training.schedule.warmupEpochs"?'],
    ['training', ''],
    ['training..epochs', '; did you mean "training.epochs"?'],
    ['', ''],
  ])('has a path below training or architecture, unlike %j', (path, hint) => {
    expect(refusals({ [path]: [1] })).toEqual([
      expect.stringMatching(/expected a path that begins with "training\." or "architecture\.", or "objective", got /),
    ])
    expect(refusals({ [path]: [1] })[0]).toMatch(hint === '' ? /"$/ : hint)
  })

  it('applies to some student', () => {
    expect(refusals({ 'architecture.kernelSize': [3, 5] })).toEqual([
      'sweep["architecture.kernelSize"]: applies to no student; expected architecture.hidden, architecture.activation or architecture.dropout',
    ])
    expect(refusals({ 'training.optimizer.momentum': [0.5] })).toHaveLength(1)
    expect(refusals({ 'architecture.kernelSize': [3, 5] }, { students: [mlp, cnn] })).toEqual([])
    expect(refusals({ 'architecture.hidden.1': [3] })).toHaveLength(1)
    expect(refusals({ 'architecture.hidden.length': [3] })).toHaveLength(1)
    expect(refusals({ 'architecture.hidden.0': [3] })).toEqual([])
  })

  it('is judged by the students that are right, beside those that are wrong', () => {
    const wrong = { id: 'wrong', architecture: { type: 'mlp', hidden: [0] } }
    const only = (path: string) =>
      refusals({ [path]: [3] }, { students: [mlp, wrong] }).filter((one) => /sweep/.test(one))
    expect(only('training.epochs')).toEqual([])
    expect(only('training.epoch')).toHaveLength(1)
    // The wrong one might be meant to have it.
    expect(only('architecture.kernelSize')).toEqual([])
    expect(only('architecture.kernel')).toHaveLength(1)
  })

  it('has values that are valid where it leads', () => {
    expect(refusals({ 'training.optimizer.learningRate': [0.1, 0, 'high', null] })).toEqual([
      'sweep["training.optimizer.learningRate"].values[1]: expected a number above 0, got 0',
      'sweep["training.optimizer.learningRate"].values[2]: expected a number above 0, got "high"',
      'sweep["training.optimizer.learningRate"].values[3]: expected a number above 0, got null',
    ])
    expect(refusals({ 'training.schedule': [{ type: 'cosine', finalFraction: 2 }, { type: 'cosin' }] })).toEqual([
      'sweep["training.schedule"].values[0].finalFraction: expected a number from 0 to 1, got 2',
      'sweep["training.schedule"].values[1].type: expected "constant", "cosine" or "step", got "cosin"; did you mean "cosine"?',
    ])
    expect(refusals({ 'training.optimizer.type': ['sgd', 'adm'], 'training.optimizer.momentum': [0.5] })).toEqual([
      'sweep["training.optimizer.type"].values[1]: expected "sgd", "adam" or "adamw", got "adm"; did you mean "adam"?',
    ])
    expect(refusals({ 'training.optimizer.type': ['adm'] })).toHaveLength(1)
    expect(refusals({ 'architecture.hidden': [[8], [8, 0]] })).toEqual([
      'sweep["architecture.hidden"].values[1][1]: expected an integer from 1 to 65536, got 0',
    ])
  })

  it('exchanges types only for those that need nothing else', () => {
    const step = { type: 'step', milestones: [2] }
    expect(refusals({ 'training.schedule.type': ['constant', 'step'] }, { training: { schedule: step } })).toEqual([
      'sweep["training.schedule.type"].values[1]: expected "constant" or "cosine", got "step"',
    ])
    expect(refusals({ 'training.schedule.type': ['constant', 'cosine'] }, { training: { schedule: step } })).toEqual([])
    expect(refusals({ 'training.schedule': [step, { type: 'constant' }] })).toEqual([])
  })

  it('has values, and each once', () => {
    expect(refusals({ 'training.epochs': [] })).toEqual([
      'sweep["training.epochs"].values: expected at least 1 item, got []',
    ])
    expect(refusals({ 'training.epochs': [1, 2, 1] })).toEqual([
      'sweep["training.epochs"].values[2]: expected each item once, got 1 again after item 0',
    ])
    expect(refusals({ 'training.schedule': [{ type: 'cosine' }, { type: 'cosine', warmupEpochs: 0 }] })).toEqual([
      'sweep["training.schedule"].values[1]: expected each value once, got {"type":"cosine","warmupEpochs":0}, the same as item 0 once the defaults are filled in',
    ])
  })

  it('sets what no other axis sets', () => {
    const overlap = { 'training.optimizer.learningRate': [1], 'training.optimizer': [{ type: 'sgd' }] }
    expect(refusals(overlap)).toEqual([
      'sweep["training.optimizer"]: overlaps the axis "training.optimizer.learningRate": both set the same part',
    ])
    expect(refusals({ 'training.epochs': [1], 'training.epochsToo': [1] })).toEqual([
      'sweep["training.epochsToo"]: applies to no student; did you mean "training.epochs"?',
    ])
  })
})

describe('the grid of axes', () => {
  const spans = (sweep: Record<string, { values: unknown[] }>, student: object, training = {}) => {
    const { experiment } = parseExperiment(experimentWith({ students: [mlp, cnn], sweep, training }), 'x.json')
    const found = experiment.students.find(({ id }) => id === (student as { id: string }).id)!
    const variants = [...variantsOf(found, axesOf(experiment.sweep))]
    expect(countVariants(found, axesOf(experiment.sweep))).toBe(variants.length)
    return variants
  }

  it('is one point without axes', () => {
    expect(spans({}, mlp)).toMatchObject([{ axes: {}, architecture: { hidden: [32] }, training: { epochs: 3 } }])
  })

  it('is the product of the axes that apply', () => {
    const sweep = {
      'architecture.kernelSize': { values: [3, 5] },
      'training.epochs': { values: [1, 2, 4] },
    }
    expect(spans(sweep, mlp).map(({ axes }) => axes)).toEqual(
      [1, 2, 4].map((epochs) => ({ 'training.epochs': epochs })),
    )
    expect(spans(sweep, cnn).map(({ axes, architecture, training }) => [axes, architecture, training])).toEqual(
      [3, 5].flatMap((kernelSize) =>
        [1, 2, 4].map((epochs) => [
          { 'architecture.kernelSize': kernelSize, 'training.epochs': epochs },
          expect.objectContaining({ filters: [8, 16], kernelSize }),
          expect.objectContaining({ epochs, batchSize: 128 }),
        ]),
      ),
    )
  })

  it('sets one item of a list', () => {
    const variants = spans({ 'architecture.filters.1': { values: [4, 32] } }, cnn)
    expect(variants.map(({ architecture }) => architecture)).toMatchObject([{ filters: [8, 4] }, { filters: [8, 32] }])
  })

  it('fills the defaults of a value that is an object, and tells it as it is written', () => {
    const variants = spans({ 'training.optimizer': { values: [{ type: 'sgd' }] } }, mlp)
    expect(variants[0]?.axes).toEqual({ 'training.optimizer': { type: 'sgd' } })
    const sgd = { type: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 }
    expect(variants[0]?.training.optimizer).toEqual(sgd)
  })

  it('exchanges the optimizer with its type, and asks the settings of each type', () => {
    const variants = spans(
      {
        'training.optimizer.momentum': { values: [0, 0.5, 0.9] },
        'training.optimizer.type': { values: ['sgd', 'adam'] },
        'training.optimizer.beta1': { values: [0.8, 0.95] },
      },
      mlp,
      { optimizer: { type: 'adam', learningRate: 0.02 } },
    )
    const type = 'training.optimizer.type'
    expect(variants.map(({ axes }) => axes)).toEqual([
      { [type]: 'sgd', 'training.optimizer.momentum': 0 },
      { [type]: 'sgd', 'training.optimizer.momentum': 0.5 },
      { [type]: 'sgd', 'training.optimizer.momentum': 0.9 },
      { [type]: 'adam', 'training.optimizer.beta1': 0.8 },
      { [type]: 'adam', 'training.optimizer.beta1': 0.95 },
    ])
    // The file's own type keeps the file's settings; another begins with its own defaults.
    expect(variants.map(({ training }) => training.optimizer.learningRate)).toEqual([0.1, 0.1, 0.1, 0.02, 0.02])
  })
})
