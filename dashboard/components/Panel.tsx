// A titled surface.
import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Panel.module.css'

interface Props {
  title: string
  /** A line beside the title. */
  note?: ReactNode
  /** Controls at the right end of the title's line. */
  tools?: ReactNode
  /** Without padding around the content, for tables. */
  flush?: boolean
  children: ReactNode
}

export function Panel({ title, note, tools, flush, children }: Props) {
  return (
    <section className={classes.panel} aria-label={title}>
      <div className={classes.head}>
        <div className={classes.titles}>
          <Title order={2}>{title}</Title>
          {note !== undefined && <span className={classes.note}>{note}</span>}
        </div>
        {tools}
      </div>
      <div className={flush === true ? undefined : classes.body}>{children}</div>
    </section>
  )
}
