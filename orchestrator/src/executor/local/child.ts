// Watches a child process that tinypool started: what it says on its way out, and when it is really gone.
import type { ChildProcess } from 'node:child_process'

export interface WatchedChild {
  process: ChildProcess
  /** The last lines of its standard error. */
  lastWords(): string
  /** Resolves when it has ended and what it wrote has been read. */
  gone: Promise<void>
}

const kept = 4000

export const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

export function watchChild(child: ChildProcess): WatchedChild {
  // tinypool joins its output to this process's, where it would break progress bars and JSON.
  child.stdout?.unpipe(process.stdout).resume()
  let words = ''
  child.stderr?.unpipe(process.stderr)
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-kept)
  })
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    // A grandchild that still holds the pipe must not hold up the sweep.
    child.once('exit', () => setTimeout(resolve, 1000))
  })
  return { process: child, lastWords: () => words.trim(), gone }
}
