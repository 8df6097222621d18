// A place on the command line that cannot be written to.
import { relative } from 'node:path'
import { pathProblem } from '@retort/schema/pathProblem'

export class OutputPathError extends Error {
  override readonly name = 'OutputPathError'
  readonly exitCode = 2
}

/**
 * @param option that names the place
 * @throws OutputPathError with the reason where the place cannot be written to
 */
export async function writingTo<Written>(
  option: string,
  path: string,
  write: () => Promise<Written>,
): Promise<Written> {
  try {
    return await write()
  } catch (error) {
    const reason = pathProblem(error)
    const { path: where = path } = error as NodeJS.ErrnoException
    // What is read meanwhile lies elsewhere.
    if (reason === undefined || !(isWithin(where, path) || isWithin(path, where))) throw error
    const place = where === path ? '' : ` (${where})`
    throw new OutputPathError(`${option}: expected a place that can be written to, got "${path}": ${reason}${place}`)
  }
}

const isWithin = (inner: string, outer: string): boolean => !relative(outer, inner).startsWith('..')
