// A part of an experiment with every default filled in. What a teacher or student overrides of the file's
// training is merged into the whole of it, and `$schema`, which is for editors, is left out.
import type { Architecture, FileTokenizer, KerasArchitecture, Student, Teacher, Training } from './experiment.ts'
import type { NamedEnsemble, ResolvedEnsemble, ResolvedGiven } from './given.ts'
import type { ResolvedKeras } from './topology.ts'

export type Resolved<T> = T extends readonly (infer Item)[]
  ? Resolved<Item>[]
  : T extends Student
    ? { [Key in keyof T]-?: Key extends 'training' ? Resolved<Training> : Resolved<NonNullable<T[Key]>> }
    : T extends Teacher
      ? TrainedTeacher | GivenTeacher
      : T extends KerasArchitecture
        ? ResolvedKeras
        : T extends FileTokenizer
          ? ResolvedFileTokenizer
          : T extends object
            ? { [Key in keyof T as Key extends '$schema' ? never : Key]-?: Resolved<NonNullable<T[Key]>> }
            : T

/** A tokenizer.json, known by what it says. */
export interface ResolvedFileTokenizer {
  type: 'file'
  file: string
  sha256: string
  padding: string
}

/** How a teacher reads a text by a tokenizer of its own. */
export interface Reader {
  tokenizer: Resolved<NonNullable<Teacher['tokenizer']>>
  /** Of its windows; null for as few positions as it needs. */
  length: number | null
}

export interface TrainedTeacher {
  id: string
  architecture: Resolved<Architecture>
  /** Null where it reads what its students do. */
  reader: Reader | null
  training: Resolved<Training>
  seed: number
}

/** A teacher that is not trained here. */
export interface GivenTeacher {
  id: string
  /** As in `TrainedTeacher`. */
  reader: Reader | null
  given: Exclude<ResolvedGiven, ResolvedEnsemble> | NamedEnsemble
}
