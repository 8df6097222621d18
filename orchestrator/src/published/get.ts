// Brings a published data set into a folder: found or downloaded, checked by its sums, unpacked.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract } from 'tar'
import type { PublishedFile, PublishedSet } from './sets.ts'

/** Files that are missing, or are not the published ones. */
export class PublishedDataProblem extends Error {
  override readonly name = 'PublishedDataProblem'
  readonly exitCode = 2
}

export interface Get {
  set: PublishedSet
  /** A folder that has the published files; without it they are downloaded. */
  from?: string | undefined
  to: string
  /** Told what is done, in a line. */
  tell: (line: string) => void
}

/** @returns whether there was anything to do. @throws PublishedDataProblem, and nothing is changed in `to` then */
export async function getPublished({ set, from, to, tell }: Get): Promise<boolean> {
  if ((await missing(to, set)).length === 0) return false
  const source = from ?? set.here?.()
  if (source !== undefined) await requireFiles(source, set)
  const made = await mkdir(to, { recursive: true })
  const incoming = await mkdtemp(join(to, '.incoming-'))
  try {
    const unpackedInto = join(incoming, 'unpacked')
    await mkdir(unpackedInto)
    for (const file of set.files) {
      const path = source === undefined ? await download(file, incoming, tell) : join(source, file.name)
      await checkSum(path, file)
      await unpackers[set.packing](path, unpackedInto)
      tell(`${file.name}: checked${set.packing === 'none' ? '' : ' and unpacked'}`)
    }
    const wrong = await missing(unpackedInto, set)
    if (wrong.length > 0) throw new PublishedDataProblem(`the published files are not complete: ${wrong.join('; ')}`)
    for (const name of await readdir(unpackedInto)) await rename(join(unpackedInto, name), join(to, name))
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true })
    throw error
  } finally {
    await rm(incoming, { recursive: true, force: true })
  }
  return true
}

/** What a folder lacks of the unpacked set. */
async function missing(folder: string, { unpacked }: PublishedSet): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(unpacked).map(async ([name, bytes]) => {
      const size = await stat(join(folder, name)).then(
        (file) => file.size,
        () => undefined,
      )
      return size === bytes ? [] : [`${name}: expected ${bytes} bytes, got ${size ?? 'no such file'}`]
    }),
  )
  return found.flat()
}

async function requireFiles(folder: string, { files }: PublishedSet): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new PublishedDataProblem(`${folder}: ${error.code === 'ENOENT' ? 'no such folder' : error.message}`)
  })
  const absent = files.filter(({ name }) => !there.includes(name))
  if (absent.length === 0) return
  throw new PublishedDataProblem(
    [
      `${folder} lacks:`,
      ...absent.map(({ name, md5, url }) => `  ${name} (MD5 ${md5})${url ? `, from ${url}` : ''}`),
    ].join('\n'),
  )
}

async function download({ name, md5, url }: PublishedFile, folder: string, tell: Get['tell']): Promise<string> {
  const path = join(folder, name)
  tell(`downloading ${url}`)
  try {
    const response = await fetch(url!)
    if (!response.ok || response.body === null)
      throw new Error(`the server says ${response.status} ${response.statusText}`)
    await pipeline(Readable.fromWeb(response.body), createWriteStream(path))
    return path
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error & { code?: string } }
    const why = cause?.code ?? cause?.message
    throw new PublishedDataProblem(
      [
        `${url} cannot be downloaded: ${message}${why === undefined ? '' : ` (${why})`}.`,
        `Put ${name} (MD5 ${md5}) into a folder by other means, and give that folder with --from.`,
      ].join('\n'),
    )
  }
}

async function checkSum(path: string, { md5 }: PublishedFile): Promise<void> {
  const hash = createHash('md5')
  await pipeline(createReadStream(path), hash)
  const got = hash.digest('hex')
  if (got === md5) return
  throw new PublishedDataProblem(`${path}: expected MD5 ${md5}, got ${got}: it is damaged, or not the published file`)
}

const unpackers: { [Packing in PublishedSet['packing']]: (path: string, folder: string) => Promise<unknown> } = {
  none: (path, folder) => copyFile(path, join(folder, basename(path))),
  gzip: (path, folder) =>
    pipeline(createReadStream(path), createGunzip(), createWriteStream(join(folder, basename(path, '.gz')))),
  // The archives hold one folder.
  'tar.gz': (path, folder) => extract({ file: path, cwd: folder, strip: 1, strict: true }),
}
