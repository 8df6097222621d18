// A page's worth of explanation where there is nothing to show: what is the matter, and what to do.
import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './Notice.module.css'
import { RetortMark } from './RetortMark.tsx'

export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.notice}>
      <span className={classes.mark}>
        <RetortMark size={56} />
      </span>
      <Title order={1}>{title}</Title>
      <div className={classes.text}>{children}</div>
    </div>
  )
}

export const Command = ({ children }: { children: string }) => <pre className={classes.command}>{children}</pre>
