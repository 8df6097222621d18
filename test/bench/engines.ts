// The engines that work here side by side: milliseconds of a training step, distilling with Adam, the most memory that
// the process held, and how long it took from its start to the end of its first step. All take turns, since machines are
// noisy and only a ratio from one run means something.
import { availableParallelism } from 'node:os'
import { planLanes } from '@retort/orchestrator/executor/local/lanes'
import { createPool } from '@retort/orchestrator/executor/local/pool'
import { probeEngines } from '@retort/orchestrator/executor/probeEngines'
import { bundled } from './bundled.ts'
import { median, saveResults } from './results.ts'
import { openSide, type Side } from './side.ts'

/** Of each model, the table that it stands in and its batch. */
const asked: Record<string, { table: 'bench' | 'zoo'; batch: number }> = {
  mlp: { table: 'bench', batch: 128 },
  cnn: { table: 'bench', batch: 128 },
  'resnet-20': { table: 'bench', batch: 128 },
  transformer: { table: 'zoo', batch: 32 },
  lstm: { table: 'zoo', batch: 32 },
}

export interface EnginesOptions {
  models: string[]
  /** Empty for each model's own. */
  batches: number[]
  /** A number, or "all". */
  threads: string[]
  rounds: number
}

export const enginesDefaults: EnginesOptions = { models: Object.keys(asked), batches: [], threads: ['1'], rounds: 7 }

/** One turn lasts about so long, in milliseconds. */
const turn = 700
/** How many processes of each engine are set up, one after the other; the last one takes the steps. */
const setUps = 3

type Process = Side<
  { version: string; setUpMilliseconds: number },
  { steps: number },
  { milliseconds: number; processorMilliseconds: number; peak: number }
>

interface Row {
  model: string
  batch: number
  threads: number
  engine: string
  milliseconds: number
  /** Of all the process's threads, in which other programs do not count. */
  processorMilliseconds: number
  /** Of the process, the most it ever held. */
  mebibytes: number
  setUpMilliseconds: number
}

export async function engines(options: EnginesOptions = enginesDefaults): Promise<void> {
  const found = await working()
  const versions: Record<string, string> = {}
  const rows: Row[] = []
  for (const threads of options.threads.map((each) => (each === 'all' ? availableParallelism() : Number(each)))) {
    for (const model of options.models) {
      if (asked[model] === undefined) throw new Error(`model ${model}: there are ${Object.keys(asked).join(', ')}`)
      const { table, batch: own } = asked[model]
      for (const batch of options.batches.length > 0 ? options.batches : [own]) {
        const measured = await measure({ model, table, batch, threads }, found, options.rounds, versions)
        console.log(`${model}, batch ${batch}, threads ${threads}:`)
        console.table(measured.map(({ model: _, batch: __, threads: ___, ...figures }) => figures))
        rows.push(...measured)
      }
    }
  }
  saveResults('engines', { rounds: options.rounds, versions, rows })
}

interface Where {
  engine: string
  device: 'cpu' | 'webgpu' | 'cuda'
}

/** Those that "auto" would time a step on. */
async function working(): Promise<Where[]> {
  const workerUrl = new URL('../../orchestrator/dist/trial/worker.js', import.meta.url)
  const pool = createPool({ workerUrl, lanes: [{ env: {} }], stallSeconds: 300 })
  try {
    const { engines } = await probeEngines(pool.ask)
    for (const { engine, device, works, hopeless, detail } of engines) {
      if (!works || hopeless) console.log(`not measured: ${engine} on ${device}: ${detail}`)
    }
    const hopeful = engines.filter(({ works, hopeless }) => works && hopeless !== true)
    return hopeful.map(({ engine, device }) => ({ engine, device: device as Where['device'] }))
  } finally {
    await pool.close()
  }
}

interface Setting {
  model: string
  table: string
  batch: number
  threads: number
}

async function measure(
  { model, table, batch, threads }: Setting,
  found: Where[],
  rounds: number,
  versions: Record<string, string>,
): Promise<Row[]> {
  const script = await bundled('trialOfRetort.ts')
  const open = ({ engine, device }: Where): Promise<Process> => {
    const { env } = planLanes({ concurrency: 1, threadsPerTrial: threads, device }).lanes[0]!
    return openSide([...script, engine, device, table, model, String(batch)], env)
  }
  const sides = found.map((where) => ({
    where,
    times: [] as number[],
    own: [] as number[],
    setUp: [] as number[],
    peak: 0,
    steps: 0,
  }))
  for (let round = 1; round < setUps; round++) {
    for (const side of sides) {
      const process = await open(side.where)
      side.setUp.push(process.greeting.setUpMilliseconds)
      await process.close()
    }
  }
  const processes: Process[] = []
  for (const side of sides) {
    const process = await open(side.where)
    side.setUp.push(process.greeting.setUpMilliseconds)
    versions[side.where.engine] = process.greeting.version
    await process.ask({ steps: 2 })
    side.steps = Math.max(1, Math.round(turn / (await process.ask({ steps: 2 })).milliseconds))
    processes.push(process)
  }
  for (let round = 0; round < rounds; round++) {
    for (const [at, side] of sides.entries()) {
      const { milliseconds, processorMilliseconds, peak } = await processes[at]!.ask({ steps: side.steps })
      side.times.push(milliseconds)
      side.own.push(processorMilliseconds)
      side.peak = peak
    }
  }
  for (const process of processes) await process.close()
  return sides.map(({ where, times, own, setUp, peak }) => ({
    model,
    batch,
    threads,
    engine: `${where.engine} on ${where.device}`,
    milliseconds: rounded(median(times)),
    processorMilliseconds: rounded(median(own)),
    mebibytes: peak,
    setUpMilliseconds: median(setUp),
  }))
}

const rounded = (number: number) => Math.round(number * 10) / 10
