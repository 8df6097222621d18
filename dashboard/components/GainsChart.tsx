'use client'
// The gain of every seed of every configuration; a click leads to the trial.
import { useMediaQuery } from '@mantine/hooks'
import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { type GainMark, type GainRow, gainsOption, rowHeight } from '../view/gains.ts'
import { EChart } from './EChart.tsx'
import { usePalette } from './usePalette.ts'

export function GainsChart({ rows, label }: { rows: GainRow[]; label: string }) {
  const router = useRouter()
  const palette = usePalette()
  const narrow = useMediaQuery('(max-width: 40em)') ?? false
  const option = useMemo(() => gainsOption(rows, palette, narrow), [rows, palette, narrow])
  return (
    <EChart
      option={option}
      height={rows.length * rowHeight + 60}
      label={label}
      onPick={(data) => {
        const mark = (data as { mark?: GainMark } | null)?.mark
        if (mark !== undefined) router.push(mark.href)
      }}
    />
  )
}
