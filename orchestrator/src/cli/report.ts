// `retort report SWEEP`: a sweep as one document for colleagues, in Markdown, or in HTML that needs no other file.
import { openForReading } from '@retort/schema/open'
import { marked } from 'marked'
import { InvalidOptionError } from '../errors/option.ts'
import { writingTo } from '../errors/outputPath.ts'
import { findSweep } from '../store/find.ts'
import { writeFiles } from '../store/writeFiles.ts'
import { escaped } from './markdown.ts'
import { reportOf } from './reportText.ts'

const formats = ['md', 'html'] as const

export async function report(name: string, options: { store: string; format: string; out?: string }): Promise<void> {
  const format = formats.find((each) => each === options.format)
  if (format === undefined) throw new InvalidOptionError('--format', formats.join(' or '), options.format)
  const db = openForReading(options.store)
  const sweep = findSweep(db, name)
  const markdown = reportOf(db, sweep)
  const text = format === 'md' ? markdown : page(sweep, markdown)
  const { out } = options
  if (out === undefined) process.stdout.write(text)
  else await writingTo('--out', out, () => writeFiles([{ path: out, content: text }]))
}

function page(title: string, markdown: string): string {
  // Its own text only: what comes from the experiment is escaped in the Markdown.
  const body = marked.parse(markdown, { async: false, gfm: true })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title).replaceAll('\\', '')} · Retort</title>
<style>${style}</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`
}

const style = `
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
table { display: block; overflow-x: auto; border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.7rem; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); white-space: nowrap; text-align: left; }
th[align="right"], td[align="right"] { text-align: right; }
code, pre { font: 0.8125rem/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: 0.5rem; }
@media print { main { max-width: none; padding: 0; } table, pre { font-size: 0.7rem; } }
`
