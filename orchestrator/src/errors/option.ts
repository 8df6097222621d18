// An option of the command line that cannot be used.
export class InvalidOptionError extends Error {
  override readonly name = 'InvalidOptionError'
  readonly exitCode = 2

  constructor(option: string, expected: string, found: string) {
    super(`${option}: expected ${expected}, got "${found}"`)
  }
}
