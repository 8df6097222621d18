// Links to the earlier and later pages of a list.
import { count } from '../view/format.ts'
import { LinkAnchor } from './links.tsx'
import classes from './Pages.module.css'

interface Props {
  label: string
  total: number
  pageSize: number
  /** From 1. */
  page: number
  href: (page: number) => string
}

export function Pages({ label, total, pageSize, page, href }: Props) {
  const last = Math.max(1, Math.ceil(total / pageSize))
  if (last === 1) return null
  return (
    <nav className={classes.pages} aria-label={label}>
      <span>
        Page {count(page)} of {count(last)}
      </span>
      {page > 1 && (
        <LinkAnchor href={href(Math.min(page - 1, last))} scroll={false} size="sm">
          Previous
        </LinkAnchor>
      )}
      {page < last && (
        <LinkAnchor href={href(page + 1)} scroll={false} size="sm">
          Next
        </LinkAnchor>
      )}
    </nav>
  )
}
