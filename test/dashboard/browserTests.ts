// Tests in a real browser: one seeded store, one server and one Chromium for a file, a fresh page for each test.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, flags, howToGet } from './chromium.ts'
import { type Dashboard, startDashboard } from './dashboard.ts'
import { seedStore } from './seed.ts'

export interface Visit {
  page: Page
  context: BrowserContext
  browser: Browser
  origin: string
  /** The store's file; it is the same for all tests of a file. */
  store: string
  seeded: ReturnType<typeof seedStore>
  /** A folder of this test's file, for stores of its own. */
  folder: string
}

/**
 * Declares the tests. Each fails, whatever else it checks, when the page logs an error or throws one.
 * Without a Chromium they are left out with a message that names them; where CI is set they fail.
 */
export function browserTests(
  title: string,
  tests: Record<string, (visit: Visit) => Promise<void>>,
  options: BrowserContextOptions = {},
): void {
  const path = findChromium()
  if (path === null) {
    const names = Object.keys(tests)
    if (process.env.CI) {
      it.each(names)(`${title}: %s`, () => expect.fail(howToGet))
      return
    }
    const list = names.map((name) => `  ${title}: ${name}\n`).join('')
    process.stderr.write(`\n${howToGet}\nLeft out are these ${names.length} browser tests:\n${list}`)
    describe.skip(title, () => {
      it.each(names)('%s', () => {})
    })
    return
  }

  describe(title, () => {
    const folder = mkdtempSync(join(tmpdir(), 'retort-dashboard-'))
    const store = join(folder, 'seeded', 'retort.db')
    let seeded: Visit['seeded']
    let dashboard: Dashboard
    let browser: Browser

    beforeAll(async () => {
      seeded = seedStore(store)
      dashboard = await startDashboard(store)
      browser = await chromium.launch({ executablePath: path, args: flags })
    })

    afterAll(async () => {
      await browser?.close()
      await dashboard?.stop()
      rmSync(folder, { recursive: true })
    })

    for (const [name, test] of Object.entries(tests)) {
      it(name, async () => {
        const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options })
        const page = await context.newPage()
        const errors: string[] = []
        page.on('pageerror', (error) => errors.push(error.message))
        page.on('console', (message) => {
          if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
        })
        try {
          await test({ page, context, browser, origin: dashboard.origin, store, seeded, folder })
          expect(errors).toEqual([])
        } finally {
          await context.close()
        }
      })
    }
  })
}
