// The report of a sweep: it says what the ranking says, and what others wrote stays text.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { seedStore } from '../dashboard/seed.ts'
import { folder, retort } from './retort.ts'

const hostile = '<script>alert(1)</script> | **a**\n# b &lt; `c`'
const published = [
  { student: 'mlp-24', testAccuracy: 0.95, source: 'Doe 2020 | p. 3' },
  { student: 'mlp-24', teacher: 'cnn-32-64', temperature: 2, testAccuracy: 0.96, source: 'arXiv:1503.02531' },
  { student: 'mlp-24', teacher: 'cnn-32-64', temperature: 20, testAccuracy: 0.97, source: 'x' },
]

function seeded(): { cwd: string; store: string } {
  const cwd = folder()
  const store = join(cwd, 'retort.db')
  seedStore(store)
  const sqlite = new Database(store)
  sqlite
    .prepare(
      "UPDATE sweeps SET description = ?, experiment = json_set(experiment, '$.published', json(?)) WHERE id = ?",
    )
    .run(hostile, JSON.stringify(published), 'mnist-night')
  sqlite.close()
  return { cwd, store }
}

/** The rows of the Markdown table under a heading, as cells. */
function rowsUnder(markdown: string, heading: string): string[][] {
  const section = markdown.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
      .slice(1, -1),
  )
}

describe('retort report', () => {
  it('says in Markdown what the ranking says', async () => {
    const { cwd, store } = seeded()
    const { stdout, code, stderr } = await retort(cwd, 'report', 'mnist-night', '--store', store)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const ranked = JSON.parse((await retort(cwd, 'rank', 'mnist-night', '--json', '--store', store)).stdout)
    expect(stdout).toContain(`**${ranked.answer}**`)
    const rows = rowsUnder(stdout, 'Configurations')
    expect(rows).toHaveLength(27)
    for (const [index, { n, planned, comparison, parameters }] of ranked.configurations.entries()) {
      const [place, , seeds, validation, , , corrected, verdict, , size] = rows[index]!
      expect(place).toBe(`${index + 1}${comparison.amongBest ? ' \\*' : ''}`)
      expect(seeds).toBe(n === planned ? String(n) : `${n} of ${planned}`)
      expect(validation).toContain(`${(comparison.validation.mean * 100).toFixed(2)} %`)
      expect(verdict).toBe(comparison.gain?.verdict ?? '')
      const p = comparison.gain?.significance?.corrected
      expect(corrected).toBe(p === undefined ? '' : String(Number(p.toPrecision(4))))
      expect(size).toBe(parameters.toLocaleString('en-US'))
    }
    expect(rowsUnder(stdout, 'What failed').map((row) => row[1])).toEqual(['diverged', 'crashed'])
    expect(stdout).toContain('82 trials: onnx on cpu, 1 thread')
  })

  it('puts figures of the literature beside the measured ones', async () => {
    const { cwd, store } = seeded()
    const { stdout } = await retort(cwd, 'report', 'mnist-night', '--store', store)
    const sqlite = new Database(store, { readonly: true })
    const best = (where: string) =>
      sqlite
        .prepare(
          `SELECT test_accuracy FROM configuration_view WHERE sweep = 'mnist-night' AND model = 'mlp-24' AND ${where}
            ORDER BY validation_accuracy DESC LIMIT 1`,
        )
        .pluck()
        .get() as number
    const [alone, taught] = [best("role = 'baseline'"), best("role = 'student' AND temperature = 2")]
    sqlite.close()
    const [first, second, third] = rowsUnder(stdout, 'Beside published figures')
    expect(first![2]).toMatch(new RegExp(`^${(alone * 100).toFixed(2)} %`))
    expect(first![3]).toBe(`+${((alone - 0.95) * 100).toFixed(2)}`)
    expect(first!.at(-1)).toBe('Doe 2020 \\| p. 3')
    expect(second![2]).toMatch(new RegExp(`^${(taught * 100).toFixed(2)} %`))
    expect(third!.slice(2, 4)).toEqual(['not measured', ''])
  })

  it('is one HTML file without scripts and links, in which text stays text', async () => {
    const { cwd, store } = seeded()
    const args = ['report', 'mnist-night', '--store', store, '--format', 'html', '--out', 'report.html']
    expect(await retort(cwd, ...args)).toMatchObject({ code: 0, stdout: '' })
    const html = readFileSync(join(cwd, 'report.html'), 'utf8')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; | **a** # b &amp;lt; `c`')
    expect(html).not.toMatch(/<script|<link|<img|<a |src=|@import|url\(/)
    expect(html.match(/<h1>/g)).toHaveLength(1)
    expect(html.match(/<tr>/g)!.length).toBeGreaterThan(27 + 5)
  })

  it('reports a sweep of which nothing is done, and refuses other formats', async () => {
    const { cwd, store } = seeded()
    const { stdout, code } = await retort(cwd, 'report', 'mnist-temperatures', '--store', store)
    expect(code).toBe(0)
    expect(stdout).toContain('Nothing is done yet.')
    const ended = await retort(cwd, 'report', 'mnist-night', '--store', store, '--format', 'pdf')
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain('expected md or html, got "pdf"')
  })
})
