'use client'
// Accuracy against size, one point for each configuration; a click leads to its best trial.
import { useMediaQuery } from '@mantine/hooks'
import { useRouter } from 'next/navigation'
import { useMemo } from 'react'
import { type Point, type TradeOff, tradeOffOption } from '../view/tradeOff.ts'
import { EChart } from './EChart.tsx'
import { usePalette } from './usePalette.ts'

export function TradeOffChart({ tradeOff, label }: { tradeOff: TradeOff; label: string }) {
  const router = useRouter()
  const palette = usePalette()
  const narrow = useMediaQuery('(max-width: 40em)') ?? false
  const option = useMemo(() => tradeOffOption(tradeOff, palette, narrow), [tradeOff, palette, narrow])
  return (
    <EChart
      option={option}
      height={narrow ? 340 : 430}
      label={label}
      onPick={(data) => {
        const point = (data as { point?: Point } | null)?.point
        if (point !== undefined) router.push(point.href)
      }}
    />
  )
}
