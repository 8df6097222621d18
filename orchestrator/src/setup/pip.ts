// pip, as far as it is there: it fetches wheels, whichever Python it belongs to.
import { spawnSync } from 'node:child_process'

/** Has wheels of every TensorFlow from 2.12 to 2.21; of a wheel only the C library is used, which knows no Python. */
const pythonOfWheels = '3.11'

const commands: [string, ...string[]][] = [['pip3'], ['pip'], ['python3', '-m', 'pip'], ['python', '-m', 'pip']]

/**
 * Runs pip for wheels only, without what they depend on.
 * @throws Error where there is no pip or it fails
 */
export function pip(command: 'download' | 'install', args: string[]): void {
  const found = commands.find(([name, ...rest]) => spawnSync(name, [...rest, '--version']).status === 0)
  if (found === undefined) {
    throw new Error(
      'There is no pip here to fetch it: install Python with pip, or name a folder or a wheel by --libtensorflow.',
    )
  }
  const [name, ...rest] = found
  const wheels = ['--no-deps', '--only-binary=:all:', '--python-version', pythonOfWheels]
  const { status } = spawnSync(name, [...rest, command, ...wheels, ...args], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`pip could not fetch ${args.at(-1)}; its reason stands above`)
}
