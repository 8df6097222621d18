// What the pages show of results that not every sweep has: perplexity, corrected biases, smaller batches than written,
// engines that differ, and a run that had nothing left to train.
import { openForReading } from '@retort/schema/open'
import { configurationView, trialView } from '@retort/schema/views'
import { and, eq, isNotNull } from 'drizzle-orm'
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { browserTests, open, shown, type Visit } from './browserTests.ts'
import { seedResults, threes, tokenResults } from './seedResults.ts'

const table = ({ page }: Visit, name: RegExp | string) => page.getByRole('region', { name }).last()

const cellsOf = (region: Locator): Promise<string[][]> =>
  region
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) =>
        [...row.querySelectorAll('th, td')].map((cell) => (cell.textContent ?? '').replaceAll('\u00a0', ' ')),
      ),
    )

/** The headers' second row, in order. */
const headersOf = (region: Locator): Promise<string[]> =>
  region
    .locator('thead tr:last-child th')
    .evaluateAll((all) => all.map((cell) => (cell.textContent ?? '').replace(/[↑↓]/g, '')))

const figure = ({ page }: Visit, name: string) =>
  shown(page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) }))

const configurations = ({ store }: Visit, sweep: string) =>
  openForReading(store).select().from(configurationView).where(eq(configurationView.sweep, sweep)).all()

