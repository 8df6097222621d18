// Chooses and opens an engine.
import type { Placement } from '@retort/schema/messages'
import type { ProbeResult } from '@retort/schema/questions'
import type { Engine } from './engine.ts'
import { openOnnxEngine } from './onnx.ts'
import { probeOnnx } from './probe.ts'
import { kernelSupport } from './record/kernels.ts'
import { openTensorflowEngine } from './tensorflow.ts'
import { tryStep } from './tryStep.ts'
import { tryWebgpu } from './webgpuPays.ts'

/**
 * Opens the engine and device that were asked for. "auto" takes the first that works of tensorflow on CUDA, onnx on
 * CUDA, onnx on WebGPU if that is found to be much faster than the CPU, and onnx on the CPU. The engine says which.
 * @throws Error saying why, when what was asked for does not work here
 */
export async function openEngine({ engine, device, threads }: Placement): Promise<Engine> {
  if (engine === 'tensorflow') {
    if (device === 'webgpu') throw new Error('the tensorflow engine runs on cpu or cuda, got device webgpu')
    return openTensorflowEngine({ device, threads })
  }
  if (device === 'webgpu' || device === 'cpu') return openOnnxEngine({ device, threads })
  const refused: string[] = []
  const attempts = [
    ...(engine === 'auto' ? [() => openTensorflowEngine({ device: 'cuda', threads })] : []),
    () => openOnnxEngine({ device: 'cuda', threads }),
    ...(device === 'auto' ? [() => openFastWebgpu(threads), () => openOnnxEngine({ device: 'cpu', threads })] : []),
  ]
  for (const attempt of attempts) {
    try {
      return await attempt()
    } catch (error) {
      refused.push((error as Error).message)
    }
  }
  throw new Error(`no engine works here on device ${device}: ${refused.join('; ')}`)
}

async function openFastWebgpu(threads: number): Promise<Engine> {
  const { engine, pays, detail } = await tryWebgpu(threads)
  if (pays) return engine
  await engine.close()
  throw new Error(detail)
}

/** What works on this machine and why the rest does not, the likeliest to be fast first. */
export async function probe(only?: Engine['name']): Promise<ProbeResult> {
  const tensorflow = only === 'onnx' ? [] : [await probeTensorflow('cuda'), await probeTensorflow('cpu')]
  const onnx = only === 'tensorflow' ? [] : await probeOnnx()
  const [cuda, cpu] = tensorflow
  return { engines: [cuda, ...onnx, cpu].filter((each) => each !== undefined), kernels: kernelSupport() }
}

async function probeTensorflow(device: 'cuda' | 'cpu'): Promise<ProbeResult['engines'][number]> {
  try {
    const engine = await openTensorflowEngine({ device, threads: 1 })
    await tryStep(engine)
    return { engine: 'tensorflow', device, works: true, detail: '', versions: engine.versions }
  } catch (error) {
    return { engine: 'tensorflow', device, works: false, detail: (error as Error).message, versions: {} }
  }
}
