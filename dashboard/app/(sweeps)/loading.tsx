// The list's shape while it loads.
import { Skeleton } from '@mantine/core'

export default function Loading() {
  return (
    <div data-skeleton aria-busy="true" role="status" aria-label="Loading">
      <Skeleton height={34} width={160} mb="lg" />
      <Skeleton height={320} radius={12} />
    </div>
  )
}
