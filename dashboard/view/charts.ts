// What the charts have in common: type, axes, tooltips.
import type { EChartsOption } from 'echarts/types/dist/shared'
import type { Palette } from './palette.ts'

export const base = (palette: Palette): EChartsOption => ({
  animation: false,
  textStyle: { color: palette.text },
  tooltip: {
    backgroundColor: palette.ground,
    borderColor: palette.line,
    textStyle: { color: palette.text, fontSize: 13 },
    extraCssText: 'box-shadow: 0 4px 16px rgb(0 0 0 / 12%); border-radius: 8px; padding: 10px 12px;',
    confine: true,
  },
})

export const axis = (palette: Palette, name: string) => ({
  name,
  nameTextStyle: { color: palette.dimmed, fontSize: 12 },
  axisLabel: { color: palette.dimmed, fontSize: 12 },
  axisLine: { lineStyle: { color: palette.line } },
  axisTick: { lineStyle: { color: palette.line } },
  splitLine: { lineStyle: { color: palette.line } },
  minorSplitLine: { show: false },
})

/** Text that goes into a tooltip, which ECharts takes for HTML. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
