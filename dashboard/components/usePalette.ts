'use client'
// The charts' colours for the scheme that is shown.
import { useComputedColorScheme } from '@mantine/core'
import { type Palette, palettes } from '../view/palette.ts'

export const usePalette = (): Palette => palettes[useComputedColorScheme('light')]
