// Shown in place of any page while the store cannot be read. It follows the store, so it goes away by itself.
import type { StoreProblem } from '../store/connection.ts'
import { Command, Notice } from './Notice.tsx'

export function StoreProblemNotice({ problem, file, reason }: StoreProblem) {
  if (problem === 'missing') {
    return (
      <Notice title="No store yet">
        <p>
          There is no file at <code>{file}</code>. The first sweep makes one:
        </p>
        <Command>pnpm retort run experiments/mnist-quickstart.json</Command>
        <p>
          This page changes by itself once it exists. If your store lies elsewhere, start the dashboard with{' '}
          <code>pnpm retort dashboard --store FILE</code>.
        </p>
      </Notice>
    )
  }
  return (
    <Notice title="The store cannot be read">
      <p>
        <code>{file}</code>
      </p>
      <Command>{reason}</Command>
      <p>Nothing was changed. This page tries again by itself.</p>
    </Notice>
  )
}
