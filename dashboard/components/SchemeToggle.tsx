'use client'
// Switches between light and dark; until it is used, the system decides.
import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'

export function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label="Switch between light and dark colours"
      onClick={() => setColorScheme(scheme === 'light' ? 'dark' : 'light')}
    >
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
        <circle cx="9" cy="9" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M9 2.500a6.5 6.5 0 0 1 0 13Z" fill="currentColor" />
      </svg>
    </ActionIcon>
  )
}
