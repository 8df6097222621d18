// Milliseconds of one training step of the zoo's networks, distilling with Adam, by themselves: the work that a model's
// multiply-accumulates ask for, forward and twice backward, over the processor's time shows which run slower than they could.
import { planLanes } from '@retort/orchestrator/executor/local/lanes'
import { bundled } from './bundled.ts'
import { zooModels } from './models/zooModels.ts'
import { median, saveResults } from './results.ts'
import { openSide } from './side.ts'

export interface ZooOptions {
  models: string[]
  batches: number[]
  rounds: number
}

export const zooDefaults: ZooOptions = { models: Object.keys(zooModels), batches: [64], rounds: 5 }

/** One turn lasts about so long, in milliseconds, or one step. */
const turn = 700

interface Greeting {
  version: string
  compileMilliseconds: number
  multiplyAccumulates: number
}

interface Answer {
  milliseconds: number
  /** Of the processor's time, in which other programs do not count. */
  processorMilliseconds: number
  /** MiB */
  peak: number
}

export async function zoo({ models, batches, rounds }: ZooOptions = zooDefaults): Promise<void> {
  const rows = []
  const { env } = planLanes({ concurrency: 1, threadsPerTrial: 1, device: 'cpu' }).lanes[0]!
  for (const batch of batches) {
    for (const model of models) {
      if (zooModels[model] === undefined) {
        throw new Error(`model ${model}: there are ${Object.keys(zooModels).join(', ')}`)
      }
      const command = [...(await bundled('throughputOfRetort.ts')), model, String(batch), 'zoo']
      const side = await openSide<Greeting, { steps: number }, Answer>(command, env)
      const { compileMilliseconds, multiplyAccumulates } = side.greeting
      await side.ask({ steps: 1 })
      const steps = Math.max(1, Math.round(turn / (await side.ask({ steps: 1 })).milliseconds))
      const answers: Answer[] = []
      for (let round = 0; round < rounds; round++) answers.push(await side.ask({ steps }))
      await side.close()
      const milliseconds = rounded(median(answers.map((answer) => answer.milliseconds)))
      const processorMilliseconds = rounded(median(answers.map((answer) => answer.processorMilliseconds)))
      const gigaPerSecond = rounded((3 * batch * multiplyAccumulates) / processorMilliseconds / 1e6)
      const times = { milliseconds, processorMilliseconds, gigaPerSecond }
      const row = { model, batch, ...times, compileMilliseconds, mebibytes: answers.at(-1)!.peak }
      console.log(JSON.stringify(row))
      rows.push(row)
    }
  }
  saveResults('zoo', { rounds, rows })
}

const rounded = (number: number) => Math.round(number * 100) / 100
