// The pages in a browser: what they show, and what a click does.

import { openForReading } from '@retort/schema/open'
import { ranking } from '@retort/schema/store/read/ranking'
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { browserTests, open, shown, type Visit } from './browserTests.ts'

const rows = async ({ page }: Visit): Promise<string[][]> => {
  const cells = page.getByRole('region', { name: /^Leaderboard/ }).locator('tbody tr')
  return cells.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('td')].map((cell) => (cell.textContent ?? '').replaceAll('\u00a0', ' '))),
  )
}
const column = async (visit: Visit, index: number) => (await rows(visit)).map((row) => row[index]!)

/** What the store's replicates show, as the command line reads it. */
const comparisonIn = ({ store }: Visit) => ranking(openForReading(store), 'mnist-night')

/** The name of each column of the leaderboard, in order; the seeded sweeps have neither axes nor two teachers. */
const at = {
  rank: 0,
  student: 1,
  temperature: 2,
  weights: 3,
  n: 4,
  validation: 5,
  test: 6,
  gain: 7,
  verdict: 8,
  parameters: 9,
}

/** Clicks a chart's mark, again where a chart that is still being laid out on a busy machine has moved it away. */
async function followMark({ page }: Visit, mark: Locator): Promise<void> {
  const arrived = () => /\/trials\/[0-9a-f]{64}$/.test(page.url())
  for (let tries = 0; tries < 8 && !arrived(); tries++) {
    await mark.click({ timeout: 15_000 }).catch(() => undefined)
    await page.waitForURL(arrived, { timeout: 15_000 }).catch(() => undefined)
  }
  expect(arrived()).toBe(true)
}

browserTests('the list of sweeps', {
  'shows every sweep with its status, progress and best accuracy': async (visit) => {
    await open(visit, '/')
    const row = (name: string) => visit.page.getByRole('row', { name: new RegExp(name) })
    expect(await visit.page.title()).toBe('Sweeps · Retort')
    expect(await shown(row('mnist-night'))).toMatch(
      /done[\s\S]*80 of 82 done · 2 failed[\s\S]*9\d\.\d\d\s%[\s\S]*took 25\smin/,
    )
    expect(await shown(row('mnist-quickstart'))).toMatch(/running[\s\S]*14 of 28 done · 2 running/)
    expect(await shown(row('mnist-temperatures'))).toMatch(/interrupted[\s\S]*0 of 28 done[\s\S]*–/)
  },

  'leads to a sweep': async (visit) => {
    await open(visit, '/')
    await visit.page.getByRole('link', { name: 'mnist-night' }).click()
    await visit.page.waitForURL('**/sweeps/mnist-night')
    await visit.page.getByRole('heading', { name: 'mnist-night', level: 1 }).waitFor()
  },
})

