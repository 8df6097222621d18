// Whether a process runs sweeps of a store just now. What the store says of a run may be stale: a killed process
// cannot write that it has ended.
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'

/** Which a running process holds in an open transaction, for as long as it lives. */
export const lockFile = (store: string): string => `${store}.lock`

/** @param store the store's file */
export function isBeingRun(store: string): boolean {
  const file = lockFile(store)
  if (!existsSync(file)) return false
  const lock = new Database(file, { readonly: true, timeout: 0 })
  try {
    lock.pragma('user_version')
    return false
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return true
    throw error
  } finally {
    lock.close()
  }
}

/** A sweep's status with the runner's death counted in. */
export const presentStatus = <Status extends string>(status: Status, store: string): Status | 'interrupted' =>
  status === 'running' && !isBeingRun(store) ? 'interrupted' : status
