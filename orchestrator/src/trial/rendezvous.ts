// Where trials of a group meet: each takes its steps as if it were alone, and a step runs for all at once when the
// last of them has come. Those that have ended are not waited for.
import type { GroupStep, Values } from '../engine/engine.ts'

export interface MeetingStep {
  step: GroupStep
  /** Names of the inputs of which the compiled step takes one for all members. */
  shared: string[]
}

export interface Rendezvous {
  /** @returns the member's part of the outputs; a copy */
  meet(at: MeetingStep, member: number, inputs: Record<string, Values>): Promise<Record<string, Values>>
  /** The member will not come again. */
  leave(member: number): void
}

interface Waiting {
  member: number
  inputs: Record<string, Values>
  resolve(outputs: Record<string, Values>): void
  reject(error: unknown): void
}

export function createRendezvous(members: number): Rendezvous {
  const present = new Set(Array.from({ length: members }, (_, member) => member))
  const waiting = new Map<MeetingStep, Waiting[]>()
  const buffers = new Map<MeetingStep, Record<string, Values>>()

  function runWhenComplete(): void {
    const here = [...waiting.values()].flat().length
    if (here === 0 || here < present.size) return
    const turns = [...waiting]
    waiting.clear()
    void (async () => {
      for (const [at, all] of turns) await runAll(at, all)
    })()
  }

  /** In one run, unless their shared inputs differ. */
  async function runAll(at: MeetingStep, all: Waiting[]): Promise<void> {
    for (let rest = all; rest.length > 0; ) {
      const first = rest[0]!
      const now = rest.filter(({ inputs }) => at.shared.every((name) => equal(inputs[name]!, first.inputs[name]!)))
      rest = rest.filter((each) => !now.includes(each))
      try {
        const running = new Set(now.map(({ member }) => member))
        const holding = [...present].filter((member) => !running.has(member))
        const outputs = await at.step.run(joined(at, now), holding)
        for (const { member, resolve } of now) {
          const own = Object.entries(outputs).map(([name, values]) => [name, part(values, member)])
          resolve(Object.fromEntries(own))
        }
      } catch (error) {
        for (const { reject } of now) reject(error)
      }
    }
  }

  /** The members' inputs one after the other; those that are absent have what they last had. */
  function joined(at: MeetingStep, now: Waiting[]): Record<string, Values> {
    const own = buffers.get(at) ?? {}
    buffers.set(at, own)
    const { inputs } = now[0]!
    for (const [name, values] of Object.entries(inputs)) {
      if (at.shared.includes(name)) continue
      const [length, all] = [values.length, members * values.length]
      own[name] ??= values instanceof Float32Array ? new Float32Array(all) : new Int32Array(all)
      for (const each of now) own[name].set(each.inputs[name]!, each.member * length)
    }
    return { ...own, ...Object.fromEntries(at.shared.map((name) => [name, inputs[name]!])) }
  }

  const part = (values: Values, member: number): Values => {
    const length = values.length / members
    return values.slice(member * length, (member + 1) * length)
  }

  return {
    meet: (at, member, inputs) =>
      new Promise((resolve, reject) => {
        const here = waiting.get(at) ?? []
        waiting.set(at, here)
        here.push({ member, inputs, resolve, reject })
        runWhenComplete()
      }),
    leave(member) {
      present.delete(member)
      runWhenComplete()
    },
  }
}

const bytes = ({ buffer, byteOffset, byteLength }: Values) => Buffer.from(buffer, byteOffset, byteLength)
const equal = (one: Values, other: Values): boolean => one === other || bytes(one).equals(bytes(other))
