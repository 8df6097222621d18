// The worker module in processes of its own, as the pool runs it.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { TrialEvent, TrialResult } from '@retort/schema/messages'
import type { InspectResult, ProbeResult } from '@retort/schema/questions'
import { expect, it } from 'vitest'
import { architectureOf, layer, sequential } from '../zoo/topologies/build.ts'
import { adam, cnn, config, digits, expectDone, hashOf, mlp, request, resnet, temporaryFolder } from './fixture.ts'

const folder = temporaryFolder()

interface Asked {
  onEvent?: (event: TrialEvent) => void
  dieAfterEpoch?: boolean
}

/** @param requests answered in one process, whose last answer counts */
function ask<T>(requests: object | object[], { onEvent, dieAfterEpoch }: Asked = {}): Promise<T | 'killed'> {
  return new Promise((resolve, reject) => {
    const execArgv = ['--conditions=source', '--import', 'tsx']
    const args = dieAfterEpoch ? ['--die-after-epoch'] : []
    const child = fork(join(import.meta.dirname, 'workerProcess.ts'), args, { execArgv, serialization: 'advanced' })
    child.on('message', (told: { answered: T } | TrialEvent) => {
      if ('answered' in told) resolve(told.answered)
      else onEvent?.(told)
    })
    child.on('error', reject)
    child.on('exit', (_, signal) =>
      signal === 'SIGKILL' ? resolve('killed') : reject(new Error('the worker ended without an answer')),
    )
    child.send([requests].flat())
  })
}

it('probes: says of every engine and device whether it works, and else why not', async () => {
  const { engines } = (await ask<ProbeResult>({ task: 'probe' })) as ProbeResult
  expect(engines.map(({ engine, device }) => `${engine} ${device}`)).toEqual([
    'tensorflow cuda',
    'onnx cuda',
    'onnx cpu',
    'onnx webgpu',
    'tensorflow cpu',
  ])
  expect(engines.find(({ engine, device }) => engine === 'onnx' && device === 'cpu')).toMatchObject({ works: true })
  for (const { works, detail } of engines) if (!works) expect(detail).not.toBe('')
})

it('inspects: sizes of models as their trials tell them, and what cannot be built', async () => {
  const architectures = [mlp(), cnn({ batchNorm: true }), resnet(), cnn({ kernelSize: 31 })]
  const inspected = (await ask<InspectResult>({ task: 'inspect', dataset: digits(), architectures })) as InspectResult
  if ('problem' in inspected.dataset) throw new Error(inspected.dataset.problem)
  const { trainSamplesByClass, ...dataset } = inspected.dataset
  expect(trainSamplesByClass?.reduce((sum, samples) => sum + samples)).toBe(640)
  expect(dataset).toEqual({
    inputShape: [28, 28, 1],
    vocabulary: null,
    padding: null,
    labelShape: [],
    contents: expect.stringMatching(/^[0-9a-f]{64}$/),
    classes: 10,
    trainSamples: 640,
    validationSamples: 200,
    testSamples: 300,
    retokenized: null,
    warnings: [],
  })
  expect(inspected.models[0]).toMatchObject({ parameters: 784 * 32 + 32 + 330, multiplyAccumulates: 784 * 32 + 320 })
  expect(inspected.models[3]).toEqual({
    problem: 'expected a kernel of at most 28 pixels for images of 28 x 28, got 31',
    path: ['kernelSize'],
  })
  const given = config({ architecture: cnn({ batchNorm: true }), training: { epochs: 1 } })
  const trained = expectDone((await ask<TrialResult>(request(folder, 'inspected', given))) as TrialResult)
  const { parameters, multiplyAccumulates, onnxBytes } = trained.metrics
  const layers = expect.objectContaining({ images: [28, 28, 1], conv2_norm: [14, 14, 8], flatten: [392], logits: [10] })
  expect(inspected.models[1]).toEqual({ parameters, multiplyAccumulates, onnxBytes, layers, notes: [] })

  const missing = { ...digits(), trainImages: join(folder, 'nowhere') }
  expect(await ask<InspectResult>({ task: 'inspect', dataset: missing, architectures })).toEqual({
    dataset: { problem: `${join(folder, 'nowhere')}: no such file`, path: ['trainImages'] },
    models: [],
  })
})

it('inspects the training step of a Keras model, whose prediction alone may be computed', async () => {
  const volumes = (dilation: number) =>
    architectureOf(
      sequential(
        [28, 28, 1],
        layer('Reshape', { target_shape: [28, 7, 4, 1] }),
        layer('Conv3D', { filters: 2, kernel_size: [2, 2, 2], dilation_rate: [dilation, 1, 1] }),
        layer('Flatten'),
        layer('Dense', { units: 10 }),
      ),
    )
  const request = { task: 'inspect', dataset: digits(), architectures: [volumes(1), volumes(2)] }
  const { models } = (await ask<InspectResult>(request)) as InspectResult
  expect(models).toEqual([
    expect.objectContaining({ parameters: 18 + 10 * (2 * 27 * 6 * 3 + 1) }),
    { problem: expect.stringMatching(/^it cannot be trained: .*dilation/), path: ['file'] },
  ])
})

it('killed by SIGKILL and started again in another process, ends with the same weights, bit for bit', async () => {
  const given = config({
    architecture: cnn({ batchNorm: true, dropout: 0.2 }),
    training: { epochs: 3, optimizer: adam({ weightDecay: 1e-3 }) },
  })
  const whole = expectDone((await ask<TrialResult>(request(folder, 'whole', given))) as TrialResult)
  const again = request(folder, 'killed', given)
  expect(await ask<TrialResult>(again, { dieAfterEpoch: true })).toBe('killed')
  const events: TrialEvent[] = []
  const resumed = await ask<TrialResult>(again, { onEvent: (event) => events.push(event) })
  expect(events[0]).toMatchObject({ type: 'started' })
  const { resumedFrom } = events[0] as Extract<TrialEvent, { type: 'started' }>
  expect(resumedFrom).toEqual({ epoch: 1, step: 0 })
  expect(hashOf(expectDone(resumed as TrialResult), 'weights')).toBe(hashOf(whole, 'weights'))
  expect(hashOf(expectDone(resumed as TrialResult), 'onnx')).toBe(hashOf(whole, 'onnx'))
})

it('trains after it has probed in the same process, as if it had not', async () => {
  const train = request(folder, 'probed', config({ training: { epochs: 1 } }))
  const inspect = { task: 'inspect', dataset: digits(), architectures: [mlp()] }
  const after = expectDone((await ask<TrialResult>([inspect, { task: 'probe' }, train])) as TrialResult)
  const alone = expectDone((await ask<TrialResult>(request(folder, 'not probed', train.config))) as TrialResult)
  expect(hashOf(after, 'weights')).toBe(hashOf(alone, 'weights'))
})
