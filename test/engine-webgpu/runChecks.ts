// The process that runs the checks of a file on WebGPU: `runChecks.ts FILE`. It says of each how it ended, on a line.
import type { Checks, Verdict } from './webgpuTests.ts'

const { checks } = (await import(process.argv[2]!)) as { checks: Checks }
for (const [name, check] of Object.entries(checks)) {
  let error: string | null = null
  try {
    await check()
  } catch (thrown) {
    error = (thrown as Error).stack ?? String(thrown)
  }
  const verdict: Verdict = { name, error }
  process.stdout.write(`${JSON.stringify(verdict)}\n`)
}
