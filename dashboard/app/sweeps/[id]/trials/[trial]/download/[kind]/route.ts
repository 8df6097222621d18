// Serves a trial's artifacts. What is asked for only selects a row; the path follows from the hash found there.
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { artifactPath } from '@retort/schema/artifact'
import { artifactsOf, findTrial } from '@retort/schema/store/read/trials'
import { readStore, storeFile } from '../../../../../../../store/connection.ts'
import { downloadName, isArtifactKind } from '../../../../../../../view/names.ts'

export const dynamic = 'force-dynamic'

const refuse = (status: number, reason: string) =>
  new Response(`${reason}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })

const types = {
  onnx: 'application/octet-stream',
  weights: 'application/octet-stream',
  logits: 'application/octet-stream',
  topology: 'application/json',
  tokenizer: 'application/json',
} as const

export async function GET(
  _request: Request,
  context: { params: Promise<{ id: string; trial: string; kind: string }> },
): Promise<Response> {
  const { id, trial, kind } = await context.params
  if (!isArtifactKind(kind)) return refuse(404, 'There is no such kind of file.')
  const read = readStore((db) => {
    const found = findTrial(db, id, trial)
    return found && { trial: found, artifact: artifactsOf(db, trial).find((each) => each.kind === kind) }
  })
  if ('problem' in read) return refuse(503, 'The store cannot be read.')
  if (read.value === undefined) return refuse(404, 'This sweep has no such trial.')
  const { artifact } = read.value
  if (artifact === undefined) return refuse(404, `This trial has left no ${kind} file.`)

  const file = await openArtifact(artifact.hash)
  if (file === null) return refuse(410, `The ${kind} file is no longer beside the store.`)
  const { size } = await file.stat()
  if (size !== artifact.bytes) {
    await file.close()
    return refuse(
      410,
      `The ${kind} file is damaged: it has ${size} bytes, and had ${artifact.bytes} when it was written.`,
    )
  }
  const name = downloadName(id, trial, read.value.trial, kind)
  return new Response(Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>, {
    // No content-length: Next.js drops it from what a route answers.
    headers: {
      'content-type': types[kind],
      'content-disposition': `attachment; filename="${name}"`,
      // The bytes are named by their hash, so they never change; but the name does not say so.
      'cache-control': 'no-cache',
    },
  })
}

/** Null where the file is gone. */
async function openArtifact(hash: string) {
  try {
    return await open(artifactPath(dirname(storeFile()), hash))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
