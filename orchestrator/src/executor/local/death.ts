// What the death of a trial's process says of the trial.
import type { Death } from './slot.ts'

/** What V8 and libtensorflow's allocators say before they, or what they gave nothing to, end the process; else null. */
export function shortageIn({ lastWords }: Death): string | null {
  const lines = lastWords.split('\n').filter((line) => !line.includes('this is not a failure'))
  return lines.find((line) => /heap out of memory|Allocator \(\S+\) ran out of memory/.test(line))?.trim() ?? null
}

/** `SIGSEGV`, or the exit code, and the last lines of standard error. */
export function describe({ code, signal, lastWords }: Death): string {
  const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
  return `its process ${how}${lastWords === '' ? '' : `; its last words: ${lastWords.split('\n').slice(-8).join('\n')}`}`
}
