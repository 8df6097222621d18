'use client'
// An ECharts chart as SVG, kept to the size of its place. Its text alternative is the caller's figure caption.
import { LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { EChartsOption } from 'echarts/types/dist/shared'
import { useEffect, useRef } from 'react'

use([LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer])

interface Props {
  option: EChartsOption
  height: number
  label: string
  /** Hears which of the option's `data` items was clicked. */
  onPick?: (data: unknown) => void
}

export function EChart({ option, height, label, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts | null>(null)
  const pick = useRef(onPick)
  pick.current = onPick

  useEffect(() => {
    // ECharts measures text by itself, so it must be told the page's font.
    const fontFamily = getComputedStyle(place.current!).fontFamily
    const made = init(place.current, { textStyle: { fontFamily } }, { renderer: 'svg' })
    chart.current = made
    made.on('click', ({ data }) => pick.current?.(data))
    const sizes = new ResizeObserver(() => made.resize())
    sizes.observe(place.current!)
    return () => {
      sizes.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])

  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true })
  }, [option])

  return <div ref={place} role="img" aria-label={label} style={{ height, minWidth: 0 }} />
}
