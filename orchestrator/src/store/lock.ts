// One runner for each store. The lock is a second SQLite file in an open exclusive transaction: the operating system
// frees it when the process dies, however it dies. Who holds it is written beside it, for the message only.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { lockFile } from '@retort/schema/runner'
import Database from 'better-sqlite3'

export interface StoreLock {
  release(): void
}

interface Holder {
  pid: number
  /** What it does: `sweep "mnist-quickstart"`. */
  what: string
  /** Milliseconds since 1970. */
  since: number
}

/** Who asks whether somebody holds the lock is in the way for a moment. */
const askingMilliseconds = 200

/**
 * @param file the store's file; the lock is `<file>.lock`
 * @param what the holder's business, as the message to others names it: `sweep "mnist-quickstart"`
 * @param patience milliseconds to wait for another holder
 * @throws StoreBusyError when another process holds the lock
 */
export function lockStore(file: string, what: string, patience = askingMilliseconds): StoreLock {
  // Never read this file by other means: closing any other handle on it in this process would free the lock.
  const sqlite = new Database(lockFile(file), { timeout: patience })
  try {
    sqlite.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    sqlite.close()
    if (!(error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw error
    throw new StoreBusyError(busyMessage(file))
  }
  const holder: Holder = { pid: process.pid, what, since: Date.now() }
  writeFileSync(holderFile(file), JSON.stringify(holder))
  const release = () => {
    rmSync(holderFile(file), { force: true })
    sqlite.close()
  }
  return { release }
}

export class StoreBusyError extends Error {
  override readonly name = 'StoreBusyError'
  /** Temporary failure, as sysexits.h has it. */
  readonly exitCode = 75
}

const holderFile = (file: string) => `${file}.lock.json`

function busyMessage(file: string): string {
  const advice = 'wait for it or use another --store'
  try {
    const { pid, what, since } = JSON.parse(readFileSync(holderFile(file), 'utf8')) as Holder
    const time = new Date(since).toLocaleTimeString('sv-SE', { hour: '2-digit', minute: '2-digit' })
    return `${what} is being run by process ${pid} since ${time} (store ${file}); ${advice}`
  } catch {
    // Taken a moment ago, and not yet signed.
    return `another process is using the store ${file}; ${advice}`
  }
}
