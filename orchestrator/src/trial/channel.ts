// A trial's process' end of the line to the orchestrator. Importing it makes the process deaf to Ctrl-C, which the
// terminal sends to the whole group (the orchestrator decides when to stop), and makes it end with the orchestrator.
import { Worker } from 'node:worker_threads'
import type { MemberEvent, TrialCommand, TrialEvent } from '@retort/schema/messages'

export interface Channel {
  emit(event: TrialEvent | MemberEvent): void
  /**
   * Whether the orchestrator has asked this trial to write a checkpoint and end. Ask between steps.
   * @param member of a group
   */
  stopRequested(member?: number): boolean
}

/** Who was asked to stop: all, or these members of a group. */
let stop: 'all' | Set<number> = new Set()

/** Opens the line for one trial; what was asked of the one before it is forgotten. */
export function listen(): Channel {
  stop = new Set()
  const send = process.send?.bind(process)
  if (send === undefined) throw new Error('a trial runs in a child process of the orchestrator, which this one is not')
  return { emit: (event) => send(event), stopRequested: (member = 0) => stop === 'all' || stop.has(member) }
}

const runner = process.env.RETORT_RUNNER
if (process.send !== undefined && runner !== undefined) {
  process.on('SIGINT', () => {})
  process.on('message', (message: TrialCommand | null) => {
    if (message?.type !== 'stop') return
    if (message.member === undefined) stop = 'all'
    else if (stop !== 'all') stop.add(message.member)
  })
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  endWith(Number(runner))
}

/** The event loop does not turn while a native call runs, so a thread of its own looks whether the runner lives. */
function endWith(runner: number): void {
  const watch = `setInterval(() => { if (process.ppid !== ${runner}) process.kill(process.pid, 'SIGKILL') }, 500)`
  // Without this process's environment and options: a loader among them would only cost time.
  new Worker(watch, { eval: true, env: {}, execArgv: [] }).unref()
}
