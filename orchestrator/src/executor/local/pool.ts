// The executor of one machine: trials run in child processes, a lane each. However a process ends, its trial's attempt
// ends with an outcome and the pool lives on. Nothing here loads a tensor library: the worker is named by its URL.
import type { TrialCommand } from '@retort/schema/messages'
import type { Ask, Question } from '../ask.ts'
import { isLogitsResult, isResult } from '../check.ts'
import type { End, Executor, Hear, Request, Submission } from '../executor.ts'
import { createHearing } from '../hearing.ts'
import { describe, shortageIn } from './death.ts'
import type { Lane } from './lanes.ts'
import { openSlot, type Slot, type SlotTask } from './slot.ts'

export interface PoolOptions {
  /** A module whose default export answers requests. */
  workerUrl: URL
  lanes: Lane[]
  /** A process that sends nothing for so long is killed. */
  stallSeconds: number
}

export function createPool({ workerUrl, lanes, stallSeconds }: PoolOptions): Executor {
  const slots: (Slot | null)[] = lanes.map(() => null)
  const free = lanes.map((_, lane) => lane).reverse()
  const busy = new Set<SlotTask>()
  const waiting: (() => void)[] = []
  let submitted = 0

  /** Starts a task on the lane that was freed last, whose process has most likely compiled the same model. */
  function start(request: Request | Question, onMessage: (message: unknown) => void) {
    const lane = free.pop()
    if (lane === undefined) throw new Error(`all ${lanes.length} lanes of the pool are busy`)
    // A lane costs a process, so it is opened when it is first needed.
    slots[lane] ??= openSlot(workerUrl, lanes[lane]!.env)
    const slot = slots[lane]
    let stalled = false
    const stall = setTimeout(() => {
      stalled = true
      task.kill()
    }, stallSeconds * 1000)
    const task = slot.run(request, (message) => {
      stall.refresh()
      onMessage(message)
    })
    busy.add(task)
    const ended = task.ended.then((end) => {
      clearTimeout(stall)
      busy.delete(task)
      // What is left of its memory would be the next trial's trouble.
      if (end.type === 'answer' && [end.value].flat().some((value) => isOutOfMemory(value))) slot.renew()
      free.push(lane)
      waiting.shift()?.()
      return end
    })
    return { lane, task, ended, stalled: () => stalled }
  }

  function submit(request: Request, hear: Hear): Submission<never> {
    const hearing = createHearing(request, hear)
    const commands: TrialCommand[] = []
    let asking: NodeJS.Timeout | undefined
    const { lane, task, ended, stalled } = start(request, (message) => {
      if (hearing.over === null && !hearing.message(message)) task.kill()
    })
    const outcome = async (): Promise<End[]> => {
      const end = await ended.finally(() => clearInterval(asking))
      const known = hearing.ends()
      if (known !== null) return known
      if (end.type === 'answer') return hearing.answered(end.value)
      if (end.type === 'error') return hearing.forAll({ outcome: 'failed', reason: end.message })
      if (stalled())
        return hearing.forAll({ outcome: 'timed out', reason: `it reported nothing for ${stallSeconds} s` })
      // Ctrl-C reaches a process that is too young to ignore it.
      if (hearing.over === 'killed' || end.signal === 'SIGINT') return hearing.forAll({ outcome: 'interrupted' })
      const shortage = shortageIn(end)
      if (shortage !== null) return hearing.forAll({ outcome: 'out of memory', reason: shortage })
      return hearing.forAll({ outcome: 'crashed', reason: describe(end) })
    }
    return {
      id: String(++submitted),
      place: { lane, pid: task.pid },
      // Which of the two ends it is follows from the request.
      ended: outcome() as Promise<never[]>,
      stop: (member) => {
        commands.push(member === undefined ? { type: 'stop' } : { type: 'stop', member })
        const say = () => {
          for (const command of commands) task.send(command)
        }
        say()
        // Said until it is heard: a process that is still starting up does not listen yet.
        asking ??= setInterval(say, 200)
      },
      kill: () => {
        // Once it has ended, its process may have another trial.
        if (!busy.has(task)) return
        hearing.over ??= 'killed'
        task.kill()
      },
    }
  }

  const ask = async (request: Question): Promise<never> => {
    while (free.length === 0) await new Promise<void>((wake) => waiting.push(wake))
    const { ended, stalled } = start(request, () => {})
    const end = await ended
    if (end.type === 'answer') return end.value as never
    if (stalled()) throw new Error(`the process that was to ${request.task} said nothing for ${stallSeconds} s`)
    const cause = end.type === 'error' ? end.message : describe(end)
    throw new Error(`the process that was to ${request.task} failed: ${cause}`)
  }

  async function close(): Promise<void> {
    const last = [...busy].map((task) => task.ended)
    for (const task of busy) task.kill()
    await Promise.all(last)
    await Promise.all(slots.map((slot) => slot?.close()))
    slots.fill(null)
  }

  return { size: lanes.length, idle: () => free.length, submit, ask: ask as Ask, close }
}

const isOutOfMemory = (answer: unknown): boolean =>
  (isResult(answer) || isLogitsResult(answer)) && answer.outcome === 'out of memory'
