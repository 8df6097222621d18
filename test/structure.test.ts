// The one-way street: which folder may import which, and that no imports go in a circle.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')

/** Each folder of the orchestrator may import itself and what stands on an earlier line. */
const layers = [
  ['errors'],
  ['setup'],
  ['published'],
  ['spec'],
  ['plan'],
  ['engine'],
  ['zoo', 'objectives', 'data'],
  ['trial'],
  ['search'],
  ['store'],
  ['executor'],
  ['cli'],
]

/** What loads native code or TensorFlow.js; only a trial's process may. */
const tensorLibraries = /^(@tensorflow\/|onnxruntime-|onnx-proto)/
const tensorFolders = ['engine', 'zoo', 'objectives', 'data', 'trial']

interface Import {
  from: string
  /** A path from the root without its suffix for the project's own files, else the package's name. */
  to: string
  typeOnly: boolean
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(node_modules|dist|\.next)\//.test(file))
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(statement)].map((match) => {
    const name = (match[2] ?? match[3]) as string
    const to = name.startsWith('.')
      ? relative(root, resolve(root, dirname(file), name)).replace(/\.(tsx?|js)$/, '')
      : name.replace(/^@retort\/(schema|orchestrator)\//, (_, workspace: string) => `${workspace}/src/`)
    return { from: file, to, typeOnly: match[1] !== undefined }
  })
}

const folderOf = (path: string) => /^orchestrator\/src\/([^/]+)\//.exec(path)?.[1]
const show = (wrong: Import[]) => wrong.map((each) => `${each.from} imports ${each.to}`)

describe('imports', () => {
  const schema = sources('schema').flatMap(importsOf)
  const orchestrator = sources('orchestrator/src').flatMap(importsOf)
  const dashboard = sources('dashboard').flatMap(importsOf)

  it('are found at all', () => {
    expect(orchestrator.length).toBeGreaterThan(100)
    expect(dashboard.length).toBeGreaterThan(20)
  })

  it('of schema lead to no other workspace package', () => {
    expect(show(schema.filter(({ to }) => /^(orchestrator|dashboard|test)\//.test(to)))).toEqual([])
  })

  it('of dashboard lead to schema only', () => {
    expect(show(dashboard.filter(({ to }) => /^(orchestrator|test)\//.test(to)))).toEqual([])
  })

  it('in orchestrator lead only to the left', () => {
    const rank = (folder: string) => layers.findIndex((layer) => layer.includes(folder))
    const wrong = orchestrator.filter(({ from, to }) => {
      const source = folderOf(from)
      const target = folderOf(to)
      if (source === undefined || target === undefined || source === target) return false
      return rank(target) === -1 || rank(source) <= rank(target)
    })
    expect(show(wrong)).toEqual([])
    expect(new Set(orchestrator.map(({ from }) => folderOf(from)))).toEqual(new Set(layers.flat()))
  })

  it('of tensor libraries stay in the trial’s process', () => {
    const wrong = orchestrator.filter(({ from, to, typeOnly }) => {
      const inside = tensorFolders.includes(folderOf(from) ?? '')
      const reaches = tensorLibraries.test(to) || tensorFolders.includes(folderOf(to) ?? '')
      return !inside && reaches && !typeOnly
    })
    expect(show(wrong)).toEqual([])
  })

  it('go in no circle, nor do those of types', () => {
    const graph = new Map<string, Import[]>()
    for (const each of [...schema, ...orchestrator, ...dashboard]) {
      const file = each.from.replace(/\.tsx?$/, '')
      graph.set(file, [...(graph.get(file) ?? []), each])
    }
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, trail: string[]): void => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
      if (done.has(file) || trail.includes(file)) return
      for (const { to } of graph.get(file) ?? []) visit(to, [...trail, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
    expect(circles).toEqual([])
  })
})

it('no source file is longer than 300 lines, but for those that say why', () => {
  const files = ['schema', 'orchestrator', 'dashboard'].flatMap(sources)
  const long = files.filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 300)
  const reasoned = (file: string) =>
    /\blong file\b/.test(readFileSync(join(root, file), 'utf8').split('\n', 5).join(' '))
  expect(long.filter((file) => !reasoned(file))).toEqual([])
})
