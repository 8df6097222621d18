// A choice of one among a few, made of links, so that it lives in the URL and works without JavaScript.
import Link from 'next/link'
import classes from './Segments.module.css'

interface Segment {
  label: string
  href: string
  selected: boolean
}

export function Segments({ label, segments }: { label: string; segments: Segment[] }) {
  return (
    <nav className={classes.segments} aria-label={label}>
      {segments.map((segment) => (
        <Link
          key={segment.label}
          href={segment.href}
          scroll={false}
          prefetch={false}
          aria-current={segment.selected ? 'true' : undefined}
          className={classes.segment}
        >
          {segment.label}
        </Link>
      ))}
    </nav>
  )
}
