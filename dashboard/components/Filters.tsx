'use client'
// Which configurations are shown. A plain form without JavaScript; with it, every change applies at once.
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { verdicts } from '@retort/schema/comparison/verdicts'
import { useRouter } from 'next/navigation'
import { type FormEvent, useEffect, useState } from 'react'
import { count } from '../view/format.ts'
import { roleNames } from '../view/names.ts'
import { isFiltered, noFilter, parseSweepQuery, roles, type SweepQuery, search, statuses } from '../view/sweepQuery.ts'
import classes from './Filters.module.css'
import { LinkAnchor } from './links.tsx'

interface Props {
  path: string
  query: SweepQuery
  students: string[]
  teachers: string[]
}

const textOf = ({ student, teacher, role, status, verdict, maxParameters }: SweepQuery) => ({
  student: student ?? '',
  teacher: teacher ?? '',
  role: role ?? '',
  status: status ?? '',
  verdict: verdict ?? '',
  maxParameters: maxParameters === null ? '' : count(maxParameters),
})
type Draft = ReturnType<typeof textOf>

const all = { value: '', label: 'all' }
const named = (names: readonly string[]) => [all, ...names.map((name) => ({ value: name, label: name }))]

export function Filters({ path, query, students, teachers }: Props) {
  const router = useRouter()
  const [draft, setDraft] = useState<Draft>(() => textOf(query))
  // The URL decides: back, forward and "show all" change it from outside. A refresh brings an equal query, which must
  // not take away what is being typed; so its text is compared.
  const inUrl = JSON.stringify(textOf(query))
  useEffect(() => setDraft(JSON.parse(inUrl)), [inUrl])

  // React resets the fields when it takes over, and a choice made before is lost.
  const [ready, setReady] = useState(false)
  useEffect(() => setReady(true), [])

  const apply = (next: Draft) => {
    setDraft(next)
    const { query: read } = parseSweepQuery(next, { students, teachers })
    const { student, teacher, role, status, verdict, maxParameters } = read
    const filters = { student, teacher, role, status, verdict, maxParameters }
    router.push(path + search(query, { ...filters, page: 1 }), { scroll: false })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    apply(draft)
  }
  const select = (name: keyof Draft, label: string, data: { value: string; label: string }[]) => (
    <NativeSelect
      name={name}
      label={label}
      size="sm"
      data={data}
      value={draft[name]}
      onChange={(event) => apply({ ...draft, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form
      method="get"
      action={path}
      onSubmit={submit}
      className={classes.filters}
      aria-label="Filter configurations"
      aria-busy={!ready}
    >
      {select('student', 'Student', named(students))}
      {teachers.length > 1 && select('teacher', 'Teacher', named(teachers))}
      {select('role', 'Kind', [all, ...roles.map((role) => ({ value: role, label: roleNames[role] }))])}
      {select('status', 'Has trials that are', [{ value: '', label: 'any' }, ...named(statuses).slice(1)])}
      {select('verdict', 'Verdict', [{ value: '', label: 'any' }, ...named(verdicts).slice(1)])}
      <TextInput
        name="maxParameters"
        label="At most … parameters"
        size="sm"
        inputMode="numeric"
        placeholder="any number"
        value={draft.maxParameters}
        onChange={(event) => setDraft({ ...draft, maxParameters: event.currentTarget.value })}
        onBlur={() => draft.maxParameters !== textOf(query).maxParameters && apply(draft)}
      />
      {(['sort', 'order', 'size', 'accuracy', 'within'] as const).map((name) => (
        <input key={name} type="hidden" name={name} value={query[name]} />
      ))}
      <noscript>
        <Button type="submit" variant="default">
          Apply
        </Button>
      </noscript>
      {isFiltered(query) && (
        <LinkAnchor href={path + search(query, noFilter)} scroll={false} size="sm" className={classes.clear}>
          Show all
        </LinkAnchor>
      )}
    </form>
  )
}
