// Serves the dashboard for a store: starts Next.js in a process of its own, bound to this machine alone.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'

const folder = resolve(import.meta.dirname, '../../../dashboard')
const host = '127.0.0.1'

/** Resolves with the server's exit code when it ends. */
export async function serveDashboard(store: string, port: number): Promise<number> {
  if (await answers(port)) {
    throw new Error(`port ${port} of ${host} is taken by another program; choose another with --port`)
  }
  const next = createRequire(join(folder, 'package.json')).resolve('next/dist/bin/next')
  const environment = { ...process.env, RETORT_STORE: resolve(store), NEXT_TELEMETRY_DISABLED: '1' }
  const start = (...options: string[]) =>
    spawn(process.execPath, [next, ...options], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    })

  if (!existsSync(join(folder, '.next', 'BUILD_ID'))) {
    console.log('Building the dashboard, once …')
    const code = await ended(start('build'))
    if (code !== 0) return code
  }
  const server = start('start', '-H', host, '-p', String(port))
  const stop = (signal: NodeJS.Signals) => server.kill(signal)
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const exit = ended(server)
  while (server.exitCode === null && !(await answers(port))) await new Promise((wake) => setTimeout(wake, 100))
  if (server.exitCode === null) console.log(`The dashboard is at http://${host}:${port} (Ctrl-C stops it)`)
  const code = await exit
  process.off('SIGINT', stop).off('SIGTERM', stop)
  return code
}

function ended(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((settle, fail) => {
    child.once('error', fail)
    // Ended by the signal that stopped it: that is how a server is meant to end.
    child.once('exit', (code, signal) => settle(signal === null ? (code ?? 0) : 0))
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host, port })
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
    socket.once('connect', () => socket.destroy())
  })
}
