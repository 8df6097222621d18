'use client'
// For errors of the dashboard itself; a store that cannot be read is explained by its own notice.
import { Button } from '@mantine/core'
import { Notice } from '../components/Notice.tsx'

export default function ErrorPage({ error, retry }: { error: Error & { digest?: string }; retry: () => void }) {
  return (
    <Notice title="This page failed">
      <p>
        The dashboard met an error of its own; the sweep is not touched by it. The server's output says more
        {error.digest === undefined ? '' : ` under the number ${error.digest}`}.
      </p>
      <div>
        <Button onClick={retry}>Try again</Button>
      </div>
    </Notice>
  )
}
