// A trial's shape while it loads.
import { Skeleton } from '@mantine/core'
import classes from './page.module.css'

export default function Loading() {
  return (
    <div className={classes.page} data-skeleton aria-busy="true" role="status" aria-label="Loading">
      <div>
        <Skeleton height={34} width={220} mb="sm" />
        <Skeleton height={16} width="35%" mb="lg" />
        <Skeleton height={72} />
      </div>
      <Skeleton height={380} radius={12} />
      <div className={classes.columns}>
        <Skeleton height={520} radius={12} />
        <Skeleton height={520} radius={12} />
      </div>
    </div>
  )
}
