// The table of teachers that are not trained here: what each kind's files say, and what is wrong with them.
import { isAbsolute, join } from 'node:path'
import type { Normalisation, Teacher } from '@retort/schema/experiment'
import type {
  GivenFile,
  LeftOut,
  ResolvedArray,
  ResolvedGiven,
  ResolvedLogitsFile,
  ResolvedNormalisation,
} from '@retort/schema/given'
import type { GivenTeacher } from '@retort/schema/resolved'
import { InputError, type Path, type Problem } from '../../errors/problem.ts'
import { givenFile } from './files.ts'
import { readTfjs } from './tfjs.ts'

export type GivenType = ResolvedGiven['type']

/** What it is, or what is wrong with it: a file that cannot be read is told of where the experiment names it. */
export type ReadGiven =
  | { resolved: GivenTeacher['given'] }
  | { problems: Problem[]; missing: { path: Path; file: string; found: string }[] }

type Given<Type extends GivenType> = NonNullable<Teacher[Type]>
type Resolver<Type extends GivenType> = (given: Given<Type>, read: Reader) => GivenTeacher['given']

/** Reads a file that stands at a place of the teacher; what cannot be read is remembered, and null is given. */
interface Reader {
  <File>(place: Path, file: string, read: (path: string) => File): File
  folder: string
}

const resolvers: { [Type in GivenType]: Resolver<Type> } = {
  tfjs: ({ file, output, gives, normalisation, tokenizer }, read) => {
    const { topology, graph, sha256, preprocessing } = read(['tfjs', 'file'], file, readTfjs)
    const path = pathOf(file, read.folder)
    return {
      type: 'tfjs',
      file,
      path,
      sha256,
      topology,
      normalisation: filled(normalisation ?? preprocessing),
      ...(graph != null && { gives: gives ?? 'logits' }),
      ...(graph == null && gives === 'probabilities' && { gives }),
      ...(output !== undefined && { output }),
      ...leftOut({ gives: gives === undefined && graph != null, scale: isWithoutScale(normalisation) }),
      tokenizer: tokenizerOf('tfjs', tokenizer, read),
    }
  },
  onnx: ({ file, inputLayout = null, output = null, gives, normalisation = null, tokenizer }, read) => ({
    type: 'onnx',
    ...read(['onnx', 'file'], file, () => givenFile(file, read.folder)),
    inputLayout,
    output,
    gives: gives ?? 'logits',
    normalisation: filled(normalisation),
    ...leftOut({ gives: gives === undefined, scale: isWithoutScale(normalisation) }),
    tokenizer: tokenizerOf('onnx', tokenizer, read),
  }),
  logits: ({ train, test, gives }, read) => {
    const array = ({ file, tensor }: { file: string; tensor?: string }, place: Path): ResolvedArray => ({
      ...read([...place, 'file'], file, () => givenFile(file, read.folder)),
      tensor: tensor ?? null,
    })
    const rows = (given: Given<'logits'>['train'], place: Path): ResolvedLogitsFile => ({
      ...array(given, place),
      ids: given.ids === undefined ? null : array(given.ids, [...place, 'ids']),
    })
    return {
      type: 'logits',
      train: rows(train, ['logits', 'train']),
      test: test === undefined ? null : rows(test, ['logits', 'test']),
      gives: gives ?? 'logits',
      ...leftOut({ gives: gives === undefined }),
    }
  },
  ensemble: ({ of, weights, mean = 'logits' }) => {
    const all = weights ?? of.map(() => 1)
    const total = all.reduce((sum, weight) => sum + weight, 0)
    // 2 and 1 are the same as 4 and 2.
    return { type: 'ensemble', of: of.map((model, place) => ({ model, weight: all[place]! / total })), mean }
  },
}

const tokenizerOf = (type: GivenType, file: string | undefined, read: Reader): GivenFile | null =>
  file === undefined ? null : read([type, 'tokenizer'], file, () => givenFile(file, read.folder))

export const givenTypes = Object.keys(resolvers) as GivenType[]

/** The scale of bytes; of other data it is settled with these. */
const filled = (normalisation: Normalisation | null): ResolvedNormalisation | null =>
  typeof normalisation === 'object' ? normalisation && { scale: 255, ...normalisation } : normalisation

const isWithoutScale = (normalisation: Normalisation | null | undefined): boolean =>
  typeof normalisation === 'object' && normalisation !== null && normalisation.scale === undefined

function leftOut(settings: { [Setting in LeftOut[number]]?: boolean }): { leftOut?: LeftOut } {
  const names = (['gives', 'scale'] as const).filter((name) => settings[name])
  return names.length === 0 ? {} : { leftOut: names }
}

const pathOf = (file: string, folder: string): string => (isAbsolute(file) ? file : join(folder, file))

/** The kind of a teacher that is not trained here; undefined for one that is. */
export const givenTypeOf = (teacher: Teacher): GivenType | undefined =>
  givenTypes.find((type) => teacher[type] !== undefined)

/** Reads each teacher's files once, so that what is checked is what is used. */
export function givenTeachers(folder: string): (teacher: Teacher) => ReadGiven {
  const known = new Map<string, ReadGiven>()
  return (teacher) => {
    const key = JSON.stringify(teacher)
    const found = known.get(key) ?? readTeacher(teacher, folder)
    known.set(key, found)
    return found
  }
}

function readTeacher(teacher: Teacher, folder: string): ReadGiven {
  const type = givenTypeOf(teacher)
  if (type === undefined) throw new Error(`${teacher.id} is trained here`)
  const missing: { path: Path; file: string; found: string }[] = []
  const problems: Problem[] = []
  const read = <File>(place: Path, file: string, readFile: (path: string) => File): File => {
    try {
      return readFile(pathOf(file, folder))
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const [first] = error.problems
      // Without a line the file itself could not be read.
      if (first?.line == null) missing.push({ path: place, file, found: first?.found ?? '' })
      else problems.push(...error.problems)
      // Nobody sees it: there is a problem.
      return {} as File
    }
  }
  const resolve = resolvers[type] as Resolver<GivenType>
  const resolved = resolve(teacher[type]!, Object.assign(read, { folder }))
  return missing.length + problems.length === 0 ? { resolved } : { problems, missing }
}
