// The charts' colours and shapes. Colours have 3:1 contrast on their ground; shapes say the same without colour.

export interface Palette {
  series: readonly string[]
  text: string
  dimmed: string
  line: string
  ground: string
  accent: string
  good: string
  bad: string
}

export const palettes: { light: Palette; dark: Palette } = {
  light: {
    series: ['#0f766e', '#b4541b', '#3b5fc0', '#97386f', '#5f7012', '#52606d', '#a82a24', '#0a74a6'],
    text: '#211f1c',
    dimmed: '#6a645c',
    line: '#e8e4dd',
    ground: '#ffffff',
    accent: '#a4561f',
    good: '#1c7244',
    bad: '#b3261e',
  },
  dark: {
    series: ['#4fbcad', '#e8935a', '#86a6f3', '#de8dbb', '#b5c257', '#a3b0bf', '#f08a80', '#62bce9'],
    text: '#ebe7e1',
    dimmed: '#a39c92',
    line: '#2d2a26',
    ground: '#1d1b19',
    accent: '#e39055',
    good: '#6cc592',
    bad: '#f0857c',
  },
}

const shapes = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  'path://M0,0 L10,0 L5,9 Z', // a triangle on its tip
  'path://M3,0 H7 V3 H10 V7 H7 V10 H3 V7 H0 V3 H3 Z', // a plus
  'path://M5,0 L10,3.8 L8.1,10 L1.9,10 L0,3.8 Z', // a pentagon
]

/** Shapes and colours have periods without a common divisor, so that the first 56 pairs differ. */
export const shapeOf = (index: number): string => shapes[index % shapes.length]!
export const colorOf = (palette: Palette, index: number): string => palette.series[index % palette.series.length]!
