// The pages follow the store while others write it, appear with it, and explain what is wrong with it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openStore } from '@retort/orchestrator/store/store'
import { expect } from 'vitest'
import { browserTests, type Visit } from './browserTests.ts'
import { startDashboard } from './dashboard.ts'
import { seedStore } from './seed.ts'

/** Writes as a running sweep does; this process is not the server's. */
function finishOneTrial(store: string, sweep: string): void {
  const { db, close } = openStore(store)
  db.$client
    .prepare(
      `UPDATE trials SET status = 'done', validation_accuracy = 0.9, test_accuracy = 0.9, parameters = 1, onnx_bytes = 1,
        multiply_accumulates = 1 WHERE id = (SELECT trial FROM trial_view WHERE sweep = ? AND status = 'running' LIMIT 1)`,
    )
    .run(sweep)
  close()
}

const live = (visit: Visit, page = visit.page) => page.getByText('Live', { exact: true }).waitFor()

browserTests('while a sweep runs', {
  'a page shows what another process writes, without a reload': async (visit) => {
    await visit.page.goto(`${visit.origin}/sweeps/mnist-quickstart`)
    await live(visit)
    await visit.page.getByText('14 of 28 done · 2 running').waitFor()
    await visit.page.evaluate(() => document.body.setAttribute('data-same-document', ''))
    finishOneTrial(visit.store, visit.seeded.running.id)
    await visit.page.getByText('15 of 28 done · 1 running').waitFor()
    expect(await visit.page.locator('body[data-same-document]').count()).toBe(1)
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
      await page.getByText('16 of 28 done').waitFor()
    }
    expect(connections).toHaveLength(2)
  },
})

browserTests('a store', {
  'that is missing is explained, and shown as soon as it is made': async (visit) => {
    const store = join(visit.folder, 'later', 'retort.db')
    const dashboard = await startDashboard(store)
    try {
      await visit.page.goto(dashboard.origin)
      await visit.page.getByRole('heading', { name: 'No store yet' }).waitFor()
      expect(await visit.page.locator('main').innerText()).toContain(store)
      await live(visit)
      openStore(store).close()
      await visit.page.getByRole('heading', { name: 'No sweeps yet' }).waitFor()
      expect(await visit.page.locator('main').innerText()).toContain(
        'pnpm retort run experiments/mnist-quickstart.json',
      )
      seedStore(store)
      await visit.page.getByRole('link', { name: 'mnist-night' }).waitFor()
    } finally {
      // With a page open: its connection must not keep the server from ending.
      await dashboard.stop()
    }
  },

  'that is none is explained on every page': async (visit) => {
    const store = join(visit.folder, 'none', 'retort.db')
    mkdirSync(dirname(store))
    writeFileSync(store, 'no database, but long enough to look at: '.repeat(100))
    const dashboard = await startDashboard(store)
    try {
      for (const path of ['/', '/sweeps/mnist-night', `/sweeps/mnist-night/trials/${visit.seeded.done.trials[0]}`]) {
        await visit.page.goto(dashboard.origin + path)
        await visit.page.getByRole('heading', { name: 'The store cannot be read' }).waitFor()
        await visit.page.getByText('is not a store of Retort').waitFor()
      }
    } finally {
      await dashboard.stop()
    }
  },
})
