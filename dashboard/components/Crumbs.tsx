// The way back up.
import { Fragment } from 'react'
import classes from './Crumbs.module.css'
import { LinkAnchor } from './links.tsx'

export function Crumbs({ links }: { links: { href: string; label: string }[] }) {
  return (
    <nav aria-label="Where this page is" className={classes.crumbs}>
      {links.map(({ href, label }) => (
        <Fragment key={href}>
          <LinkAnchor href={href} size="sm" c="dimmed">
            {label}
          </LinkAnchor>
          <span aria-hidden="true">/</span>
        </Fragment>
      ))}
    </nav>
  )
}
