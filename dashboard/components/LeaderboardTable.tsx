'use client'
import { TableTbody, TableTd, TableTh, TableThead, TableTr } from '@mantine/core'
// The ranking. TanStack Table arranges columns and cells; SQLite has already filtered, ranked and sorted.
import { axisValue } from '@retort/schema/axisValue'
import type { Verdict } from '@retort/schema/comparison/verdicts'
import { type ShownName, shownIn } from '@retort/schema/definitions/derived'
import { leaderboardGroups } from '@retort/schema/definitions/metric'
import {
  columnVisibilityFeature,
  createColumnHelper,
  FlexRender,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import Link from 'next/link'
import type { Configuration } from '../store/leaderboard.ts'
import { count, decimal } from '../view/format.ts'
import { axisName, roleNames } from '../view/names.ts'
import { type SortColumn, type SweepQuery, search, sortBy } from '../view/sweepQuery.ts'
import { DataTable } from './DataTable.tsx'
import classes from './LeaderboardTable.module.css'

/** What a row shows beyond its configuration. */
export type LeaderboardRow = Configuration & {
  href: string
  /** Why it stands out: best or highest accuracy, or smallest within 0.5. */
  award: string | null
  /** Where those of the sweep differ. */
  engines: string
  /** Not shown to be worse than the best, in a sweep that could show it. */
  amongBest: boolean
  figures: { [N in ShownName<'leaderboard'>]: { text: string; interval: string } }
}

const features = tableFeatures({
  rowSortingFeature,
  columnVisibilityFeature,
  columnMeta: {} as { numeric?: boolean; title?: string },
})
const helper = createColumnHelper<typeof features, LeaderboardRow>()
const numeric = (title?: string) => ({ meta: { numeric: true, ...(title === undefined ? {} : { title }) } })

/** The metrics of a group, the one that decides the rank in bold. */
const figuresIn = (group: string) =>
  shownIn('leaderboard')
    .filter(({ as }) => as.group === group)
    .map(({ name, metric, as }) =>
      helper.accessor((row) => row.figures[name].text, {
        id: metric.key ?? name,
        header: as.heading,
        enableSorting: metric.key !== undefined,
        cell: ({ row: { original } }) => {
          const { text, interval } = original.figures[name]
          return (
            <>
              {name === 'validationAccuracy' ? <strong>{text}</strong> : text}
              <Interval text={interval} />
            </>
          )
        },
        ...numeric(as.title),
      }),
    )

const verdict = helper.accessor((row) => row.compared?.gain?.verdict, {
  id: 'verdict',
  header: 'Verdict',
  cell: ({ row: { original } }) => <VerdictMark verdict={original.compared?.gain?.verdict ?? null} />,
  meta: { title: 'Paired t test of the gain at 5 %, corrected by Holm for all comparisons of the sweep' },
})

const columns = helper.columns([
  helper.group({
    id: 'candidate',
    header: '',
    columns: helper.columns([
      helper.accessor('rank', {
        header: '#',
        cell: ({ getValue }) => getValue() ?? '–',
        ...numeric('By validation accuracy'),
      }),
      helper.accessor('model', {
        id: 'student',
        header: 'Student',
        cell: ({ row }) => (
          <span className={classes.name}>
            <Link href={row.original.href} prefetch={false}>
              {row.original.model}
            </Link>
            {row.original.role !== 'student' && <span className={classes.tag}>{roleNames[row.original.role]}</span>}
            {row.original.award !== null && <span className={classes.award}>{row.original.award}</span>}
            {row.original.amongBest && (
              <span className={classes.tag} title="Not shown to be worse than the best">
                ≈ best
              </span>
            )}
            {row.original.reducedBatchSize !== null && (
              <span
                className={classes.tag}
                title="Memory was short: trained with smaller batches than written, in one seed at least"
              >
                batch {count(row.original.reducedBatchSize)} of {count(row.original.writtenBatchSize)}
              </span>
            )}
            {row.original.engines !== '' && (
              <span className={classes.tag} title="What its results were computed on">
                {row.original.engines}
              </span>
            )}
          </span>
        ),
      }),
    ]),
  }),
  helper.group({
    id: 'distillation',
    header: 'Distillation',
    columns: helper.columns([
      helper.accessor('teacher', { header: 'Teacher', cell: ({ getValue }) => getValue() ?? '–' }),
      helper.accessor('temperature', {
        header: 'T',
        cell: ({ getValue }) => decimal(getValue()),
        ...numeric('Temperature'),
      }),
      helper.accessor('softWeight', {
        id: 'weights',
        header: 'Hard / soft',
        cell: ({ row: { original } }) =>
          original.hardWeight === null ? '–' : `${decimal(original.hardWeight)} / ${decimal(original.softWeight)}`,
        ...numeric('Weights of the labels and of the teacher in the loss'),
      }),
      helper.accessor('axes', {
        header: 'Axes',
        enableSorting: false,
        cell: ({ getValue }) =>
          Object.entries(getValue())
            .map(([path, value]) => `${axisName(path)} ${axisValue(value)}`)
            .join(', ') || '–',
      }),
      helper.accessor('n', {
        header: 'n',
        cell: ({ row: { original } }) =>
          original.n === original.planned ? original.n : `${original.n} of ${original.planned}`,
        ...numeric('Replicates that are done'),
      }),
    ]),
  }),
  ...Object.entries(leaderboardGroups).map(([id, header]) =>
    helper.group({ id, header, columns: helper.columns([...figuresIn(id), ...(id === 'gain' ? [verdict] : [])]) }),
  ),
])

const Interval = ({ text }: { text: string }) =>
  text === '' ? null : <span className={classes.deviation}>{text}</span>

const VerdictMark = ({ verdict }: { verdict: Verdict | null }) =>
  verdict === null ? (
    '–'
  ) : (
    <span data-verdict={verdict} className={classes.verdict}>
      {verdict}
    </span>
  )

interface Props {
  path: string
  query: SweepQuery
  rows: LeaderboardRow[]
  caption: string
  /** Columns that say nothing in this sweep. */
  hidden: (SortColumn | 'axes')[]
}

export function LeaderboardTable({ path, query, rows, caption, hidden }: Props) {
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: (row) => row.configuration,
    manualSorting: true,
    state: {
      sorting: [{ id: query.sort, desc: query.order === 'desc' }],
      columnVisibility: Object.fromEntries(hidden.map((column) => [column, false])),
    },
  })
  return (
    <DataTable caption={caption} minWidth={980}>
      <TableThead>
        {table.getHeaderGroups().map((group, depth, { length }) => (
          <TableTr key={group.id} className={depth < length - 1 ? classes.groups : undefined}>
            {group.headers.map((header) => {
              const sorted = header.column.getIsSorted()
              const meta = header.column.columnDef.meta
              if (depth < length - 1) {
                return (
                  <TableTh key={header.id} colSpan={header.colSpan} scope="colgroup">
                    <FlexRender header={header} />
                  </TableTh>
                )
              }
              const label = <FlexRender header={header} />
              return (
                <TableTh
                  key={header.id}
                  scope="col"
                  ta={meta?.numeric === true ? 'right' : undefined}
                  aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                  title={meta?.title}
                >
                  {header.column.getCanSort() ? (
                    <Link
                      href={path + search(query, sortBy(query, header.column.id as SortColumn))}
                      scroll={false}
                      prefetch={false}
                      className={classes.sort}
                      data-sorted={sorted}
                    >
                      {label}
                      <span aria-hidden="true" className={classes.arrow}>
                        {sorted === 'desc' ? '↓' : '↑'}
                      </span>
                    </Link>
                  ) : (
                    label
                  )}
                </TableTh>
              )
            })}
          </TableTr>
        ))}
      </TableThead>
      <TableTbody>
        {table.getRowModel().rows.map((row) => (
          <TableTr key={row.id} data-role={row.original.role} className={classes.row}>
            {row.getVisibleCells().map((cell) => (
              <TableTd key={cell.id} ta={cell.column.columnDef.meta?.numeric === true ? 'right' : undefined}>
                <FlexRender cell={cell} />
              </TableTd>
            ))}
          </TableTr>
        ))}
      </TableTbody>
    </DataTable>
  )
}
