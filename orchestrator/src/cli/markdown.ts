// The parts of Markdown that reports are made of.

/** Text of others, so that none of its signs is taken for Markdown's or HTML's. */
export const escaped = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>#|~&]/g, (sign) => `\\${sign}`).replace(/\s*\n\s*/g, ' ')

/** @param right which of the columns are numbers */
export function table(head: string[], rows: string[][], right: readonly number[]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (right.includes(column) ? '---:' : '---'))
  return [head, rule, ...rows].map(line).join('\n')
}

/** As code, whatever signs are in it. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `\`${text}\`` : `${fence} ${text} ${fence}`
}
