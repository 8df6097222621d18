// Images a second of one training step, distilling with Adam, next to PyTorch running the same step: all sides take
// turns, since machines are noisy and only a ratio from one run means something. The better of PyTorch's two layouts
// counts, once as it comes and once with the allocator's huge pages that Retort gives its trials.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { planLanes } from '@retort/orchestrator/executor/lanes'
import { median, saveResults } from './results.ts'

const batch = 128
const threads = 1
const rounds = 7
/** One turn lasts about so long, in milliseconds. */
const turn = 700

const models = ['mlp', 'cnn', 'resnet-8'] as const
const layouts = ['nchw', 'channels_last'] as const

/** What a side's process reads, one to a line; it first says its version, then answers each with {"milliseconds"}. */
export interface Question {
  model: (typeof models)[number]
  /** PyTorch's memory format. */
  layout?: (typeof layouts)[number]
  batch: number
  steps: number
}
type Ask = (question: Omit<Question, 'batch'>) => Promise<number>

export async function throughput(): Promise<void> {
  const inTrials = planLanes({ concurrency: 1, threadsPerTrial: threads, device: 'cpu' }).lanes[0]!.env
  // Without the second variable its "one thread" is more than one.
  const plain = { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) }
  const retort = await openSide([process.execPath, '--import', 'tsx', scriptOf('throughputOfRetort.ts')], inTrials)
  const python = ['python3', '/usr/bin/python3'].find((each) => spawnSync(each, ['-c', 'import torch']).status === 0)
  if (python === undefined) console.log('PyTorch is not here (python3 -c "import torch"): Retort alone is measured.')
  const peers: Record<string, Side> = {}
  if (python !== undefined) {
    const script = scriptOf('peers/throughput.py')
    peers['pytorch as it comes'] = await openSide([python, script], plain)
    peers['pytorch with huge pages'] = await openSide([python, script], { ...plain, ...inTrials })
  }

  const rows: Record<string, Record<string, number>> = {}
  for (const model of models) {
    const turns: Record<string, (steps: number) => Promise<number>> = {
      retort: (steps) => retort.ask({ model, steps }),
    }
    for (const [name, { ask }] of Object.entries(peers))
      for (const layout of layouts) turns[`${name}, ${layout}`] = (steps) => ask({ model, layout, steps })
    const times = await takeTurns(turns)
    const best = (side: string) =>
      Math.min(...Object.keys(times).flatMap((name) => (name.startsWith(`${side},`) ? [median(times[name]!)] : [])))
    const ours = median(times.retort!)
    rows[model] = { 'images/s': Math.round((batch / ours) * 1000) }
    for (const [name, each] of Object.entries(times)) rows[model][`${name}, ms`] = rounded(median(each))
    for (const peer of Object.keys(peers)) rows[model][`times ${peer}`] = rounded(best(peer) / ours)
  }
  console.log(`One training step, batch ${batch}, ${threads} thread, median of ${rounds} turns each:`)
  for (const [model, row] of Object.entries(rows)) console.log(model, row)
  const versions = Object.fromEntries(
    Object.entries({ retort, ...peers }).map(([name, { version }]) => [name, version]),
  )
  saveResults('throughput', { batch, threads, rounds, versions, rows })
  for (const side of [retort, ...Object.values(peers)]) side.close()
}

const scriptOf = (file: string) => join(import.meta.dirname, file)
const rounded = (milliseconds: number) => Math.round(milliseconds * 100) / 100

async function takeTurns<Name extends string>(
  sides: Record<Name, (steps: number) => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(sides) as Name[]
  const steps = {} as Record<Name, number>
  for (const name of names) steps[name] = Math.max(1, Math.round(turn / (await sides[name](2))))
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < rounds; round++) {
    for (const name of names) times[name].push(await sides[name](steps[name]))
  }
  return times
}

interface Side {
  version: string
  /** Runs so many steps and resolves to the milliseconds of one. */
  ask: Ask
  close(): void
}

async function openSide([command, ...script]: string[], environment: Record<string, string>): Promise<Side> {
  const child: ChildProcess = spawn(command!, script, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`${command} ${script.join(' ')}: ended with ${child.exitCode} before it answered`)
    return JSON.parse(value)
  }
  const { version } = await answer()
  return {
    version,
    ask: async (question) => {
      child.stdin!.write(`${JSON.stringify({ ...question, batch })}\n`)
      return (await answer()).milliseconds
    },
    close: () => child.stdin!.end(),
  }
}
