// Downloads give an artifact's bytes and reach nothing else; strange hosts get nothing. Plain HTTP, no browser.
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { artifactPath } from '@retort/schema/artifact'
import { openForReading } from '@retort/schema/open'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Dashboard, startDashboard } from './dashboard.ts'
import { seedStore } from './seed.ts'

const folder = mkdtempSync(join(tmpdir(), 'retort-downloads-'))
const store = join(folder, 'store', 'retort.db')
let seeded: ReturnType<typeof seedStore>
let dashboard: Dashboard

beforeAll(async () => {
  seeded = seedStore(store)
  writeFileSync(join(dirname(store), 'secret.txt'), 'a secret beside the store')
  dashboard = await startDashboard(store)
})

afterAll(async () => {
  await dashboard?.stop()
  rmSync(folder, { recursive: true })
})

/** Sends the path as it is: `fetch` would resolve `..` before sending. */
function get(path: string, headers: Record<string, string> = {}): Promise<{ response: IncomingMessage; body: Buffer }> {
  return new Promise((settle, fail) => {
    const { hostname, port } = new URL(dashboard.origin)
    request({ hostname, port, path, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () => settle({ response, body: Buffer.concat(parts) }))
    })
      .on('error', fail)
      .end()
  })
}

const student = () => ({ sweep: seeded.done.id, trial: seeded.done.trials[10]! })
const downloads = () => `/sweeps/${student().sweep}/trials/${student().trial}/download`

describe('a download', () => {
  it.each([
    ['onnx', 'application/octet-stream', /^mnist-night-mlp-24-T\d-[0-9a-f]{8}\.onnx$/],
    ['weights', 'application/octet-stream', /^mnist-night-mlp-24-T\d-[0-9a-f]{8}\.weights\.bin$/],
    ['topology', 'application/json', /^mnist-night-mlp-24-T\d-[0-9a-f]{8}\.topology\.json$/],
  ])('of %s is the artifact byte for byte, with a name', async (kind, type, name) => {
    const row = openForReading(store)
      .$client.prepare('SELECT hash, bytes FROM artifact_view WHERE trial = ? AND kind = ?')
      .get(student().trial, kind) as { hash: string; bytes: number }
    const { response, body } = await get(`${downloads()}/${kind}`)
    expect(response.statusCode).toBe(200)
    expect(response.headers['content-type']).toBe(type)
    expect(body.length).toBe(row.bytes)
    expect(/filename="(.*)"/.exec(response.headers['content-disposition']!)?.[1]).toMatch(name)
    expect(body.equals(readFileSync(artifactPath(dirname(store), row.hash)))).toBe(true)
  })

  it('of a kind that the trial has not left is not found', async () => {
    const { response, body } = await get(`${downloads()}/logits`)
    expect(response.statusCode).toBe(404)
    expect(String(body)).toContain('no logits file')
  })

  it('of a trial of another sweep is not found', async () => {
    const { response } = await get(`/sweeps/${seeded.running.id}/trials/${student().trial}/download/onnx`)
    expect(response.statusCode).toBe(404)
  })

  it('of an artifact that somebody deleted or cut off is gone, and says so', async () => {
    const trial = seeded.done.trials[11]!
    const hash = openForReading(store)
      .$client.prepare("SELECT hash FROM artifact_view WHERE trial = ? AND kind = 'onnx'")
      .pluck()
      .get(trial) as string
    const path = `/sweeps/${seeded.done.id}/trials/${trial}/download/onnx`
    truncateSync(artifactPath(dirname(store), hash), 100)
    const damaged = await get(path)
    expect(damaged.response.statusCode).toBe(410)
    expect(String(damaged.body)).toContain('it has 100 bytes, and had 77574')
    rmSync(artifactPath(dirname(store), hash))
    const deleted = await get(path)
    expect(deleted.response.statusCode).toBe(410)
    expect(String(deleted.body)).toContain('no longer beside the store')
  })
})

describe('no path of the file system is reachable', () => {
  const up = '../'.repeat(12)
  const attempts = [
    (at: string) => `${at}/../../../../../../secret.txt`,
    (at: string) => `${at}/..%2f..%2f..%2fsecret.txt`,
    (at: string) => `${at}/%2e%2e%2f%2e%2e%2fsecret.txt`,
    (at: string) => `${at}/..%252f..%252fsecret.txt`,
    (at: string) => `${at}/${encodeURIComponent(`${up}etc/passwd`)}`,
    (at: string) => `${at}/${encodeURIComponent('/etc/passwd')}`,
    (at: string) => `${at}/onnx%00.txt`,
    (at: string) => `${at}/onnx/../../../../secret.txt`,
    (at: string) => `${at}/secret.txt`,
    (at: string) => `${at}/retort.db`,
    (at: string) => `${at}/ONNX`,
    (at: string) => `${at}/constructor`,
    (at: string) => `${at}/__proto__`,
    (at: string) => at.replace(/trials\/[0-9a-f]+/, `trials/${encodeURIComponent(`${up}etc`)}`).concat('/passwd'),
    (at: string) => at.replace(/trials\/[0-9a-f]+/, 'trials/%00').concat('/onnx'),
    (at: string) => at.replace(/sweeps\/[^/]+/, `sweeps/${encodeURIComponent('../..')}`).concat('/onnx'),
    () => `/${up}etc/passwd`,
    () => '/_next/static/../../../../package.json',
    () => '/_next/static/..%2f..%2f..%2fpackage.json',
    () => '//etc/passwd',
    () => '/%',
    () => `${up}etc/passwd`,
  ]
  it.each(attempts.map((attempt) => [attempt('/sweeps/S/trials/0123/download'), attempt] as const))(
    'by %s',
    async (_, attempt) => {
      const { response, body } = await get(attempt(downloads()))
      expect([400, 404, 308]).toContain(response.statusCode)
      expect(String(body)).not.toMatch(/a secret beside the store|root:|"private"/)
      // A redirect only tidies slashes, and where it leads is refused too.
      if (response.statusCode === 308) {
        const { response: next } = await get(new URL(response.headers.location!, dashboard.origin).pathname)
        expect([400, 404]).toContain(next.statusCode)
      }
    },
  )
})

describe('the server', () => {
  it.each(['evil.example', 'evil.example:3000', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.0.7'])(
    'refuses the host "%s"',
    async (host) => {
      for (const path of ['/', '/events', `${downloads()}/onnx`, '/icon.svg']) {
        const { response, body } = await get(path, { host })
        expect([400, 403]).toContain(response.statusCode)
        expect(String(body)).not.toContain('mnist')
      }
    },
  )

  it('answers to localhost, with security headers and a policy without unsafe scripts', async () => {
    const { response, body } = await get('/', { host: 'localhost:3000' })
    expect(response.statusCode).toBe(200)
    expect(String(body)).toContain('mnist-night')
    const policy = String(response.headers['content-security-policy'])
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w-]+'(;|$)/)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(response.headers['x-content-type-options']).toBe('nosniff')
    expect(response.headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(response.headers['x-powered-by']).toBeUndefined()
  })

  it('answers 404 for sweeps and trials that are not there', async () => {
    expect((await get('/sweeps/nothing')).response.statusCode).toBe(404)
    expect((await get(`/sweeps/${student().sweep}/trials/abc`)).response.statusCode).toBe(404)
    expect((await get('/nothing')).response.statusCode).toBe(404)
  })
})
