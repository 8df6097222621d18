// Serves the built dashboard for a store, on a free port, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../dashboard')

export interface Dashboard {
  origin: string
  /** Resolves when the server has ended; it is asked to, as by Ctrl-C, and not killed. */
  stop(): Promise<void>
}

export async function startDashboard(store: string): Promise<Dashboard> {
  if (!existsSync(join(folder, '.next', 'BUILD_ID'))) {
    throw new Error('the dashboard is not built: run `pnpm build` first, as `pnpm test` does')
  }
  const port = await freePort()
  const next = createRequire(join(folder, 'package.json')).resolve('next/dist/bin/next')
  const server = spawn(process.execPath, [next, 'start', '-H', '127.0.0.1', '-p', String(port)], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'production', RETORT_STORE: store, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => output.push(String(data)))
  const origin = `http://127.0.0.1:${port}`
  while (!(await answers(`${origin}/icon.svg`))) {
    if (server.exitCode !== null) throw new Error(`the dashboard ended with ${server.exitCode}:\n${output.join('')}`)
    await new Promise((wake) => setTimeout(wake, 50))
  }
  return { origin, stop: () => stop(server) }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((settle) => server.once('exit', settle))
  server.kill('SIGINT')
  await ended
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).ok
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((settle, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
