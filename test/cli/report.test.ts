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
      expect(place).toBe(`${comparison.rank}${comparison.amongBest ? ' \\*' : ''}`)
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

  it('counts errors, of classes too, before a bias was corrected and after, and tests what was found of temperatures', async () => {
    const { cwd, store } = seeded()
    const of = { student: 'mlp-24', teacher: 'cnn-32-64' }
    const source = 'x'
    const figures = [
      { teacher: 'cnn-32-64', testErrors: { errors: 67, of: 10000 }, source },
      { ...of, temperature: 4, testErrors: { errors: 74, of: 10000 }, biasCorrected: false, source },
      { ...of, temperature: 4, testErrors: { errors: 15, of: 1010 }, class: 3, biasCorrected: true, source },
      { ...of, temperature: 4, testErrors: { errors: 20, of: 1000 }, class: 3, source },
      { student: 'mlp-24', testErrors: { errors: 74, of: 10000 }, biasCorrected: true, source },
      { ...of, temperatures: { from: 2, to: 4, are: 'best' }, source },
      { ...of, temperatures: { above: 2, are: 'alike' }, source },
    ]
    const sqlite = new Database(store)
    sqlite
      .prepare("UPDATE sweeps SET experiment = json_set(experiment, '$.published', json(?)) WHERE id = 'mnist-night'")
      .run(JSON.stringify(figures))
    const before = { validationLoss: 1, validationAccuracy: 0.8, testLoss: 1, testAccuracy: 0.875 }
    const correct = Array(10).fill(800)
    const correction = JSON.stringify({ shifts: [0, 0, 0, 2.5], before: { ...before, correct } })
    const perClass = JSON.stringify({
      correct: [...Array(3).fill(1000), 990],
      samples: Array(10).fill(1000),
      names: null,
    })
    sqlite
      .prepare(
        `UPDATE trials SET bias_correction = ?, per_class = ? WHERE id IN (SELECT trial FROM trial_view
          WHERE sweep = 'mnist-night' AND model = 'mlp-24' AND temperature = 4)`,
      )
      .run(correction, perClass)
    const accuracies = (where: string) =>
      sqlite
        .prepare(`SELECT test_accuracy FROM trial_view WHERE sweep = 'mnist-night' AND status = 'done' AND ${where}`)
        .pluck()
        .all() as number[]
    const [teacher] = accuracies("role = 'teacher'")
    sqlite.close()
    const { stdout, stderr } = await retort(cwd, 'report', 'mnist-night', '--store', store)
    expect(stderr).toBe('')
    const rows = rowsUnder(stdout, 'Beside published figures')
    const errors = Math.round((1 - teacher!) * 10_000)
    expect(rows[0]!.slice(0, 5)).toEqual([
      'cnn-32-64 (teacher)',
      '67 of 10,000',
      `${errors} of 10,000`,
      `${errors > 67 ? '+' : ''}${errors - 67}`,
      '1',
    ])
    expect(rows[1]!.slice(0, 5)).toEqual([
      'mlp-24 \\<- cnn-32-64, T=4, before the bias correction',
      '74 of 10,000',
      '1,250 of 10,000',
      '+1,176',
      '3',
    ])
    // 10 of 1,000 against 15 of 1,010: other numbers of samples, so in points.
    expect(rows[2]!.slice(1, 4)).toEqual(['15 of 1,010', '10 of 1,000', '+0.49 points'])
    expect(rows[3]!.slice(1, 4)).toEqual(['20 of 1,000', '10 of 1,000', '-10'])
    expect(rows[4]!.slice(2, 4)).toEqual(['not measured', ''])
    const findings = rows.filter(([, said]) => said!.startsWith('T '))
    expect(findings.map((row) => row[1])).toEqual(['T from 2 to 4: best', 'T above 2: alike'])
    expect(findings[0]![2]!.match(/\*\*[^*]*\*\*/g)!.map((bold) => bold.slice(2, 5))).toEqual(['2: ', '4: '])
    expect(findings[1]![2]!.match(/\*\*[^*]*\*\*/g)!.map((bold) => bold.slice(2, 5))).toEqual(['4: ', '8: '])
    for (const row of findings) expect(row[5]).toMatch(/^(better|worse|different|no difference shown)$/)
    const corrected = rowsUnder(stdout, 'Bias corrections')
    expect(corrected.length).toBeGreaterThan(0)
    expect(corrected[0]!.slice(1, 3)).toEqual(['of class 3 +2.50', '80.00 %'])
    expect(corrected[0]![4]).toBe('87.50 %')
    const shown = (await retort(cwd, 'show', 'mnist-night', '--store', store)).stdout
    expect(shown).toContain('bias of class 3 +2.50; before it validation 80.00 %, test 87.50 %')
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
