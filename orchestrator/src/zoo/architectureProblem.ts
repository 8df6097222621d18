// An architecture that cannot be built for the data at hand.

export class ArchitectureProblem extends Error {
  override readonly name = 'ArchitectureProblem'
  /** Relative to the architecture. */
  readonly path: string[]

  constructor(problem: string, path: string[]) {
    super(problem)
    this.path = path
  }
}