browserTests(
  'results of a kind',
  {
    'perplexity stands beside accuracy where classes are tokens, and sorts the leaderboard': async (visit) => {
      await open(visit, '/sweeps/next-characters')
      const board = table(visit, /^Leaderboard/)
      const headers = await headersOf(board)
      const [validation, test] = headers
        .flatMap((name, place) => (name === 'Validation' || name === 'Test' ? [place] : []))
        .slice(2) as [number, number]
      const objectiveOf = (row: string[]) => row[headers.indexOf('Axes')]!.replace('objective ', '')
      const rows = (await cellsOf(board)).filter((row) => Object.hasOwn(tokenResults, objectiveOf(row)))
      expect(rows.map(objectiveOf)).toEqual(['jsd', 'soft-targets', 'reverse-kl'])
      for (const row of rows) {
        const [, validationLoss, testLoss] = tokenResults[objectiveOf(row)]!
        expect(Number(row[validation])).toBeCloseTo(Math.E ** validationLoss, 2)
        expect(Number(row[test])).toBeCloseTo(Math.E ** testLoss, 2)
      }
      await board.getByRole('link', { name: 'Validation' }).nth(1).click()
      await visit.page.waitForURL('**?sort=perplexity')
      const sorted = (await cellsOf(board)).map((row) => Number(row[validation]))
      expect(sorted).toHaveLength(5)
      expect(sorted).toEqual(sorted.toSorted((a, b) => a - b))
      await board.getByRole('link', { name: 'Test' }).nth(1).click()
      await visit.page.waitForURL('**?sort=testPerplexity')
      // The best by accuracy is named with its perplexity on the test split.
      expect(await shown(visit.page.getByRole('complementary'))).toContain(
        `perplexity ${(Math.E ** tokenResults.jsd![2]).toPrecision(4)}`,
      )
    },

    'a trial on tokens has its perplexity as a figure': async (visit) => {
      const [best] = configurations(visit, 'next-characters').filter(({ axes }) => JSON.stringify(axes).includes('jsd'))
      await open(visit, `/sweeps/next-characters/trials/${best!.trial}`)
      const [, validationLoss, testLoss] = tokenResults.jsd!
      expect(await figure(visit, 'Perplexity')).toMatch(
        new RegExp(
          `^Perplexity\\s+${(Math.E ** validationLoss).toPrecision(4)}\\s+${(Math.E ** testLoss).toPrecision(4)} on`,
        ),
      )
    },

    'engines that differ stand at each result, one for all of them only at the head': async (visit) => {
      const board = table(visit, /^Leaderboard/)
      await open(visit, '/sweeps/two-engines')
      expect(await figure(visit, 'Computed on')).toMatch(
        /3 on onnx \(cpu\), 1 on onnx \(cpu\) and tensorflow \(cpu\), 1 on tensorflow \(cpu\)$/,
      )
      const rows = await cellsOf(board)
      const byTemperature = Object.fromEntries(rows.map((cells) => [cells[2], cells[1]]))
      expect(byTemperature['2']).toMatch(/onnx \(cpu\)$/)
      expect(byTemperature['4']).toMatch(/onnx \(cpu\) and tensorflow \(cpu\)$/)
      expect(byTemperature['8']).toMatch(/[^ ]tensorflow \(cpu\)$/)

      const mixed = configurations(visit, 'two-engines').find(({ temperature }) => temperature === 4)!
      await open(visit, `/sweeps/two-engines/trials/${mixed.trial}`)
      expect(await figure(visit, 'Trained on')).toMatch(/onnx \(cpu\) and tensorflow \(cpu\)$/)
      const attempts = await cellsOf(table(visit, 'Attempts'))
      expect(attempts.map((cells) => cells.slice(4, 6))).toEqual([
        ['the start', 'onnx, cpu'],
        ['epoch 1 of onnx (cpu)', 'tensorflow, cpu'],
      ])

      await open(visit, '/sweeps/next-characters')
      expect(await figure(visit, 'Computed on')).toMatch(/^Computed on\s+onnx \(cpu\)$/)
      expect(await board.getByText('onnx (cpu)').count()).toBe(0)
    },

    'no other sweep has columns of perplexity or of biases': async (visit) => {
      await open(visit, '/sweeps/mnist-night')
      const headers = await headersOf(table(visit, /^Leaderboard/))
      expect(headers.filter((name) => name === 'Validation' || name === 'Test')).toHaveLength(2)
      await open(visit, `/sweeps/mnist-night/trials/${visit.seeded.done.trials[1]}`)
      expect(await visit.page.getByRole('heading', { name: 'Bias correction' }).count()).toBe(0)
      expect(await visit.page.getByText('Perplexity').count()).toBe(0)
    },

    'the chart of gains names what tells configurations apart': async (visit) => {
      await open(visit, '/sweeps/next-characters')
      const svg = visit.page.getByRole('img', { name: /^Gains of 3/ }).locator('svg')
      await svg.waitFor()
      const words = await svg.locator('text').allTextContents()
      for (const type of Object.keys(tokenResults)) expect(words).toContain(`width-32  objective ${type}`)
    },

    'figures before and after a bias correction, on the leaderboard and on the trial’s page': async (visit) => {
      await open(visit, '/sweeps/without-threes')
      const board = table(visit, /^Leaderboard/)
      expect(await shown(board.locator('thead'))).toContain('Before bias correction')
      const ranked = configurations(visit, 'without-threes')
      const percent = (share: number) => `${(share * 100).toFixed(2)} %`
      const rows = await cellsOf(board)
      const taught = ranked.filter(({ role }) => role === 'student')
      for (const { temperature, uncorrectedValidationAccuracy, uncorrectedTestAccuracy } of taught) {
        const row = rows.find((cells) => cells[2] === String(temperature))!
        const found = row.indexOf(percent(uncorrectedValidationAccuracy!))
        expect(found).toBeGreaterThan(5)
        expect(row[found + 1]).toBe(percent(uncorrectedTestAccuracy!))
      }
      expect(
        rows
          .at(-1)!
          .slice(-7)
          .filter((cell) => cell === '–'),
      ).toHaveLength(4)

      const { trial } = taught[0]!
      const [row] = openForReading(visit.store).select().from(trialView).where(eq(trialView.trial, trial)).all()
      await open(visit, `/sweeps/without-threes/trials/${trial}`)
      const cells = await cellsOf(table(visit, 'Figures before and after the bias correction'))
      const { before } = row!.biasCorrection!
      expect(cells.map((line) => line.slice(0, 3))).toEqual([
        ['Validation accuracy', percent(before.validationAccuracy), percent(row!.validationAccuracy!)],
        ['Test accuracy', percent(before.testAccuracy), percent(row!.testAccuracy!)],
        ['Validation loss', expect.any(String), expect.any(String)],
        ['Test loss', expect.any(String), expect.any(String)],
        ['Class 3, test accuracy', percent(threes.taught[0] / 1000), percent(threes.taught[1] / 1000)],
      ])
      expect(cells.map((line) => line[3]![0])).toEqual(['+', '+', '−', '−', '+'])
      expect(await figure(visit, 'Test accuracy')).toContain(
        `${percent(before.testAccuracy)} before the bias correction`,
      )
      expect(await shown(visit.page.locator('main'))).toMatch(/Added to the last layer’s bias: \+2\.\d+ to class 3,/)
    },

    'figures of the literature stand beside the measured ones': async (visit) => {
      await open(visit, '/sweeps/without-threes')
      const figures = await cellsOf(table(visit, 'Published figures'))
      // The teacher makes 145 errors; the threes are those that the store was given.
      expect(figures.map((line) => line.slice(0, 5))).toEqual([
        ['big, the teacher', '67 of 10,000', '145 of 10,000', '+78', '1'],
        ['small taught by big, class 3, before the bias correction', '86.70 %', '61.20 %', '−25.50', '3'],
        ['small taught by big, class 3', '98.60 %', '96.80 %', '−1.80', '3'],
        [
          'small taught by big, T = 8',
          '109 of 10,000',
          expect.stringMatching(/^\d+(\.\d)? ± \d+\.\d of 10,000$/),
          expect.stringMatching(/^\+\d/),
          '3',
        ],
        ['small taught by big, T = 20', '206 of 10,000', 'not measured'],
      ])
      expect(await shown(visit.page.locator('main'))).toContain('arXiv:1503.02531; test split')
      const findings = await cellsOf(table(visit, 'Published findings'))
      expect(findings).toHaveLength(1)
      expect(findings[0]![0]).toBe('small taught by bigT from 8: best')
      expect(findings[0]![1]).toMatch(/^4: 97\.\d\d % ± 0\.\d\d8: 97\.\d\d % ± 0\.\d\d$/)
      expect(findings[0]![2]).toMatch(/ to T = 4$/)
      await table(visit, 'Published figures').getByRole('link', { name: 'big, the teacher' }).click()
      await visit.page.getByRole('heading', { level: 1, name: 'big' }).waitFor()
      await open(visit, '/sweeps/mnist-night')
      expect(await visit.page.getByText('Beside published figures').count()).toBe(0)
    },

    'a trial that memory was short for is marked, and its page tells how it came to that': async (visit) => {
      await open(visit, '/sweeps/short-of-memory')
      const marked = (await cellsOf(table(visit, /^Leaderboard/))).filter((row) => row[1]!.includes('batch'))
      expect(marked.map((row) => row[1]!.replace(/^.*batch/, 'batch'))).toEqual([
        'batch 256 of 1,024',
        'batch 256 of 1,024',
      ])
      expect(await shown(visit.page.locator('main'))).toMatch(/trained 1 min 15 s, batch 512 of 1,024/)

      const reduced = and(
        eq(trialView.sweep, 'short-of-memory'),
        isNotNull(trialView.reducedBatchSize),
        eq(trialView.seed, 2),
      )
      const [row] = openForReading(visit.store).select().from(trialView).where(reduced).all()
      await open(visit, `/sweeps/short-of-memory/trials/${row!.trial}`)
      const text = await shown(visit.page.locator('main'))
      expect(text).toContain('seed 2 · batches of 256 instead of 1,024, since memory was short')
      expect(text).toMatch(/batchSize\s+1024; trained with 256/)
      const attempts = table(visit, 'Attempts')
      const batch = (await headersOf(attempts)).indexOf('Batch')
      expect((await cellsOf(attempts)).map((line) => line[batch])).toEqual(['1,024', '512', '256'])
      expect(await shown(attempts)).toContain('again with batches of 512 instead of 1024')
    },

    'a run that trained nothing says so, and what was spent before': async (visit) => {
      await open(visit, '/')
      const row = (name: string) => visit.page.getByRole('row', { name: new RegExp(name) })
      // A teacher and twelve students of 75 seconds.
      expect(await shown(row('short-of-memory'))).toMatch(/all reused\s+trained for 15 min 30 s before/)
      expect(await shown(row('without-threes'))).toMatch(/took \d/)
      await open(visit, '/sweeps/short-of-memory')
      expect(await shown(visit.page.locator('header').last())).toMatch(/all reused\s+trained for 15 min 30 s before/)
    },
  },
  {},
  seedResults,
)
