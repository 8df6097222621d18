// Links of the README and of other pages lead to files and headings that exist. Addresses of the web are not asked.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** A page without its blocks of code. */
const proseOf = (page: string): string => readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '')

/** The anchors that GitHub gives to headings; of equal ones the later are numbered. */
function anchorsOf(page: string): Set<string> {
  const times = new Map<string, number>()
  const headings = [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => {
    const anchor = heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const before = times.get(anchor) ?? 0
    times.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
  return new Set(headings)
}

it.each(pages)('%s has no link that leads nowhere', (name) => {
  const page = join(root, name)
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
  const lost = targets.filter((target) => {
    if (/^https?:/.test(target)) return false
    const [path, anchor] = target.split('#') as [string, string?]
    const file = path === '' ? page : resolve(dirname(page), path)
    return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).has(anchor))
  })
  expect(lost).toEqual([])
})

it('the README is short', () => {
  expect(readFileSync(join(root, 'README.md')).length).toBeLessThanOrEqual(8 * 1024)
})
