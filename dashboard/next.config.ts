// How Next.js builds and serves the dashboard.
import { resolve } from 'node:path'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // A native module, which a bundle cannot hold.
  serverExternalPackages: ['better-sqlite3'],
  turbopack: { root: resolve(import.meta.dirname, '..') },
  poweredByHeader: false,
  devIndicators: false,
  // `pnpm check` runs the project's own TypeScript over the dashboard; once is enough.
  typescript: { ignoreBuildErrors: true },
}

export default config
