// The learning curves: losses, accuracy and learning rate over the epochs, each an ECharts option.

import type { EpochRow } from '@retort/schema/store/read/trials'
import type { EChartsOption } from 'echarts/types/dist/shared'
import { axis, base, escapeHtml } from './charts.ts'
import { decimal, percent } from './format.ts'
import type { Palette } from './palette.ts'

interface Curve {
  name: string
  color: string
  /** Dashed for what is measured on the training split's parts, so that colour is not all that tells them apart. */
  dash?: 'solid' | 'dashed' | 'dotted'
  value: (epoch: EpochRow) => number | null
}

export interface CurveChart {
  title: string
  curves: (palette: Palette) => Curve[]
  format: (value: number) => string
}

const losses: CurveChart = {
  title: 'Loss',
  curves: ({ series, text }) => [
    { name: 'train', color: text, value: ({ trainLoss }) => trainLoss },
    { name: 'train, hard part', color: series[1]!, dash: 'dashed', value: ({ hardLoss }) => hardLoss },
    { name: 'train, soft part', color: series[2]!, dash: 'dotted', value: ({ softLoss }) => softLoss },
    { name: 'validation', color: series[0]!, value: ({ validationLoss }) => validationLoss },
  ],
  format: decimal,
}

const accuracy: CurveChart = {
  title: 'Validation accuracy',
  curves: ({ series }) => [
    { name: 'validation', color: series[0]!, value: ({ validationAccuracy }) => validationAccuracy },
  ],
  format: percent,
}

const learningRate: CurveChart = {
  title: 'Learning rate',
  curves: ({ accent }) => [{ name: 'learning rate', color: accent, value: ({ learningRate }) => learningRate }],
  format: decimal,
}

export const curveCharts = { losses, accuracy, learningRate }
export type CurveName = keyof typeof curveCharts

/** @param planned how many epochs there are to be, so that the axis does not move while a trial runs */
export function curveOption(
  name: CurveName,
  epochs: readonly EpochRow[],
  planned: number,
  palette: Palette,
): EChartsOption {
  const { curves, format } = curveCharts[name]
  const drawn = curves(palette).filter(({ value }) => epochs.some((epoch) => value(epoch) !== null))
  return {
    ...base(palette),
    grid: { left: 8, right: 16, top: 12, bottom: drawn.length > 1 ? 68 : 40, containLabel: true },
    ...(drawn.length > 1
      ? { legend: { bottom: 0, left: 0, itemWidth: 26, itemGap: 16, textStyle: { color: palette.text, fontSize: 13 } } }
      : {}),
    xAxis: {
      type: 'value',
      min: 1,
      max: Math.max(planned, 2),
      minInterval: 1,
      ...axis(palette, 'epoch'),
      nameLocation: 'middle',
      nameGap: 26,
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: true,
      ...axis(palette, ''),
      axisLabel: { color: palette.dimmed, fontSize: 12, formatter: (value: number) => axisText(name, value) },
    },
    tooltip: {
      ...base(palette).tooltip,
      trigger: 'axis',
      formatter: (items) => {
        const rows = items as unknown as { seriesName: string; marker: string; value: [number, number] }[]
        const lines = rows.map(
          ({ marker, seriesName, value }) => `${marker}${escapeHtml(seriesName)} <strong>${format(value[1])}</strong>`,
        )
        return [`Epoch ${rows[0]?.value[0]}`, ...lines].join('<br>')
      },
    },
    series: drawn.map((curve) => ({
      type: 'line',
      name: curve.name,
      color: curve.color,
      data: epochs.map((epoch) => [epoch.epoch, curve.value(epoch)]),
      symbol: 'circle',
      symbolSize: 5,
      showSymbol: epochs.length <= 30,
      lineStyle: { width: 2, type: curve.dash ?? 'solid' },
    })),
  } as EChartsOption
}

const axisText = (name: CurveName, value: number): string =>
  name === 'accuracy' ? `${Number((value * 100).toFixed(2))}\u00a0%` : decimal(value)
