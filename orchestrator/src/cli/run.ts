// `retort run SPEC`: trains what is not trained yet, shows it, and prints the ranking.
import { dirname, resolve } from 'node:path'
import { openForReading } from '@retort/schema/open'
import { type ExecutorName, executors } from '../executor/executors.ts'
import { runSweep } from '../executor/runSweep.ts'
import { openStore, requireWritable } from '../store/store.ts'
import { askedText } from './engineNotes.ts'
import { exitCodes } from './exitCodes.ts'
import { duration } from './format.ts'
import { printWarnings } from './output.ts'
import { settlePlacement, workingEngines } from './placement.ts'
import { prepare } from './prepare.ts'
import { openProgress } from './progress.ts'
import { printRanking } from './rank.ts'
import { requirePort, serveDashboard } from './serve.ts'
import { withWorker, workerUrl } from './worker.ts'

export interface RunOptions {
  store: string
  executor: ExecutorName
  retryFailed?: boolean
  engineStrict?: boolean
  serve?: boolean
  strict?: boolean
  port: number
}

/** @returns the exit code */
export async function run(file: string, options: RunOptions) {
  const { store: path, retryFailed = false, engineStrict = false, serve = false, strict, port } = options
  requireWritable(path)
  if (serve) await requirePort(port)
  // The store is opened last: nothing is written for input that is wrong.
  const keeping = { folder: dirname(resolve(path)), write: true }
  const { working, ...prepared } = await withWorker(async (ask) => {
    const prepared = await prepare(file, ask, { keeping, strict })
    return { ...prepared, working: await workingEngines(prepared.read, ask) }
  })
  const { plan, read, dataset, warnings } = prepared
  const { retries, stallSeconds, ...execution } = read.experiment.execution
  const store = openStore(path)
  const { placement, lanes, notes } = await settlePlacement(prepared, working, store).catch((error: unknown) => {
    store.close()
    throw error
  })
  const { open, groups } = executors[options.executor]
  const executor = open({ workerUrl, lanes, stallSeconds })
  const grouping = groups ? execution.grouping : 'off'
  const progress = openProgress(process.stdout.isTTY === true, placement)
  const { stop, kill, release } = interrupts()
  const start = Date.now()
  const { threads } = placement
  console.log(
    `Sweep "${plan.name}" on ${askedText(placement)}, ${executor.size} trials at a time, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'} each`,
  )
  for (const note of notes) console.log(note)
  printWarnings(warnings)
  for (const note of dataset.notes ?? []) console.log(note)
  let outcome: Awaited<ReturnType<typeof runSweep>>
  try {
    const onProgress = progress.show
    const again = { retries, retryFailed, engineStrict }
    outcome = await runSweep({ plan, store, executor, placement, ...again, grouping, stop, kill, onProgress })
  } finally {
    progress.close()
    release()
    await executor.close()
    store.close()
  }

  const { counts, status } = outcome
  const stopped = counts['stopped early']
  const failed = counts.total - counts.done - stopped - counts.pending - counts.running
  console.log(
    `\n${counts.done} of ${counts.total} trials done (${counts.reused} reused), ` +
      `${stopped > 0 ? `${stopped} stopped early, ` : ''}${failed} failed, ` +
      `in ${duration((Date.now() - start) / 1000)}\n`,
  )
  const reader = openForReading(path)
  printRanking(reader, plan.name, 15)
  reader.$client.close()
  if (status === 'interrupted') {
    console.log(`\nInterrupted. The same command goes on from here: retort run ${file}`)
    return exitCodes.interrupted
  }
  if (serve) {
    console.log()
    return serveDashboard(path, port)
  }
  return failed > 0 ? exitCodes.someTrialsFailed : exitCodes.done
}

/** Ctrl-C once stops, twice kills. */
function interrupts(): { stop: AbortSignal; kill: AbortSignal; release(): void } {
  const stop = new AbortController()
  const kill = new AbortController()
  const onSignal = (): void => {
    if (stop.signal.aborted) kill.abort()
    else stop.abort()
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const release = (): void => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  return { stop: stop.signal, kill: kill.signal, release }
}
