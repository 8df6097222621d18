// The accuracy-versus-size chart: its points, and the ECharts option that draws them.

import { paretoFront } from '@retort/schema/comparison/front'
import type { EChartsOption } from 'echarts/types/dist/shared'
import { accuracyFloor } from './accuracyFloor.ts'
import { type Accuracy, accuracyAxis, type Size, sizeAxis } from './axes.ts'
import { axis, base, escapeHtml } from './charts.ts'
import { percent } from './format.ts'
import { colorOf, type Palette, shapeOf } from './palette.ts'

export interface Point {
  size: number
  accuracy: number
  model: string
  baseline: boolean
  /** T = 4, hard 0.1 / soft 0.9. */
  settings: string
  replicates: string
  /** The mean's 95 % confidence interval over seeds. */
  interval: [low: number, high: number] | null
  href: string
}

export interface TradeOff {
  points: Point[]
  ceilings: { teacher: string; accuracy: number }[]
  /** All of the sweep, in order, so that a filter changes nobody's colour. */
  students: string[]
  size: Size
  accuracy: Accuracy
}

const tooltip = (point: Point, { size, accuracy }: TradeOff): string =>
  [
    `<strong>${escapeHtml(point.model)}</strong>${point.baseline ? ' from scratch' : ''}`,
    escapeHtml(point.settings),
    `${percent(point.accuracy)} ${accuracy}${escapeHtml(point.replicates)}`,
    escapeHtml(sizeAxis(size).text(point.size)),
  ]
    .filter((line) => line !== '')
    .join('<br>')

/** Round numbers inside the range, which may hold not one whole power of ten; as many as there is room for. */
function sizeTicks({ min, max }: { min: number; max: number }): number[] {
  const decades = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent)
  const inside = (steps: number[]) =>
    decades.flatMap((decade) => steps.map((step) => step * decade)).filter((tick) => tick >= min && tick <= max)
  return (
    [
      [1, 1.5, 2, 3, 5, 7],
      [1, 2, 5],
    ]
      .map(inside)
      .find(({ length }) => length <= 8) ?? inside([1])
  )
}

/** The whole decades around all sizes would leave half the chart empty, so the axis ends a little beyond them. */
function sizeRange(points: readonly Point[]): { min: number; max: number } {
  const logs = points.map(({ size }) => Math.log10(size))
  const [low, high] = [Math.min(...logs), Math.max(...logs)]
  const margin = Math.max((high - low) * 0.12, 0.15)
  return { min: 10 ** (low - margin), max: 10 ** (high + margin) }
}

export function tradeOffOption(tradeOff: TradeOff, palette: Palette, narrow: boolean): EChartsOption {
  const { points, ceilings, students, accuracy } = tradeOff
  const front = paretoFront(points)
  const onFront = new Set(front)
  const range = sizeRange(points)
  const ticks = sizeTicks(range)
  const { floor } = accuracyFloor(points.map((point) => point.accuracy))
  const top = Math.max(...points.map((point) => point.accuracy), ...ceilings.map((ceiling) => ceiling.accuracy))
  const headroom = Math.min(1, top + (top - floor) * 0.06)

  const groups = students.flatMap((model, index) =>
    [false, true].map((baseline) => ({
      model,
      baseline,
      index,
      points: points.filter((point) => point.model === model && point.baseline === baseline),
    })),
  )
  const labelled = new Set(
    front.filter(
      (point, place) => front.findLast(({ model }) => model === point.model) === point || place === front.length - 1,
    ),
  )

  return {
    ...base(palette),
    grid: { left: 8, right: narrow ? 12 : 24, top: 28, bottom: narrow ? 64 : 44, containLabel: true },
    legend: {
      bottom: 0,
      left: 0,
      type: narrow ? 'scroll' : 'plain',
      selectedMode: false,
      itemGap: 20,
      itemWidth: 12,
      itemHeight: 12,
      textStyle: { color: palette.text, fontSize: 13 },
      data: students.filter((model) => points.some((point) => point.model === model)),
    },
    xAxis: {
      type: 'log',
      ...range,
      ...axis(palette, ''),
      splitLine: { show: false },
      axisTick: { customValues: ticks, lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.dimmed,
        fontSize: 12,
        customValues: ticks,
        formatter: sizeAxis(tradeOff.size).tick,
      },
    },
    yAxis: {
      type: 'value',
      min: floor,
      max: Math.ceil(headroom * 1000) / 1000,
      ...axis(palette, accuracyAxis(accuracy).title),
      nameTextStyle: { color: palette.dimmed, fontSize: 12, align: 'left', padding: [0, 0, 0, -38] },
      axisLabel: {
        color: palette.dimmed,
        fontSize: 12,
        formatter: (share: number) => `${Number((share * 100).toFixed(1))}\u00a0%`,
        showMinLabel: false,
        showMaxLabel: false,
      },
    },
    series: [
      {
        type: 'line',
        name: 'Pareto front',
        step: 'end',
        data: front.map((point) => [point.size, point.accuracy]),
        symbol: 'none',
        silent: true,
        z: 1,
        lineStyle: { color: palette.accent, width: 1.5, opacity: 0.9 },
        markLine: {
          silent: true,
          symbol: 'none',
          precision: 8,
          data: ceilings.map((ceiling) => ({ yAxis: ceiling.accuracy, name: ceiling.teacher })),
          lineStyle: { type: 'dashed', color: palette.dimmed, width: 1.25 },
          label: {
            position: 'insideStartTop',
            color: palette.dimmed,
            fontSize: 12,
            formatter: ({ name, value }) => `teacher ${name}, ${percent(Number(value))}`,
          },
        },
      },
      // Intervals of those on the front; of all, they would hide the points.
      ...front.flatMap(({ size, interval }) =>
        interval === null
          ? []
          : {
              type: 'line' as const,
              data: interval.map((accuracy) => [size, accuracy]),
              symbol: 'none',
              silent: true,
              z: 2,
              lineStyle: { color: palette.dimmed, width: 1.5 },
            },
      ),
      ...groups.map((group) => ({
        type: 'scatter' as const,
        name: group.model,
        symbol: shapeOf(group.index),
        itemStyle: group.baseline
          ? { color: palette.ground, borderColor: colorOf(palette, group.index), borderWidth: 1.75 }
          : { color: colorOf(palette, group.index), borderColor: palette.ground, borderWidth: 0.75 },
        emphasis: { scale: 1.4 },
        // The most accurate last, above those that it hides.
        data: group.points.toReversed().map((point) => ({
          value: [point.size, point.accuracy],
          point,
          symbolSize: onFront.has(point) ? 13 : 9,
          itemStyle: { opacity: onFront.has(point) || group.baseline ? 1 : 0.6 },
          label: {
            show: labelled.has(point),
            formatter: point.model,
            // The front comes up to a point from below and leaves it to the right; the first has no room on its left.
            position: point === front[0] ? ('top' as const) : ('left' as const),
            textBorderColor: palette.ground,
            textBorderWidth: 3,
            color: palette.text,
            fontSize: 12,
            fontWeight: 500,
          },
        })),
      })),
    ],
    tooltip: {
      ...base(palette).tooltip,
      trigger: 'item',
      formatter: (item) => {
        const data = (item as { data?: { point?: Point } }).data
        return data?.point === undefined ? '' : tooltip(data.point, tradeOff)
      },
    },
  } as EChartsOption
}
