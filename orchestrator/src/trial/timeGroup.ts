// Times a training step of one trial alone and of a group's members together, to see whether a group pays.
import type { TimeGroupRequest, TimeGroupResult } from '@retort/schema/questions'
import type { Signature, Values } from '../engine/engine.ts'
import { draw } from './workbench.ts'
import { workbenchRequest } from './workbenchRequest.ts'
import type { Workshop } from './workshop.ts'

const rounds = 5
/** Beyond this many milliseconds no further round is begun. */
const patience = 1500

/** The best of some rounds in turns: whatever else the machine does can only slow a step down. */
export async function timeGroup(request: TimeGroupRequest, workshop: Workshop): Promise<TimeGroupResult> {
  const { config, teacher, teachersText, placement, artifacts: folder, members, sameSeed } = request
  const teacherClasses = teachersText ? (await workshop.data(teachersText, { folder })).classes : null
  const data = await workshop.data(config.dataset, { folder })
  const engine = await workshop.engine(placement)
  if (engine.openGroup === null) return { alone: 0, together: null, problem: `the ${engine.name} engine has no groups` }
  const { feed, common, dispose } = draw(workbenchRequest(config, teacher, data, teacherClasses), engine)
  const { step, inputs: signatures } = feed.program
  const alone = await engine.compile(step, signatures)
  try {
    const shared = sameSeed ? feed.batchInputs : []
    const opened = engine.openGroup(members)
    const group = await opened.compile(step, signatures, shared, common)
    try {
      const inputs = inputsOf(signatures, () => 1)
      const together = inputsOf(signatures, (name) => (shared.includes(name) ? 1 : members))
      const aloneRound = async () => {
        for (let member = 0; member < members; member++) await alone.run(inputs)
        await feed.finish((variable) => variable.data<'float32'>())
      }
      const groupRound = async () => {
        await group.run(together)
        await feed.finish((variable) => opened.read(variable, 0))
      }
      let [best, bestTogether] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
      await alone.run(inputs)
      await groupRound()
      const start = performance.now()
      for (let round = 0; round < rounds && performance.now() - start < patience; round++) {
        best = Math.min(best, await millisecondsOf(aloneRound))
        bestTogether = Math.min(bestTogether, await millisecondsOf(groupRound))
      }
      return { alone: best / members, together: bestTogether / members, problem: null }
    } finally {
      group.dispose()
    }
  } catch (error) {
    return { alone: 0, together: null, problem: (error as Error).message }
  } finally {
    alone.dispose()
    dispose()
  }
}

/** Numbers that neither vanish nor explode; class 0 for labels. */
function inputsOf(signatures: Record<string, Signature>, times: (name: string) => number): Record<string, Values> {
  const filled = Object.entries(signatures).map(([name, { shape, dtype }]) => {
    const length = shape.reduce((product, n) => product * n, times(name))
    return [name, dtype === 'float32' ? new Float32Array(length).fill(0.5) : new Int32Array(length)]
  })
  return Object.fromEntries(filled)
}

async function millisecondsOf(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await task()
  return performance.now() - start
}
