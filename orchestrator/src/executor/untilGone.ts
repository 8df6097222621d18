// Waits for the processes of a run that was killed: they notice within half a second, and until then a checkpoint
// would have two writers.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** There is an end to the waiting, since a number may have been given to a stranger meanwhile. */
export async function untilGone(pids: number[]): Promise<void> {
  for (let tries = 0; tries < 40 && pids.some(isRunning); tries++) await sleep(50)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    // Linux keeps what is left of a dead process until its new parent looks.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return true
  }
}