browserTests('a sweep’s page', {
  'says in words which student to ship': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const text = await shown(visit.page.locator('main'))
    expect(text).toMatch(
      /Highest accuracy: cnn-16-32 at T = \d, 98\.\d\d % ± 0\.\d\d\. Smallest within 0\.5 points: cnn-8-16 at T = \d, 98\.\d\d % ± 0\.\d\d, 4\.0× smaller\./,
    )
    expect(text).toMatch(
      /Distillation helped cnn-16-32 \(\d better and 1 worse of 8 configurations, the best by \+0\.\d\d points, \+0\.\d\d to \+0\.\d\d\), cnn-8-16 \(\d better of 8 .* and mlp-24 \(.*corrected for 24 comparisons/,
    )
    expect(text).toMatch(
      /\d of the other 26 configurations cannot be told from the best, cnn-16-32 taught by cnn-32-64/,
    )
    expect(text).toMatch(/computed once, read 72 times, saved 2 min 53 s/)
    expect(text).toContain('loss = hard · CE(y, z_s)')
  },

  'takes another tolerance': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    await visit.page
      .getByRole('navigation', { name: /^Percentage points/ })
      .getByRole('link', { name: '0.25' })
      .click()
    await visit.page.waitForURL('**?within=0.25')
    await visit.page.getByText('Nothing smaller comes within 0.25 points of it.').waitFor()
  },

  'draws the chart: a mark for each configuration, the front, the teacher': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const chart = visit.page.getByRole('img', { name: /^27 configurations by parameters and validation accuracy/ })
    const svg = chart.locator('svg')
    await svg.waitFor()
    // Marks that are hollow have the colour as their edge; those of students have it as their filling.
    const marks = svg.locator('path[fill="#0f766e"], path[fill="#b4541b"], path[fill="#3b5fc0"]')
    const baselines = svg.locator('path[stroke="#0f766e"], path[stroke="#b4541b"], path[stroke="#3b5fc0"]')
    // The legend has one mark for each student more.
    expect(await marks.count()).toBe(24 + 3)
    expect(await baselines.count()).toBe(3)
    expect(await svg.locator('path[stroke-dasharray]').count()).toBeGreaterThan(0)
    const words = await svg.locator('text').allTextContents()
    expect(words.join(' ')).toMatch(/teacher cnn-32-64, 99\.\d\d/)
    expect(words).toContain('cnn-16-32')
  },

  'changes the axes by links': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    await visit.page.getByRole('link', { name: 'ONNX bytes' }).click()
    await visit.page.waitForURL('**?size=bytes')
    await visit.page.getByRole('link', { name: 'Test', exact: true }).first().click()
    await visit.page.waitForURL('**?size=bytes&accuracy=test')
    await visit.page.getByRole('img', { name: /by onnx file and test accuracy/ }).waitFor()
    expect(await shown(visit.page.locator('figcaption'))).toContain('kB')
  },

  'leads from a point of the chart to its trial': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    // The most accurate of eight is drawn last.
    await followMark(visit, visit.page.locator('figure svg path[fill="#3b5fc0"]').nth(7))
    await visit.page.getByRole('heading', { level: 1, name: 'cnn-16-32' }).waitFor()
  },

  'ranks by validation accuracy': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const accuracies = (await column(visit, at.validation)).slice(0, 27).map(Number.parseFloat)
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a))
    const all = await rows(visit)
    expect(all).toHaveLength(28)
    expect(all[0]![at.student]).toBe('cnn-16-32highest accuracy')
    expect(all[0]![at.test]).toMatch(/^98\.\d\d % ± 0\.\d\d$/)
    expect(all[0]![at.validation]).toMatch(/^98\.\d\d % ± 0\.\d\d$/)
    expect(all[0]![at.gain]).toMatch(/^\+0\.\d\d ± 0\.\d\d$/)
    expect(all[0]![at.verdict]).toBe('better')
    expect(all.filter((row) => row[at.n] === '2 of 3')).toHaveLength(2)
  },

  'sorts by a column, and turns round at the second click': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const header = visit.page.getByRole('columnheader', { name: 'Gain' })
    await header.getByRole('link').click()
    await visit.page.waitForURL('**?sort=gain')
    await visit.page.locator('th[aria-sort="descending"]').waitFor()
    const numbers = async () =>
      (await column(visit, at.gain))
        .filter((text) => text !== '–')
        .map((text) => Number(text.replace('−', '-').split(' ')[0]))
    const falling = await numbers()
    expect(falling).toHaveLength(24)
    expect(falling).toEqual(falling.toSorted((a, b) => b - a))
    await header.getByRole('link').click()
    await visit.page.waitForURL('**?sort=gain&order=asc')
    await visit.page.locator('th[aria-sort="ascending"]').waitFor()
    expect(await numbers()).toEqual(falling.toReversed())
    // What has no value comes last both ways.
    expect((await column(visit, at.gain)).at(-1)).toBe('–')
  },

  'marks those that cannot be told from the best': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const { comparison } = comparisonIn(visit)
    const marked = (await rows(visit)).filter((row) => row[at.student]!.endsWith('≈ best'))
    expect(marked).toHaveLength(comparison.configurations.filter(({ amongBest }) => amongBest).length - 1)
    expect(marked.length).toBeGreaterThan(0)
  },

  'shows every seed’s gain, its mean and interval, and leads to its trial': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const { comparison } = comparisonIn(visit)
    const gains = comparison.configurations.flatMap(({ gain, points }) => (gain === null ? [] : [{ gain, points }]))
    const panel = visit.page.getByRole('region', { name: 'Did distillation help?' })
    const svg = panel.getByRole('img', { name: /^Gains of 24 configurations/ }).locator('svg')
    await svg.waitFor()
    // Circles are hollow, diamonds are full; both in the verdict's colour.
    const colors = { better: '#1c7244', worse: '#b3261e', 'no difference shown': '#6a645c' }
    for (const [verdict, color] of Object.entries(colors)) {
      const own = gains.filter(({ gain }) => gain.verdict === verdict)
      const seeds = own.flatMap(({ points }) => points.filter(({ gain }) => gain !== null))
      expect(await svg.locator(`path[fill="#ffffff"][stroke="${color}"]`).count()).toBe(seeds.length)
      expect(await svg.locator(`path[fill="${color}"]`).count()).toBe(own.length)
    }
    await followMark(visit, svg.locator('path[fill="#ffffff"][stroke="#b3261e"]').first())
    const worse = gains.find(({ gain }) => gain.verdict === 'worse')!
    expect(worse.points.map(({ trial }) => trial)).toContain(new URL(visit.page.url()).pathname.split('/').at(-1))
  },

  'sorts and filters by verdict': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    await visit.page.getByRole('columnheader', { name: 'Verdict' }).getByRole('link').click()
    await visit.page.waitForURL('**?sort=verdict')
    await visit.page.locator('th[aria-sort="ascending"]').waitFor()
    const order = ['better', 'worse', 'no difference shown', '–']
    const places = (await column(visit, at.verdict)).map((text) => order.indexOf(text))
    expect(new Set(places).size).toBe(4)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    await visit.page.getByLabel('Verdict', { exact: true }).selectOption('worse')
    await visit.page.waitForURL('**?sort=verdict&verdict=worse')
    await visit.page.getByText('1 configuration match').waitFor()
    expect(await column(visit, at.verdict)).toEqual(['worse'])
  },

  'filters by student, kind and size, and forgets it again': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    await visit.page.getByLabel('Student', { exact: true }).selectOption('mlp-24')
    await visit.page.waitForURL('**?student=mlp-24')
    await visit.page.getByText('9 configurations match').waitFor()
    expect(new Set(await column(visit, at.parameters))).toEqual(new Set(['19,090']))
    await visit.page.getByLabel('Kind').selectOption('baseline')
    await visit.page.waitForURL('**?student=mlp-24&role=baseline')
    await visit.page.getByText('1 configuration match').waitFor()
    await visit.page.getByRole('link', { name: 'Show all' }).click()
    await visit.page.waitForURL('**/sweeps/mnist-night')
    await visit.page.locator('select[name=student] option[value=""]:checked').waitFor({ state: 'attached' })

    await visit.page.getByLabel('At most … parameters').fill('30,000')
    await visit.page.keyboard.press('Enter')
    await visit.page.waitForURL('**?maxParameters=30000')
    await visit.page.getByText('18 configurations match').waitFor()
    expect((await column(visit, at.student)).join()).not.toContain('cnn-16-32')
  },

  'filters by the status of a configuration’s trials': async (visit) => {
    await open(visit, '/sweeps/mnist-night?status=failed')
    const all = await rows(visit)
    expect(all).toHaveLength(2)
    expect(all.every((row) => row[at.n] === '2 of 3')).toBe(true)
  },

  'replaces invalid parameters and says so': async (visit) => {
    await open(visit, '/sweeps/mnist-night?sort=password&student=%3Cb%3E&page=99')
    const notes = visit.page.getByRole('status', { name: 'Notes on this address' })
    const text = await shown(notes)
    expect(text).toContain('sort=password is ignored')
    expect(text).toContain('student=<b> is ignored')
    expect(text).toContain('page=99 is past the end; this is page 1.')
    expect(await rows(visit)).toHaveLength(28)
  },

  'lists the failed trials with their reasons, and others by status': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const trials = visit.page.getByRole('region', { name: 'Trials', exact: true })
    expect(await shown(trials)).toMatch(/diverged[\s\S]*the loss became NaN at epoch 3, step 41/)
    expect(await shown(trials)).toMatch(/crashed[\s\S]*SIGSEGV/)
    await trials.getByRole('link', { name: 'Done 80' }).click()
    await visit.page.waitForURL('**?trials=done')
    await trials.getByText('Page 1 of 4').waitFor()
    await trials.getByRole('link', { name: 'Next' }).click()
    await trials.getByText('Page 2 of 4').waitFor()
  },

  'shows a running sweep’s results so far and a sweep without any': async (visit) => {
    await open(visit, '/sweeps/mnist-quickstart')
    await visit.page
      .getByText(/^Highest accuracy so far/)
      .first()
      .waitFor()
    const main = await shown(visit.page.locator('main'))
    expect(main).toContain('Whether distillation helped is not known: one seed tells no difference from chance.')
    expect(main).toContain('"seeds": [1, 2, 3, 4, 5]')
    expect(main).not.toContain('≈ best')
    expect(main).toContain('One seed of a configuration tells no gain from chance')
    expect(new Set((await column(visit, at.verdict - 1)).filter((text) => text !== '–'))).toEqual(
      new Set(['too few seeds']),
    )
    await visit.page.getByRole('cell', { name: 'epoch 3 of 8' }).first().waitFor()
    await open(visit, '/sweeps/mnist-temperatures')
    await visit.page.getByText('No student of this sweep is done').waitFor()
  },

  'is the same in dark colours': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const background = () => visit.page.evaluate('getComputedStyle(document.body).backgroundColor')
    const light = await background()
    await visit.page.getByRole('button', { name: /^Switch between/ }).click()
    await visit.page.locator('figure svg path[fill="#4fbcad"]').first().waitFor()
    expect(await background()).not.toBe(light)
    await visit.page.reload()
    await visit.page.locator('figure svg path[fill="#4fbcad"]').first().waitFor()
    expect(await background()).not.toBe(light)
  },

  'has a name for every control and one heading of the first level': async (visit) => {
    await open(visit, '/sweeps/mnist-night')
    const nameless = await visit.page.locator('a, button, input:not([type=hidden]), select').evaluateAll((all) =>
      all
        .map((element) => ({
          html: element.outerHTML,
          name: [
            element.textContent,
            element.getAttribute('aria-label'),
            'labels' in element && (element.labels as { textContent: string }[] | null)?.[0]?.textContent,
          ],
        }))
        .filter(({ name }) => name.every((part) => typeof part !== 'string' || part.trim() === '')),
    )
    expect(nameless).toEqual([])
    expect(await visit.page.getByRole('heading', { level: 1 }).count()).toBe(1)
    // The page never scrolls sideways; only tables do.
    await visit.page.setViewportSize({ width: 360, height: 740 })
    expect(await visit.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  },
})

