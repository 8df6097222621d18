// Tests in a real browser: one seeded store, one server and one Chromium for a file, a fresh page for each test.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
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
  /** What the page has logged as an error or thrown. */
  errors: string[]
}

/** What a reader sees of an element, with plain spaces. */
export const shown = async (locator: Locator): Promise<string> =>
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden does not count here
  (await locator.innerText()).replaceAll('\u00a0', ' ')

/** Goes to a page and waits until it follows the store and React has taken over its forms. */
export async function open({ page, origin }: Visit, path: string): Promise<void> {
  await page.goto(origin + path)
  await page.getByText('Live', { exact: true }).waitFor()
  await page.locator('form[aria-busy="true"]').waitFor({ state: 'detached' })
}

/** Long enough for a busy machine; what takes longer will not come. */
const patienceMilliseconds = 120_000

/**
 * Declares the tests. Each fails, whatever else it checks, when the page logs an error or throws one.
 * Without a Chromium they are left out with a message that names them; where CI is set they fail.
 */
export function browserTests(
  title: string,
  tests: Record<string, (visit: Visit) => Promise<void>>,
  options: BrowserContextOptions = {},
  seedMore: (store: string) => void = () => {},
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
    let folder: string
    let store: string
    let seeded: Visit['seeded']
    let dashboard: Dashboard
    let browser: Browser

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'retort-dashboard-'))
      store = join(folder, 'seeded', 'retort.db')
      seeded = seedStore(store)
      seedMore(store)
      dashboard = await startDashboard(store)
      browser = await chromium.launch({ executablePath: path, args: flags })
    })

    afterAll(async () => {
      await browser?.close()
      await dashboard?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    for (const [name, test] of Object.entries(tests)) {
      it(name, async () => {
        const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options })
        context.setDefaultTimeout(patienceMilliseconds)
        const page = await context.newPage()
        const errors: string[] = []
        page.on('pageerror', (error) => errors.push(error.message))
        page.on('console', (message) => {
          if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
        })
        try {
          await test({ page, context, browser, origin: dashboard.origin, store, seeded, folder, errors })
          expect(errors).toEqual([])
        } finally {
          await context.close()
        }
      })
    }
  })
}
