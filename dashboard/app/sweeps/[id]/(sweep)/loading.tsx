// A sweep's or trial's shape while it loads.
import { Skeleton } from '@mantine/core'
import classes from './page.module.css'

export default function Loading() {
  return (
    <div className={classes.page} data-skeleton aria-busy="true" role="status" aria-label="Loading">
      <div>
        <Skeleton height={34} width={260} mb="sm" />
        <Skeleton height={16} width="45%" mb="lg" />
        <Skeleton height={8} />
      </div>
      <div className={classes.answer}>
        <Skeleton height={520} radius={12} />
        <Skeleton height={520} radius={12} />
      </div>
      <Skeleton height={420} radius={12} />
    </div>
  )
}
