// How many trials at a time, with how many threads, on which GPUs.
import { findGpus, planLanes } from '@retort/orchestrator/executor/local/lanes'
import { expect, it } from 'vitest'

const auto = { concurrency: 'auto', threadsPerTrial: 'auto' } as const

it.each([
  ['a core each', { ...auto, device: 'cpu', cores: 4 }, 4, 1],
  ['cores shared out', { ...auto, concurrency: 2, device: 'cpu', cores: 8 }, 2, 4],
  ['rounded down', { ...auto, concurrency: 3, device: 'cpu', cores: 8 }, 3, 2],
  ['never less than one thread', { ...auto, concurrency: 16, device: 'cpu', cores: 2 }, 16, 1],
  ['threads as given', { concurrency: 2, threadsPerTrial: 5, device: 'cpu', cores: 2 }, 2, 5],
  ['one on a WebGPU', { ...auto, device: 'webgpu', cores: 8 }, 1, 8],
] as const)('%s', (_, options, concurrency, threads) => {
  const planned = planLanes(options)
  expect(planned.threads).toBe(threads)
  expect(planned.lanes).toEqual(
    Array.from({ length: concurrency }, () => ({
      env: { OMP_NUM_THREADS: String(threads), GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' },
    })),
  )
})

it('one trial for each GPU, unless more are asked for', () => {
  const gpus = ['0', '1']
  const visible = (options: Parameters<typeof planLanes>[0]) =>
    planLanes(options).lanes.map(({ env }) => env.CUDA_VISIBLE_DEVICES)
  expect(visible({ ...auto, device: 'cuda', cores: 8, gpus })).toEqual(['0', '1'])
  expect(visible({ ...auto, concurrency: 3, device: 'cuda', cores: 8, gpus })).toEqual(['0', '1', '0'])
})

it('trials that share a GPU share its memory', () => {
  const shares = planLanes({ ...auto, concurrency: 5, device: 'cuda', cores: 8, gpus: ['0', '1', '2'] }).lanes.map(
    ({ env }) => env.RETORT_GPU_MEMORY_SHARE,
  )
  expect(shares).toEqual(['0.450', '0.450', undefined, '0.450', '0.450'])
})

it('takes the GPUs that CUDA_VISIBLE_DEVICES shows', () => {
  expect(findGpus({ CUDA_VISIBLE_DEVICES: '2, 3' })).toEqual(['2', '3'])
  expect(findGpus({ CUDA_VISIBLE_DEVICES: 'GPU-8932f937,1' })).toEqual(['GPU-8932f937', '1'])
  expect(findGpus({ CUDA_VISIBLE_DEVICES: '0,-1,1' })).toEqual(['0'])
  expect(() => findGpus({ CUDA_VISIBLE_DEVICES: '' })).toThrow('CUDA_VISIBLE_DEVICES="" hides every GPU')
  expect(() => findGpus({ CUDA_VISIBLE_DEVICES: '-1' })).toThrow('hides every GPU')
})
