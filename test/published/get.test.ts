// Small made sets with the sums of their made files, served on this machine or lying in a folder.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { create } from 'tar'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readIdx } from '../../orchestrator/src/data/readIdx.ts'
import { getPublished } from '../../orchestrator/src/published/get.ts'
import { bundledFolder, bundledSets, type PublishedSet, publishedSets } from '../../orchestrator/src/published/sets.ts'

const root = mkdtempSync(join(tmpdir(), 'retort-published-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What the server gives by path; null breaks the connection off in the middle. */
const served = new Map<string, Buffer | null>()
let server: Server
let address: string
beforeAll(async () => {
  server = createServer((request, response) => {
    const body = served.get(request.url!)
    if (body === undefined) return response.writeHead(404).end()
    if (body !== null) return response.end(body)
    response.writeHead(200, { 'content-length': 1000 })
    response.write('half', () => response.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex')
let to: string
let from: string
let told: string[]
let tests = 0
beforeEach(() => {
  served.clear()
  to = join(root, `to${++tests}`)
  from = join(root, `from${tests}`)
  mkdirSync(from)
  told = []
})
const get = (set: PublishedSet, source?: string) =>
  getPublished({ set, from: source, to, tell: (line) => told.push(line) })

function published(
  name: string,
  bytes: Buffer,
  packing: PublishedSet['packing'],
  unpacked: Record<string, number>,
): PublishedSet {
  const files = [{ name, md5: md5(bytes), url: `${address}/${name}` }]
  return { title: 'made', files, packing, unpacked, dataset: () => ({}) }
}

async function archive(files: Record<string, string>): Promise<Buffer> {
  const folder = join(from, 'in-here')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  await create({ gzip: true, cwd: from, file: join(from, 'made.tar.gz') }, ['in-here'])
  rmSync(folder, { recursive: true })
  return readFileSync(join(from, 'made.tar.gz'))
}

describe('getting a set', () => {
  it('downloads, checks and unpacks gzip, then has it', async () => {
    const zipped = gzipSync('seven77')
    const set = published('labels.gz', zipped, 'gzip', { labels: 7 })
    served.set('/labels.gz', zipped)
    expect(await get(set)).toBe(true)
    expect(readFileSync(join(to, 'labels'), 'utf8')).toBe('seven77')
    expect(readdirSync(to)).toEqual(['labels'])
    expect(told).toEqual([`downloading ${address}/labels.gz`, 'labels.gz: checked and unpacked'])
    served.clear()
    expect(await get(set)).toBe(false)
    // Cut short, it is got again.
    writeFileSync(join(to, 'labels'), 'seven')
    served.set('/labels.gz', zipped)
    expect(await get(set)).toBe(true)
    expect(readFileSync(join(to, 'labels'), 'utf8')).toBe('seven77')
  })

  it('unpacks the folder of a .tar.gz', async () => {
    const bytes = await archive({ 'train.bin': 'abc', 'test.bin': 'de', 'names.txt': 'f' })
    const set = published('made.tar.gz', bytes, 'tar.gz', { 'train.bin': 3, 'test.bin': 2 })
    served.set('/made.tar.gz', bytes)
    expect(await get(set)).toBe(true)
    expect(readdirSync(to).sort()).toEqual(['names.txt', 'test.bin', 'train.bin'])
    expect(readFileSync(join(to, 'test.bin'), 'utf8')).toBe('de')
  })

  it('takes files from a folder, and leaves them there', async () => {
    const bytes = await archive({ 'train.bin': 'abc' })
    const set = published('made.tar.gz', bytes, 'tar.gz', { 'train.bin': 3 })
    expect(await get(set, from)).toBe(true)
    expect(readFileSync(join(to, 'train.bin'), 'utf8')).toBe('abc')
    expect(readdirSync(from)).toEqual(['made.tar.gz'])
  })

  it('MNIST comes with Retort, and is the published one', async () => {
    expect(await get(publishedSets.mnist)).toBe(true)
    const { dims, values } = await readIdx(join(to, 't10k-labels-idx1-ubyte'), 'key')
    expect(dims).toEqual([10000])
    expect([...values.subarray(0, 3)]).toEqual([7, 2, 1])
  })
})

describe('what goes wrong is told, and leaves nothing behind', () => {
  const nothingLeft = () => expect(existsSync(to)).toBe(false)
  const zipped = gzipSync('x')

  it('a server that has it not, breaks off, or is not there', async () => {
    const set = published('x.gz', zipped, 'gzip', { x: 1 })
    const how = `Put x.gz (MD5 ${md5(zipped)}) into a folder by other means, and give that folder with --from.`
    await expect(get(set)).rejects.toThrow(
      `${address}/x.gz cannot be downloaded: the server says 404 Not Found.\n${how}`,
    )
    served.set('/x.gz', null)
    await expect(get(set)).rejects.toThrow(/x\.gz cannot be downloaded: terminated/)
    const url = 'http://127.0.0.1:1/x.gz'
    await expect(get({ ...set, files: [{ ...set.files[0]!, url }] })).rejects.toThrow(`${url} cannot be downloaded: `)
    nothingLeft()
  })

  it('another file than the published one', async () => {
    const set = published('x.gz', zipped, 'gzip', { x: 1 })
    served.set('/x.gz', gzipSync('y'))
    const sums = `expected MD5 ${md5(zipped)}, got ${md5(gzipSync('y'))}: it is damaged, or not the published file`
    await expect(get(set)).rejects.toThrow(sums)
    writeFileSync(join(from, 'x.gz'), gzipSync('y'))
    await expect(get(set, from)).rejects.toThrow(`${join(from, 'x.gz')}: ${sums}`)
    nothingLeft()
  })

  it('a folder that is not there or lacks files, all of them named', async () => {
    await expect(get(publishedSets['cifar-10'], join(root, 'nowhere'))).rejects.toThrow(
      `${join(root, 'nowhere')}: no such folder`,
    )
    writeFileSync(join(from, 't10k-images-idx3-ubyte.gz'), '')
    await expect(get(publishedSets['fashion-mnist'], from)).rejects.toThrow(
      /from\d+ lacks:\n {2}train-images-idx3-ubyte\.gz \(MD5 8d4fb7e6c68d591d4c3dfef9ec88bf0d\), from https:.*\n {2}train-labels-.*\n {2}t10k-labels-[^\n]*$/,
    )
    nothingLeft()
  })

  it('an archive that lacks what the set should have', async () => {
    const bytes = await archive({ 'train.bin': 'abc' })
    const set = published('made.tar.gz', bytes, 'tar.gz', { 'train.bin': 4, 'test.bin': 2 })
    await expect(get(set, from)).rejects.toThrow(
      'the published files are not complete: train.bin: expected 4 bytes, got 3; test.bin: expected 2 bytes, got no such file',
    )
    nothingLeft()
  })
})

it('a set that comes with Retort lies where it says, and is as large', () => {
  for (const set of Object.values(bundledSets)) {
    const folder = bundledFolder(set)
    const read = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
    expect(read.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)).toBe(set.bytes)
  }
})

it('sums are MD5 in hexadecimal, and places are https', () => {
  for (const set of Object.values(publishedSets) as PublishedSet[]) {
    for (const { md5: sum, url } of set.files) {
      expect(sum).toMatch(/^[0-9a-f]{32}$/)
      if (url !== null) expect(url).toMatch(/^https:\/\//)
    }
  }
})
