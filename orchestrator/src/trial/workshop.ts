// What a worker keeps from one trial to the next: the data, the open engine, and the benches used last.
import { stat } from 'node:fs/promises'
import type { Placement } from '@retort/schema/messages'
import type { ResolvedDataset } from '@retort/schema/trial'
import type { Data } from '../data/data.ts'
import { filesOf, loadDataset } from '../data/loadDataset.ts'
import { type TokenCache, tokenCache } from '../data/text/tokenCache.ts'
import type { Engine } from '../engine/engine.ts'
import { type OwnWorkbench, openWorkbench, type Workbench } from './workbench.ts'
import { type WorkbenchRequest, workbenchKey } from './workbenchRequest.ts'

/** A teacher, and a student with and without one, come in turns; more would only hold memory. */
const benchesKept = 4

/** Where token ids of texts are kept from one process to the next. */
export interface Keeping {
  /** The store's. */
  folder: string
  /** Whether what is not there yet may be written; by default it is. */
  write?: boolean
  /** Told, in a line, of what is damaged; by default standard error is. */
  tell?: (line: string) => void
}

export interface Workshop {
  /** @param keeping nowhere where it is left out */
  data(dataset: ResolvedDataset, keeping?: Keeping): Promise<Data>
  engine(placement: Placement): Promise<Engine>
  /** For the engine opened last. */
  workbench(request: WorkbenchRequest): Promise<Workbench>
  /** Closes the engine; the next one asked for is opened anew. */
  close(): Promise<void>
}

/** @param open opens an engine, as engine/open.ts does */
export function openWorkshop(open: (placement: Placement) => Promise<Engine>): Workshop {
  let loaded: { key: string; data: Promise<Data>; cache: TokenCache | null } | undefined
  let opened: { key: string; engine: Engine } | undefined
  /** The one used last comes last. */
  const benches = new Map<string, OwnWorkbench>()

  async function closeEngine(): Promise<void> {
    for (const workbench of benches.values()) workbench.dispose()
    benches.clear()
    await opened?.engine.close()
    opened = undefined
  }

  return {
    close: closeEngine,
    async data(dataset, keeping) {
      const key = JSON.stringify([dataset, await stampsOf(dataset)])
      if (loaded?.key !== key) {
        const cache = keeping === undefined ? null : tokenCache(keeping.folder, keeping.tell ?? console.warn)
        loaded = { key, data: loadDataset(dataset, cache), cache }
      }
      const { data, cache } = loaded
      await data
      if (keeping !== undefined && keeping.write !== false) await cache?.write()
      return data
    },
    async engine(placement) {
      const key = JSON.stringify(placement)
      if (opened?.key !== key) {
        await closeEngine()
        opened = { key, engine: await open(placement) }
      }
      return opened.engine
    },
    async workbench(request) {
      if (opened === undefined) throw new Error('a workbench needs an open engine')
      const key = workbenchKey(request)
      const workbench = benches.get(key) ?? (await openWorkbench(opened.engine, request))
      benches.delete(key)
      benches.set(key, workbench)
      for (const [oldest, unused] of benches) {
        if (benches.size <= benchesKept) break
        unused.dispose()
        benches.delete(oldest)
      }
      return workbench
    },
  }
}

/** What changes when one of the user's files does; nothing for a file that is not there. */
function stampsOf(dataset: ResolvedDataset): Promise<unknown[]> {
  const stamp = async (path: string) => {
    const found = await stat(path, { bigint: true }).catch(() => null)
    return found && [found.ino, found.size, found.mtimeNs].map(String)
  }
  return Promise.all(filesOf(dataset).map(stamp))
}
