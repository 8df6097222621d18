// What of the URL could not be understood, and what is shown instead.
import classes from './Notes.module.css'

export function Notes({ notes }: { notes: string[] }) {
  if (notes.length === 0) return null
  return (
    <ul role="status" className={classes.notes} aria-label="Notes on this address">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  )
}
