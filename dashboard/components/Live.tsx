'use client'
// Keeps the page fresh while the store changes, and says whether it does.
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { type Connection, followChanges } from './followChanges.ts'
import classes from './Live.module.css'

/** A running sweep commits many times a second; nobody reads that fast. */
const pauseMilliseconds = 1000

const words: { [State in Connection]: { label: string; title: string } } = {
  connecting: { label: 'Connecting', title: 'Waiting for the server' },
  live: { label: 'Live', title: 'This page follows the store' },
  reconnecting: { label: 'Reconnecting', title: 'The server does not answer; what you see may be old' },
}

/** @param version the store's when the server drew the page, so that a change since then is not missed */
export function Live({ version }: { version: string }) {
  const router = useRouter()
  const [connection, setConnection] = useState<Connection>('connecting')
  const shown = useRef(version)

  useEffect(() => {
    let pause: ReturnType<typeof setTimeout> | undefined
    let due = false
    const refresh = () => {
      due = pause !== undefined || document.hidden
      if (due) return
      router.refresh()
      pause = setTimeout(() => {
        pause = undefined
        if (due) refresh()
      }, pauseMilliseconds)
    }
    const refreshIfDue = () => {
      if (due) refresh()
    }
    document.addEventListener('visibilitychange', refreshIfDue)
    const stop = followChanges((next, heard) => {
      setConnection(next)
      if (heard === null || heard === shown.current) return
      shown.current = heard
      refresh()
    })
    return () => {
      stop()
      clearTimeout(pause)
      document.removeEventListener('visibilitychange', refreshIfDue)
    }
  }, [router])

  const { label, title } = words[connection]
  return (
    <span className={classes.live} data-connection={connection} title={title} role="status">
      <span className={classes.dot} aria-hidden="true" />
      {label}
    </span>
  )
}
