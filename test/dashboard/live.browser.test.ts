// The pages follow the store while others write it, appear with it, and explain what is wrong with it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openStore } from '@retort/orchestrator/store/store'
import { measurements } from '@retort/schema/database'
import type { MeasuredName } from '@retort/schema/definitions/derived'
import { asTrained } from '@retort/schema/measurements'
import { expect } from 'vitest'
import { browserTests, open, shown, type Visit } from './browserTests.ts'
import { startDashboard } from './dashboard.ts'
import { seedStore } from './seed.ts'

/** Writes as a running sweep does; this process is not the server's. */
function finishOneTrial(store: string, sweep: string): void {
  const { db, close } = openStore(store)
  const [{ trial }] = db.$client
    .prepare(
      "SELECT trial FROM trial_view WHERE sweep = ? AND status IN ('running', 'pending') ORDER BY position LIMIT 1",
    )
    .all(sweep) as [{ trial: string }]
  db.$client.prepare("UPDATE trials SET status = 'done' WHERE id = ?").run(trial)
  const sizes = { parameters: 1, onnxBytes: 1, multiplyAccumulates: 1 }
  for (const [metric, value] of Object.entries({ validationAccuracy: 0.9, testAccuracy: 0.9, ...sizes })) {
    db.insert(measurements)
      .values({ trial, ...asTrained, metric: metric as MeasuredName, value })
      .run()
  }
  close()
}

const live = (visit: Visit, page = visit.page) => page.getByText('Live', { exact: true }).waitFor()

browserTests('while a sweep runs', {
  'a page shows what another process writes, without a reload': async (visit) => {
    await open(visit, '/sweeps/mnist-quickstart')
    await visit.page.getByText('14 of 28 done · 2 running').waitFor()
    await visit.page.evaluate("document.body.setAttribute('data-same-document', '')")
    finishOneTrial(visit.store, visit.seeded.running.id)
    await visit.page.getByText('15 of 28 done · 1 running').waitFor()
    expect(await visit.page.locator('body[data-same-document]').count()).toBe(1)
  },

  'a refresh leaves alone what is being typed': async (visit) => {
    await open(visit, '/sweeps/mnist-quickstart')
    const field = visit.page.getByLabel('At most … parameters')
    await field.fill('30,0')
    finishOneTrial(visit.store, visit.seeded.running.id)
    await visit.page.getByText('16 of 28 done').waitFor()
    expect(await field.inputValue()).toBe('30,0')
  },

  'many tabs share one connection, and another takes over when its tab closes': async (visit) => {
    const connections: string[] = []
    visit.context.on('request', (request) => {
      if (request.url().endsWith('/events')) connections.push(request.url())
    })
    const pages = [visit.page]
    while (pages.length < 8) pages.push(await visit.context.newPage())
    for (const page of pages) {
      await page.goto(visit.origin)
      await live(visit, page)
    }
    expect(connections).toHaveLength(1)
    await pages[0]!.close()
    finishOneTrial(visit.store, visit.seeded.running.id)
    for (const page of pages.slice(1)) {
      await page.bringToFront()
      await page.getByText('17 of 28 done').waitFor()
    }
    expect(connections).toHaveLength(2)
  },

  'a killed process’s sweep shows as interrupted': async (visit) => {
    await open(visit, '/sweeps/mnist-quickstart')
    await visit.page
      .locator('header')
      .getByText(/^●\s*running$/)
      .waitFor()
    visit.seeded.lock.release()
    await visit.page
      .locator('header')
      .getByText(/^○\s*interrupted$/)
      .waitFor()
    await open(visit, '/')
    expect(await shown(visit.page.getByRole('row').filter({ hasText: 'mnist-quickstart' }))).toContain('interrupted')
  },
})

/** Stops the server while its page is open: a stream that waits for news must not keep it from ending. */
async function withDashboard(visit: Visit, store: string, use: (origin: string) => Promise<void>): Promise<void> {
  const dashboard = await startDashboard(store)
  try {
    await use(dashboard.origin)
    expect(visit.errors).toEqual([])
  } finally {
    await dashboard.stop()
    // The page now complains, rightly, that the server is gone.
    visit.errors.length = 0
  }
}

browserTests('a store', {
  'that is missing is explained, and shown as soon as it is made': async (visit) => {
    const store = join(visit.folder, 'later', 'retort.db')
    await withDashboard(visit, store, async (origin) => {
      await visit.page.goto(origin)
      await visit.page.getByRole('heading', { name: 'No store yet' }).waitFor()
      expect(await shown(visit.page.locator('main'))).toContain(store)
      await live(visit)
      openStore(store).close()
      await visit.page.getByRole('heading', { name: 'No sweeps yet' }).waitFor()
      expect(await shown(visit.page.locator('main'))).toContain('pnpm retort run experiments/mnist-quickstart.json')
      seedStore(store)
      await visit.page.getByRole('link', { name: 'mnist-night' }).waitFor()
    })
  },

  'that is none is explained on every page': async (visit) => {
    const store = join(visit.folder, 'none', 'retort.db')
    mkdirSync(dirname(store))
    writeFileSync(store, 'no database, but long enough to look at: '.repeat(100))
    await withDashboard(visit, store, async (origin) => {
      for (const path of ['/', '/sweeps/mnist-night', `/sweeps/mnist-night/trials/${visit.seeded.done.trials[0]}`]) {
        await visit.page.goto(origin + path)
        await visit.page.getByRole('heading', { name: 'The store cannot be read' }).waitFor()
        await visit.page.getByText('is not a store of Retort').waitFor()
      }
    })
  },

  'whose server stops is shown as it was, with a word that it may be old': async (visit) => {
    const dashboard = await startDashboard(visit.store)
    await visit.page.goto(`${dashboard.origin}/sweeps/mnist-night`)
    await live(visit)
    expect(visit.errors).toEqual([])
    await dashboard.stop()
    await visit.page.getByText('Reconnecting', { exact: true }).waitFor()
    await visit.page.getByRole('heading', { name: 'mnist-night' }).waitFor()
    visit.errors.length = 0
  },
})