browserTests('a trial’s page', {
  'shows figures, curves, configuration, attempts and where it ran': async (visit) => {
    const trial = visit.seeded.done.trials[17]!
    await open(visit, `/sweeps/mnist-night/trials/${trial}`)
    expect(await visit.page.title()).toBe('mlp-24 · mnist-night · Retort')
    const store = openForReading(visit.store)
    const accuracy = store.$client
      .prepare('SELECT validation_accuracy FROM trial_view WHERE trial = ?')
      .pluck()
      .get(trial) as number
    await visit.page
      .getByText(`${(accuracy * 100).toFixed(2)} %`, { exact: true })
      .first()
      .waitFor()

    for (const [name, curves] of Object.entries({ Loss: 4, 'Validation accuracy': 1, 'Learning rate': 1 })) {
      const svg = visit.page.getByRole('img', { name: new RegExp(`^${name} over`) }).locator('svg')
      await svg.waitFor()
      expect(
        await svg.locator('path[stroke-width="2"][fill="none"], path[stroke-width="2"][fill="transparent"]').count(),
      ).toBeGreaterThanOrEqual(curves)
    }
    const main = await shown(visit.page.locator('main'))
    for (const text of [
      'optimizer.learningRate',
      'cosine',
      'SIGSEGV',
      'epoch 2',
      'onnxruntime-node',
      '1.30.0',
      trial,
    ]) {
      expect(main).toContain(text)
    }
    // The test split by class, against the baseline: what the header of the panel counts, the table shows.
    const panel = visit.page.getByRole('region', { name: 'Classes', exact: true })
    const changes = await panel.locator('tbody tr td:last-child').allTextContents()
    expect(changes).toHaveLength(10)
    expect(await panel.locator('tbody th').allTextContents()).toContain('seven')
    const signs = (sign: string) => changes.filter((text) => text.startsWith(sign)).length
    expect(await shown(panel)).toContain(
      `distillation helps on ${signs('+')}, hurts on ${signs('−')}, changes nothing on ${signs('0')}`,
    )
    expect(main).toMatch(/Calibration error\s+1\.\d\d %\s+0\.\d\d % after T = 1\.\d+/)
    await visit.page.getByText('All 8 epochs as a table').click()
    expect(await visit.page.getByRole('region', { name: 'Epochs' }).locator('tbody tr').count()).toBe(8)
  },

  'gives the student as a file': async (visit) => {
    await open(visit, `/sweeps/mnist-night/trials/${visit.seeded.done.trials[17]}`)
    const saving = visit.page.waitForEvent('download')
    await visit.page.getByRole('link', { name: /^ONNX model/ }).click()
    expect((await saving).suggestedFilename()).toMatch(/^mnist-night-mlp-24-T4-[0-9a-f]{8}\.onnx$/)
  },

  'says why a trial failed, and that nothing is there to download': async (visit) => {
    await open(visit, `/sweeps/mnist-night/trials/${visit.seeded.done.trials[40]}`)
    await visit.page.getByText('the loss became NaN at epoch 3, step 41').first().waitFor()
    await visit.page.getByText('There is nothing to download').waitFor()
  },
})

browserTests(
  'without JavaScript',
  {
    'the leaderboard sorts by links and filters by a form': async (visit) => {
      await visit.page.goto(`${visit.origin}/sweeps/mnist-night`)
      await visit.page.getByRole('columnheader', { name: 'Parameters' }).getByRole('link').click()
      await visit.page.waitForURL('**?sort=parameters')
      expect((await column(visit, at.parameters))[0]).toBe('19,090')
      await visit.page.getByLabel('Student', { exact: true }).selectOption('cnn-8-16')
      await visit.page.getByRole('button', { name: 'Apply' }).click()
      await visit.page.waitForURL(/student=cnn-8-16/)
      expect(await rows(visit)).toHaveLength(9)
    },
  },
  { javaScriptEnabled: false },
)
