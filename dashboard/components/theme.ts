// The look of Mantine's components here: warm greys, and the copper of a still.
import { createTheme, type MantineColorsTuple } from '@mantine/core'

const copper: MantineColorsTuple = [
  '#fbf1ea',
  '#f3e0d2',
  '#e8c3a7',
  '#dda479',
  '#d48a53',
  '#c8753a',
  '#b4632d',
  '#a4561f',
  '#8f4a1a',
  '#743b14',
]

const dark: MantineColorsTuple = [
  '#ebe7e1',
  '#c9c3ba',
  '#a39c92',
  '#7a736a',
  '#3a3631',
  '#2d2a26',
  '#1d1b19',
  '#151412',
  '#100f0d',
  '#0b0a09',
]

const font = 'var(--font-inter), system-ui, sans-serif'

export const theme = createTheme({
  primaryColor: 'copper',
  primaryShade: { light: 7, dark: 4 },
  colors: { copper, dark },
  autoContrast: true,
  fontFamily: font,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: {
    fontFamily: font,
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.75rem', lineHeight: '1.25' }, h2: { fontSize: '1.125rem', lineHeight: '1.4' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
})
