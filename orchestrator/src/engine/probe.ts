// Finds out on which devices the onnx engine works here, by training steps on each.
import { openOnnxEngine } from './onnx.ts'
import type { Runtime } from './session/runtime.ts'
import { tryStep } from './tryStep.ts'
import { tryWebgpu } from './webgpuPays.ts'

export interface OnnxProbe {
  engine: 'onnx'
  device: Runtime['device']
  works: boolean
  /** Why not, where it does not; of WebGPU, how fast it is. */
  detail: string
  versions: Record<string, string>
  hopeless?: boolean
}

/** What works on this machine, best first, and why the rest does not. Leaves the engine's backend active. */
export async function probeOnnx(): Promise<OnnxProbe[]> {
  const cuda = await probeDevice('cuda')
  const cpu = await probeDevice('cpu')
  const webgpu = await probeDevice('webgpu')
  if (!cuda.works) cuda.detail += `; ${howToGetCuda}`
  if (!webgpu.works) return [cuda, cpu, webgpu]
  const { engine, pays, hopeless, detail } = await tryWebgpu(1)
  await engine.close()
  const compared = { ...webgpu, detail, hopeless }
  return pays ? [cuda, compared, cpu] : [cuda, cpu, compared]
}

/** Its install script has an option for it; npm's archive is too small for the libraries. */
const howToGetCuda =
  "onnxruntime's CUDA provider, for Linux on x64 with CUDA 12 and cuDNN 9, is fetched by: " +
  'node orchestrator/node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12'

async function probeDevice(device: Runtime['device']): Promise<OnnxProbe> {
  try {
    const engine = await openOnnxEngine({ device, threads: 1 })
    try {
      await tryStep(engine)
    } finally {
      await engine.close()
    }
    return { engine: 'onnx', device, works: true, detail: '', versions: engine.versions }
  } catch (error) {
    return { engine: 'onnx', device, works: false, detail: reasonOf(error as Error), versions: {} }
  }
}

/** onnxruntime's words without the place in its own sources before them. */
const reasonOf = ({ message }: Error): string => message.trim().replace(/^\/onnxruntime_src\/.* was false\. /s, '')
