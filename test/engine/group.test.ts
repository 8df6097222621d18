// A group's members get what each gets alone: every kernel, with inputs and variables of their own.
import type { Engine, Group, Step, Values } from '@retort/orchestrator/engine/engine'
import * as tf from '@tensorflow/tfjs-core'
import { layers, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { binaryCases } from './cases/binary.ts'
import { convolutionCases } from './cases/convolution.ts'
import { elementwiseCases } from './cases/elementwise.ts'
import { matmulCases } from './cases/matmul.ts'
import { reductionCases } from './cases/reductions.ts'
import { shapeCases } from './cases/shapes.ts'
import { engine, expectClose, floats, type Given, onEngine, signatures, stepOf } from './compare.ts'

const members = 3

let opened: Engine
beforeAll(async () => {
  opened = await engine()
  await tf.setBackend('retort')
})

const openGroup = (): Group => opened.openGroup!(members)

/** Other values for each member, of the same kind: the same ones in another order, of whole numbers whole rows. */
function turned({ shape, values }: Given, member: number): Given {
  const by = values instanceof Int32Array ? values.length / (shape[0] ?? 1) : 5
  return { shape, values: values.map((_, i) => values[(i + member * by) % values.length]!) as Values }
}

function joined(parts: Values[]): Values {
  const whole =
    parts[0] instanceof Float32Array
      ? new Float32Array(parts.length * parts[0].length)
      : new Int32Array(parts.length * parts[0]!.length)
  for (const [i, part] of parts.entries()) whole.set(part, i * part.length)
  return whole
}

const part = (values: Values, member: number) =>
  values.slice((member * values.length) / members, ((member + 1) * values.length) / members)

async function compareMembers(step: Step, inputs: Record<string, Given>, shared: string[], tolerance: number) {
  const names = Object.keys(inputs)
  const given = Array.from({ length: members }, (_, member) =>
    Object.fromEntries(
      names.map((name) => [name, shared.includes(name) ? inputs[name]! : turned(inputs[name]!, member)]),
    ),
  )
  const compiled = await openGroup().compile(step, signatures(inputs), shared)
  const fed = names.map((name) => [
    name,
    shared.includes(name) ? inputs[name]!.values : joined(given.map((each) => each[name]!.values)),
  ])
  const outputs = await compiled.run(Object.fromEntries(fed))
  for (const [member, each] of given.entries()) {
    const alone = await onEngine(step, each)
    for (const [name, values] of Object.entries(alone)) {
      expectClose(part(outputs[name]!, member), values, tolerance, `${name} of member ${member}`)
    }
  }
  compiled.dispose()
}

const cases = [
  ...elementwiseCases,
  ...binaryCases,
  ...reductionCases,
  ...matmulCases,
  ...shapeCases,
  ...convolutionCases,
]

describe('a kernel gives each member what it gives alone', () => {
  for (const one of cases) {
    const names = Object.keys(one.inputs)
    it(`${one.kernel} ${one.name ?? ''}`, async () => {
      const step = stepOf(one)
      await compareMembers(step, one.inputs, [], 1e-5)
      // All ways of sharing some of the inputs.
      if (names.length > 1) for (const name of names) await compareMembers(step, one.inputs, [name], 1e-5)
    })
  }
})

/** Steps of gradient descent; the images' labels are what is wanted. */
function descent(net: ReturnType<typeof sequential>, rate = 0.1): Step {
  const trainable = net.trainableWeights.map((w) => w.read() as tf.Variable)
  return ({ x, wanted }) => {
    const loss = () => tf.mean(tf.square(tf.sub(net.apply(x!, { training: true }) as tf.Tensor, wanted!))) as tf.Scalar
    const { value, grads } = tf.variableGrads(loss, trainable)
    for (const w of trainable) w.assign(tf.sub(w, tf.mul(grads[w.name]!, rate)))
    return { loss: value }
  }
}

const nets: Record<string, () => ReturnType<typeof sequential>> = {
  'a perceptron': () =>
    sequential({
      layers: [
        layers.flatten({ inputShape: [6, 6, 2] }),
        layers.dense({ units: 5, activation: 'relu' }),
        layers.dense({ units: 3 }),
      ],
    }),
  'convolutions, batch norm and pooling': () =>
    sequential({
      layers: [
        layers.conv2d({ inputShape: [6, 6, 2], filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
        layers.batchNormalization(),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 3 }),
      ],
    }),
  'a depthwise and a transposed convolution': () =>
    sequential({
      layers: [
        layers.depthwiseConv2d({ inputShape: [6, 6, 2], kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
        layers.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2 }),
        layers.averagePooling2d({ poolSize: 3, strides: 2 }),
        layers.flatten(),
        layers.dense({ units: 3 }),
      ],
    }),
  'a recurrent layer': () =>
    sequential({
      layers: [
        layers.reshape({ inputShape: [6, 6, 2], targetShape: [6, 12] }),
        layers.layerNormalization(),
        layers.lstm({ units: 4, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    }),
}

describe('members train apart', () => {
  for (const [name, make] of Object.entries(nets)) {
    it(`${name}: losses and weights after three steps are those of each alone`, async () => {
      const net = make()
      const step = descent(net)
      const inputs = { x: floats([4, 6, 6, 2]), wanted: floats([4, 3], { seed: 9 }) }
      const group = openGroup()
      const together = await group.compile(step, signatures(inputs), ['wanted'])
      const alone = await opened.compile(step, signatures(inputs))
      const weights = net.weights.map((w) => w.read() as tf.Variable)
      const initial = (member: number) =>
        weights.map((w, i) => {
          const { values } = floats(w.shape, { low: -0.5, high: 0.5, seed: 10 * member + i + 1 })
          return (w.name.includes('variance') ? values.map(Math.abs) : values) as Float32Array
        })
      const all = Array.from({ length: members }, (_, member) => member)
      for (const member of all) {
        for (const [i, values] of initial(member).entries()) await group.write(weights[i]!, member, values)
      }
      const x = all.map((member) => turned(inputs.x, member).values)
      const losses: Values[] = []
      for (let i = 0; i < 3; i++) {
        losses.push((await together.run({ x: joined(x), wanted: inputs.wanted.values })).loss!.slice())
      }
      for (const member of all) {
        for (const [i, values] of initial(member).entries()) weights[i]!.assign(tf.tensor(values, weights[i]!.shape))
        for (let i = 0; i < 3; i++) {
          const { loss } = await alone.run({ x: x[member]!, wanted: inputs.wanted.values })
          expectClose([losses[i]![member]!], loss!, 1e-4, `loss ${i} of member ${member}`)
        }
        for (const w of weights)
          expectClose(await group.read(w, member), await w.data(), 1e-4, `${w.name} of ${member}`)
      }
      together.dispose()
      alone.dispose()
      tf.disposeVariables()
    })
  }

  it('and those that hold keep their values', async () => {
    const w = tf.variable(tf.zeros([2]))
    const group = openGroup()
    const step = await group.compile(
      ({ x }) => {
        w.assign(tf.add(w, x!))
        return { sum: tf.sum(w) }
      },
      { x: { shape: [2], dtype: 'float32' } },
      [],
    )
    const x = Float32Array.of(1, 2, 3, 4, 5, 6)
    await step.run({ x })
    await step.run({ x }, [1])
    await step.run({ x }, [0, 2])
    expect((await Promise.all([0, 1, 2].map((member) => group.read(w, member)))).map((each) => [...each])).toEqual([
      [2, 4],
      [6, 8],
      [10, 12],
    ])
    step.dispose()
    w.dispose()
  })

  it('an input of the wrong length is refused', async () => {
    const step = await openGroup().compile(({ x }) => ({ y: tf.neg(x!) }), { x: { shape: [2], dtype: 'float32' } }, [])
    await expect(step.run({ x: new Float32Array(2) })).rejects.toThrow(
      "Input 'x': expected Float32Array of 6 elements (float32[3,2]), got Float32Array of 2 elements",
    )
    step.dispose()
  })
})
