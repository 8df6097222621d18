// The frame of all pages: fonts, theme, the bar at the top.
import '@mantine/core/styles.layer.css'
import './globals.css'
import { ColorSchemeScript, mantineHtmlProps } from '@mantine/core'
import type { Metadata } from 'next'
import localFont from 'next/font/local'
import { headers } from 'next/headers'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Live } from '../components/Live.tsx'
import { Providers } from '../components/Providers.tsx'
import { RetortMark } from '../components/RetortMark.tsx'
import { SchemeToggle } from '../components/SchemeToggle.tsx'
import { storeVersion } from '../store/watch.ts'
import classes from './layout.module.css'

const inter = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  weight: '100 900',
  variable: '--font-inter',
})

export const metadata: Metadata = {
  title: { default: 'Sweeps · Retort', template: '%s · Retort' },
  description: 'Knowledge-distillation sweeps, and which student to ship.',
}

export default async function Layout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined
  // Before any page reads the store: a page may be newer than this says, never older.
  const version = storeVersion()
  return (
    <html lang="en" className={inter.variable} {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} />
        <noscript>
          {/* Pages stream in behind their skeletons, and a script swaps them; without scripts both lie there. */}
          <style>{'[id^="S:"]{display:block!important}[data-skeleton]{display:none}'}</style>
        </noscript>
      </head>
      <body>
        <Providers>
          <a href="#main" className="skip">
            Skip to the content
          </a>
          <header className={classes.bar}>
            <Link href="/" className={classes.home}>
              <RetortMark />
              Retort
            </Link>
            <div className={classes.tools}>
              <Live version={version} />
              <SchemeToggle />
            </div>
          </header>
          <main id="main" className={classes.main}>
            {children}
          </main>
        </Providers>
      </body>
    </html>
  )
}
