// The `tensorflow` engine with what is really installed here, which is most often nothing.
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openTensorflowEngine } from '../../orchestrator/src/engine/tensorflow.ts'
import { separateFolder } from '../../orchestrator/src/setup/place.ts'

it('is looked for in node_modules and in the folder of pnpm setup:cuda', async () => {
  const opened = openTensorflowEngine({ device: 'auto', threads: 1 })
  if (existsSync(separateFolder)) expect((await opened).name).toBe('tensorflow')
  else {
    const reasons =
      /not available: @tensorflow\/tfjs-node-gpu: (not installed|installed without its binary); @tensorflow\/tfjs-node: (not installed|installed without its binary); install it by: pnpm setup:cuda/
    await expect(opened).rejects.toThrow(reasons)
  }
})
