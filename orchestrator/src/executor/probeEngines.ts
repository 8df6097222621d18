// Finds out which engines work here. libtensorflow, which may be built for another processor, is tried by itself: its
// death is why it does not work, and no more.
import type { ProbeResult } from '@retort/schema/questions'
import type { Ask } from './ask.ts'

/** The likeliest to be fast first. */
export async function probeEngines(ask: Ask): Promise<ProbeResult> {
  const tensorflow = await ask({ task: 'probe', engine: 'tensorflow' }).then(
    ({ engines }) => engines,
    ({ message }: Error) =>
      ['cuda', 'cpu'].map((device) => ({
        engine: 'tensorflow' as const,
        device,
        works: false,
        detail: message,
        versions: {},
      })),
  )
  const { engines, kernels } = await ask({ task: 'probe', engine: 'onnx' })
  const onCuda = tensorflow.filter(({ device }) => device === 'cuda')
  return { engines: [...onCuda, ...engines, ...tensorflow.filter((each) => !onCuda.includes(each))], kernels }
}
