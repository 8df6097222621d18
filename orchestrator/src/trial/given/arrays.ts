// Reads the arrays that a teacher's logits and their samples' ids are in.
import type { ResolvedArray } from '@retort/schema/given'
import { arrayNamed, openArrays } from '../../data/arrayFile.ts'
import type { NumberArray } from '../../data/numberTypes.ts'
import { readGiven } from '../../spec/given/files.ts'
import { GivenProblem } from './source.ts'

/**
 * @param path of the array in the teacher, for errors
 * @throws GivenProblem when it is damaged or of another kind
 */
export async function readArray(array: ResolvedArray, path: string[]): Promise<NumberArray> {
  const problem = (message: string, at: 'file' | 'name' = 'file') =>
    new GivenProblem(`${array.file}: ${message}`, [...path, at === 'name' ? 'tensor' : at])
  return arrayNamed(await openArrays(readGiven(array), problem), array.tensor, problem)
}
