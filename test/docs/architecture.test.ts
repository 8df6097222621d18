// The tree in docs/architecture.md names the folders that there are, each with a sentence.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

/** What is made, fetched or found by others: none of it is kept in Git. */
const isMade = (name: string) => ['node_modules', 'dist', 'results'].includes(name) || name.startsWith('.')

const workspaces = /packages: \[(.*)\]/.exec(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))![1]!.split(', ')

/** A folder and those below it, but for those of pages, which are addresses. */
function foldersIn(folder: string): string[] {
  const path = relative(root, folder).replaceAll(sep, '/')
  const below = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !isMade(entry.name),
  )
  const inside = path === 'dashboard/app' ? [] : below.flatMap(({ name }) => foldersIn(join(folder, name)))
  return [path, ...inside]
}

/** The lines of the tree: two spaces a level, a name, a sentence. */
function named(): { folder: string; sentence: string }[] {
  const tree = /## The tree[\s\S]*?```\n([\s\S]*?)```/.exec(text)![1]!
  const above: string[] = []
  return tree
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, indent = '', name = '', sentence = ''] = /^((?: {2})*)([\w-]+)\/ +(\S.*)$/.exec(line) ?? []
      above.splice(indent.length / 2, Number.POSITIVE_INFINITY, name)
      return { folder: above.join('/'), sentence }
    })
}

it('names each folder once, and no other', () => {
  const found = [...workspaces.flatMap((name) => foldersIn(join(root, name))), 'docs', 'experiments']
  expect(
    named()
      .map(({ folder }) => folder)
      .sort(),
  ).toEqual(found.sort())
})

it('says what each is in one sentence', () => {
  for (const { folder, sentence } of named()) expect(`${folder} ${sentence}`).toMatch(/^\S+ \S.{10,}\.$/)
})

it('has the order of the street that the structure test holds', () => {
  const structure = readFileSync(join(root, 'test/structure.test.ts'), 'utf8')
  const layers = /const layers = \[\n([\s\S]*?)\n\]/.exec(structure)![1]!
  const held = [...layers.matchAll(/'(\w+)'/g)].map(([, name]) => name)
  const written = /\n {4}(errors .*)\n/.exec(text)![1]!
  expect(written.split(/[\s|]+/)).toEqual(held)
})
