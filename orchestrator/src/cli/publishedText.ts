// Figures and findings of the literature beside what was measured of them, as Markdown.
import { type FigureLine, type FindingLine, publishedLines } from '@retort/schema/comparison/published'
import type { Ranking } from '@retort/schema/store/read/ranking'
import type { SweepRow } from '@retort/schema/store/read/sweeps'
import type { TrialRow } from '@retort/schema/store/read/trials'
import { count, number, percent, plusMinus, points, trialLabel } from './format.ts'
import { escaped, table } from './markdown.ts'

export function publishedText({ experiment }: SweepRow, found: Ranking, trials: TrialRow[]): string[] {
  const { figures, findings } = publishedLines(
    { ...experiment, ...found, trials },
    {
      percent,
      points,
      plusMinus,
      count,
      number,
      temperature: (temperature) => `T=${number(temperature)}`,
      model: ({ student, teacher }) =>
        student === undefined
          ? `${teacher} (teacher)`
          : teacher === undefined
            ? `${student} (baseline)`
            : `${student} <- ${teacher}`,
      label: trialLabel,
    },
  )
  if (figures.length + findings.length === 0) return []
  return [
    '## Beside published figures',
    ...(figures.length === 0 ? [] : [figuresTable(figures)]),
    ...(findings.length === 0 ? [] : [findingsTable(findings)]),
  ]
}

function figuresTable(figures: FigureLine[]): string {
  const lines = figures.map(({ name, published, measured, source }) => [
    escaped(name),
    published,
    measured === null ? 'not measured' : measured.test,
    measured === null ? '' : measured.difference,
    measured === null ? '' : String(measured.n),
    measured === null ? '' : escaped(measured.of),
    escaped(source),
  ])
  const head = ['figure', 'published test', 'measured test', 'difference', 'n', 'measured with', 'source']
  return table(head, lines, [1, 2, 3, 4])
}

function findingsTable(findings: FindingLine[]): string {
  const lines = findings.map(({ name, published, temperatures, difference, p, verdict, source }) => [
    escaped(name),
    published,
    temperatures.map(({ text, inside }) => (inside ? `**${text}**` : text)).join(', '),
    difference,
    p,
    verdict,
    escaped(source),
  ])
  const head = [
    'finding',
    'published',
    'measured test by temperature',
    'difference, points',
    'p, corrected',
    'verdict',
    'source',
  ]
  return table(head, lines, [3, 4])
}
