// What becomes of a command whose output cannot be written. A reader that has gone, as `head` does, is no error: the
// command goes on in silence, since a sweep is worth more than its lines, and ends as it would have. A disk that is full
// is one, which is told at the end.
import { writeSync } from 'node:fs'
import { exitCodes } from './exitCodes.ts'

export function watchOutput(): void {
  let failure: Error | null = null
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'].includes(error.code ?? '')) failure ??= error
    })
  }
  process.on('exit', (code) => {
    if (failure === null) return
    if (code === exitCodes.done) process.exitCode = exitCodes.output
    try {
      writeSync(process.stderr.fd, `error: the output could not be written: ${failure.message}\n`)
    } catch {
      // Standard error cannot be written either.
    }
  })
}
