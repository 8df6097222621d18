// Milliseconds of one training step, distilling with Adam, next to PyTorch running the same step: all sides take
// turns, since machines are noisy and only a ratio from one run means something. The better of PyTorch's two layouts
// counts, once as it comes and once with the allocator's huge pages that Retort gives its trials. Also what compiling
// the step takes, and the most memory that each side held.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { planLanes } from '@retort/orchestrator/executor/local/lanes'
import { bundled } from './bundled.ts'
import { geometricMean, median, saveResults } from './results.ts'
import { openSide, type Side } from './side.ts'

/** One turn lasts about so long, in milliseconds. */
const turn = 700

const modelNames = ['mlp', 'cnn', 'resnet-8', 'resnet-20', 'mobilenet', 'transformer']
const layouts = ['nchw', 'channels_last']
/** Sequences of vectors have one layout. */
const layoutsOf = (model: string) => (model === 'transformer' ? ['nchw'] : layouts)

export interface ThroughputOptions {
  models: string[]
  batches: number[]
  /** A number, or "all". */
  threads: string[]
  rounds: number
}

export const throughputDefaults: ThroughputOptions = { models: modelNames, batches: [128], threads: ['1'], rounds: 7 }

interface Greeting {
  version: string
  compileMilliseconds?: number
}

interface Answer {
  milliseconds: number
  /** MiB */
  peak: number
}

type Process = Side<Greeting, { steps: number }, Answer>

interface Row {
  model: string
  batch: number
  threads: number
  compileMilliseconds: number
  /** By side: the median of a step, and the peak of memory. */
  milliseconds: Record<string, number>
  mebibytes: Record<string, number>
  /** How many times as fast as each peer Retort is. */
  times: Record<string, number>
}

export async function throughput(options: ThroughputOptions = throughputDefaults): Promise<void> {
  const python = ['python3', '/usr/bin/python3'].find((each) => spawnSync(each, ['-c', 'import torch']).status === 0)
  if (python === undefined) console.log('PyTorch is not here (python3 -c "import torch"): Retort alone is measured.')
  const rows: Row[] = []
  const versions: Record<string, string> = {}
  for (const threads of options.threads.map((each) => (each === 'all' ? availableParallelism() : Number(each)))) {
    for (const batch of options.batches) {
      for (const model of options.models) {
        if (!modelNames.includes(model)) throw new Error(`model ${model}: there are ${modelNames.join(', ')}`)
        const row = await measure({ model, batch, threads }, options.rounds, python, versions)
        console.log(JSON.stringify(row))
        rows.push(row)
      }
    }
  }
  const means: Record<string, number> = {}
  for (const peer of Object.keys(rows[0]?.times ?? {})) {
    means[peer] = rounded(geometricMean(rows.map(({ times }) => times[peer]!)))
    const least = Math.min(...rows.map(({ times }) => times[peer]!))
    console.log(`times ${peer}: geometric mean ${means[peer]}, least ${least}`)
  }
  saveResults('throughput', { rounds: options.rounds, versions, geometricMeans: means, rows })
}

type Setting = Pick<Row, 'model' | 'batch' | 'threads'>

async function measure(
  { model, batch, threads }: Setting,
  rounds: number,
  python: string | undefined,
  versions: Record<string, string>,
): Promise<Row> {
  const inTrials = planLanes({ concurrency: 1, threadsPerTrial: threads, device: 'cpu' }).lanes[0]!.env
  // Without the second variable its "one thread" is more than one.
  const plain = { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) }
  const peers: Record<string, Record<string, string>> = python === undefined
    ? {}
    : { pytorch: plain, 'pytorch with huge pages': { ...plain, ...inTrials } }
  const sides: Record<string, Process> = {}
  const own = [...(await bundled('throughputOfRetort.ts')), model, String(batch)]
  sides.retort = await openSide(own, inTrials)
  for (const [peer, environment] of Object.entries(peers)) {
    for (const layout of layoutsOf(model)) {
      const command = [python!, scriptOf('peers/throughput.py'), model, String(batch), layout]
      sides[`${peer}, ${layout}`] = await openSide(command, environment)
    }
  }
  for (const [name, { greeting }] of Object.entries(sides)) versions[name.split(',')[0]!] = greeting.version
  const answers = await takeTurns(sides, rounds)
  const milliseconds: Record<string, number> = {}
  const mebibytes: Record<string, number> = {}
  for (const [name, each] of Object.entries(answers)) {
    milliseconds[name] = rounded(median(each.map((answer) => answer.milliseconds)))
    mebibytes[name] = each.at(-1)!.peak
  }
  const times: Record<string, number> = {}
  for (const peer of Object.keys(peers)) {
    const best = Math.min(...layoutsOf(model).map((layout) => milliseconds[`${peer}, ${layout}`]!))
    times[peer] = rounded(best / milliseconds.retort!)
  }
  const { compileMilliseconds } = sides.retort.greeting
  for (const side of Object.values(sides)) await side.close()
  return { model, batch, threads, compileMilliseconds: compileMilliseconds!, milliseconds, mebibytes, times }
}

const scriptOf = (file: string) => join(import.meta.dirname, file)
const rounded = (number: number) => Math.round(number * 100) / 100

async function takeTurns(sides: Record<string, Process>, rounds: number): Promise<Record<string, Answer[]>> {
  const steps: Record<string, number> = {}
  const answers: Record<string, Answer[]> = {}
  for (const [name, side] of Object.entries(sides)) {
    await side.ask({ steps: 2 })
    steps[name] = Math.max(1, Math.round(turn / (await side.ask({ steps: 2 })).milliseconds))
    answers[name] = []
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, side] of Object.entries(sides)) answers[name]!.push(await side.ask({ steps: steps[name]! }))
  }
  return answers
}
