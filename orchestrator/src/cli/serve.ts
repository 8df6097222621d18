// Serves the dashboard for a store: starts Next.js in a process of its own, bound to this machine alone.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { requireFile } from '@retort/schema/open'
import { pathProblem } from '@retort/schema/pathProblem'

const folder = resolve(import.meta.dirname, '../../../dashboard')
const host = '127.0.0.1'

class PortError extends Error {
  override readonly name = 'PortError'
  readonly exitCode = 2
}

/** @throws PortError where the dashboard could not be served there */
export async function requirePort(port: number): Promise<void> {
  const server = createServer()
  const failed = await new Promise<NodeJS.ErrnoException | null>((settle) => {
    server.once('error', settle).listen(port, host, () => settle(null))
  })
  if (failed === null) return void (await new Promise((closed) => server.close(closed)))
  const reason =
    failed.code === 'EADDRINUSE' ? 'it is taken by another program' : (pathProblem(failed) ?? failed.message)
  throw new PortError(`--port: expected a free port of ${host}, got ${port}: ${reason}; choose another`)
}

/**
 * Resolves with the server's exit code when it ends.
 * @throws PortError, or StoreError where the store's path is no file's; one that is missing may still come
 */
export async function serveDashboard(store: string, port: number): Promise<number> {
  requireFile(store)
  await requirePort(port)
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
