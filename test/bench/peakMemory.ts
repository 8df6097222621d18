// How much memory a side of a bench takes.
import { readFileSync } from 'node:fs'

/** The most memory that this process ever held, in MiB. */
export function peakMemory(): number {
  if (process.platform !== 'linux') return Math.round(process.resourceUsage().maxRSS / 1024)
  return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024)
}
