// With --json errors are JSON too, of one shape, whatever is wrong.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { seedStore } from '../dashboard/seed.ts'
import { folder, retort, small, write } from './retort.ts'

it('each error is one JSON value with its message, its exit code and the problems of a file', async () => {
  const cwd = folder()
  const store = join(cwd, 'retort.db')
  seedStore(store)
  write(cwd, small)
  write(cwd, { ...small, temperature: 4 }, 'wrong.json')
  writeFileSync(join(cwd, 'no store'), 'x'.repeat(5000))
  mkdirSync(join(cwd, 'f'))
  const cases: [string[], number, string | RegExp][] = [
    [['validate', 'wrong.json'], 2, /^wrong\.json:\d+:\d+ {2}temperature: unknown name/],
    [['plan', 'experiment.json', '--store', 'f'], 2, 'expected the file of a store, got a folder: f'],
    [['list', '--store', 'no store'], 2, 'no store is not a store of Retort: it is no SQLite file'],
    [['show', 'mnist-nigt', '--store', store], 2, 'there is no sweep "mnist-nigt"; did you mean "mnist-night"?'],
    [
      ['rank', 'mnist-night', '--sort', 'size', '--store', store],
      2,
      /^option '--sort <by>' argument 'size' is invalid/,
    ],
    [['rank', 'mnist-night', '--tpo', '3', '--store', store], 2, /^unknown option '--tpo'\n\(Did you mean --top\?\)$/],
    [['export', '0', '--format', 'onnx', '--store', store], 2, "required option '--out <dir>' not specified"],
    [['profile', 'experiment.json'], 2, '--student or --teacher: expected the id of one model, got "neither"'],
    [['unknown'], 2, /^unknown command 'unknown'|^unknown option '--json'/],
  ]
  for (const [words, exitCode, message] of cases) {
    const { code, stdout, stderr } = await retort(cwd, ...words, '--json')
    const said = JSON.parse(stdout)
    expect([code, stderr, said.error.exitCode], words.join(' ')).toEqual([exitCode, '', exitCode])
    expect(said.error.message).toMatch(message instanceof RegExp ? message : /^/)
    if (typeof message === 'string') expect(said.error.message).toBe(message)
    expect(said.problems).toHaveLength(words[0] === 'validate' && words.length > 1 ? 1 : 0)
    // As it was before there was `error`.
    expect(said.valid).toBe(said.problems.length > 0 ? false : undefined)
  }
})
