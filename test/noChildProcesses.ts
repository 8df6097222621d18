// Keeps the inner loop quick: a test that starts a child process fails there, and is to be left out of its list.
import childProcess from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'

function refuse(): never {
  throw new Error('`pnpm test:quick` starts no child process: leave this file out in vitest.quick.config.ts')
}

const starting = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'] as const
for (const name of starting) Object.assign(childProcess, { [name]: refuse })
syncBuiltinESMExports()
