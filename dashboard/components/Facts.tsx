// Names and values, as a definition list.
import type { ReactNode } from 'react'
import classes from './Facts.module.css'

interface Props {
  facts: { name: string; label?: ReactNode; value: ReactNode }[]
  /** Values at the right end, for narrow places. */
  spread?: boolean
}

export function Facts({ facts, spread = false }: Props) {
  return (
    <dl className={classes.facts} data-spread={spread}>
      {facts.map(({ name, label, value }) => (
        <div key={name}>
          <dt>{label ?? name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
