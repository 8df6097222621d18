'use client'
import type { EpochRow } from '@retort/schema/store/read/trials'
// One chart of a trial's learning curves.
import { useMemo } from 'react'
import { type CurveName, curveCharts, curveOption } from '../view/learningCurves.ts'
import { EChart } from './EChart.tsx'
import { usePalette } from './usePalette.ts'

interface Props {
  name: CurveName
  epochs: EpochRow[]
  planned: number
}

export function LearningCurve({ name, epochs, planned }: Props) {
  const palette = usePalette()
  const option = useMemo(() => curveOption(name, epochs, planned, palette), [name, epochs, planned, palette])
  return (
    <EChart
      option={option}
      height={300}
      label={`${curveCharts[name].title} over the epochs; the table of epochs has the numbers`}
    />
  )
}
