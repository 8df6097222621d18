// A table in this dashboard's manner: it scrolls sideways where it must, by keyboard too.
import { Table, TableScrollContainer, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './DataTable.module.css'

interface Props {
  /** For screen readers. */
  caption: string
  /** Pixels below which it scrolls. */
  minWidth: number
  children: ReactNode
}

export function DataTable({ caption, minWidth, children }: Props) {
  return (
    <TableScrollContainer minWidth={minWidth} type="native" tabIndex={0} role="region" aria-label={caption}>
      <Table verticalSpacing="0.55rem" horizontalSpacing="sm" className={classes.table}>
        <VisuallyHidden component="caption">{caption}</VisuallyHidden>
        {children}
      </Table>
    </TableScrollContainer>
  )
}
