// The chart that shows whether distillation helped: for each configuration the gain of every seed over the baseline with
// the same seed, their mean and its interval.
import type { Verdict } from '@retort/schema/comparison/verdicts'
import type { EChartsOption } from 'echarts/types/dist/shared'
import { axis, base, escapeHtml } from './charts.ts'
import { points as inPoints } from './format.ts'
import type { Palette } from './palette.ts'

export interface GainRow {
  model: string
  settings: string
  /** Those of them that tell it from the other rows. */
  differing: string
  verdict: Verdict
  mean: number
  interval: [low: number, high: number] | null
  seeds: { seed: number; gain: number; href: string }[]
  href: string
}

/** A mark that a click leads away from. */
export interface GainMark {
  href: string
  text: string
}

const colorOf = (verdict: Verdict, { good, bad, dimmed }: Palette): string =>
  ({ better: good, worse: bad, 'no difference shown': dimmed, 'too few seeds': dimmed })[verdict]

export const rowHeight = 24

export function gainsOption(rows: readonly GainRow[], palette: Palette, narrow: boolean): EChartsOption {
  const label = ({ model, differing }: GainRow) => `${model}  ${differing}`
  const range = (row: GainRow) => (row.interval === null ? '' : `, ${row.interval.map(inPoints).join(' to ')}`)
  const about = (row: GainRow) => `<strong>${escapeHtml(row.model)}</strong> ${escapeHtml(row.settings)}`
  const color = (row: GainRow) => colorOf(row.verdict, palette)
  const mark = (href: string, text: string): GainMark => ({ href, text })
  return {
    ...base(palette),
    grid: { left: 8, right: narrow ? 12 : 24, top: 8, bottom: 40, containLabel: true },
    xAxis: {
      type: 'value',
      ...axis(palette, narrow ? 'points over the baseline' : 'points of validation accuracy over the baseline'),
      splitNumber: narrow ? 3 : 6,
      nameLocation: 'middle',
      nameGap: 26,
      axisLabel: {
        color: palette.dimmed,
        fontSize: 12,
        hideOverlap: true,
        formatter: (gain: number) => inPoints(gain),
      },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(label),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: palette.text,
        fontSize: 12,
        interval: 0,
        width: narrow ? 140 : 260,
        overflow: 'truncate',
      },
    },
    series: [
      // The intervals, one line each; it also draws where there is no gain at all.
      ...rows.map((row, index) => ({
        type: 'line' as const,
        data: (row.interval ?? []).map((gain) => [gain, index]),
        symbol: 'none',
        silent: true,
        z: 2,
        lineStyle: { color: color(row), width: 2 },
        markLine:
          index === 0
            ? {
                silent: true,
                symbol: 'none',
                label: { show: false },
                data: [{ xAxis: 0 }],
                lineStyle: { type: 'solid' as const, color: palette.dimmed, width: 1 },
              }
            : undefined,
      })),
      {
        type: 'scatter',
        name: 'seeds',
        symbol: 'circle',
        symbolSize: 7,
        z: 3,
        emphasis: { scale: 1.5 },
        data: rows.flatMap((row, index) =>
          row.seeds.map(({ seed, gain, href }) => ({
            value: [gain, index],
            mark: mark(href, `${about(row)}<br>seed ${seed}: ${inPoints(gain)} points`),
            itemStyle: { color: palette.ground, borderColor: color(row), borderWidth: 1.25 },
          })),
        ),
      },
      {
        type: 'scatter',
        name: 'means',
        symbol: 'diamond',
        symbolSize: 11,
        z: 4,
        emphasis: { scale: 1.3 },
        data: rows.map((row, index) => ({
          value: [row.mean, index],
          mark: mark(
            row.href,
            `${about(row)}<br>${inPoints(row.mean)} points${range(row)}<br>${escapeHtml(row.verdict)}, n = ${row.seeds.length}`,
          ),
          itemStyle: { color: color(row) },
        })),
      },
    ],
    tooltip: {
      ...base(palette).tooltip,
      trigger: 'item',
      formatter: (item) => (item as { data?: { mark?: GainMark } }).data?.mark?.text ?? '',
    },
  } as EChartsOption
}
