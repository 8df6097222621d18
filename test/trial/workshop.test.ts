import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openWorkshop } from '../../orchestrator/src/trial/workshop.ts'
import { digits, temporaryFolder } from './fixture.ts'

const folder = temporaryFolder()
const none = () => Promise.reject(new Error('no engine is needed'))

it('keeps the data until a file changes', async () => {
  const labels = join(folder, 'labels')
  const write = (classes: number) => {
    const bytes = Buffer.from([
      0,
      0,
      8,
      1,
      0,
      0,
      3,
      232,
      ...Array.from({ length: 1000 }, (_, index) => index % classes),
    ])
    writeFileSync(`${labels}.new`, bytes)
    renameSync(`${labels}.new`, labels)
  }
  write(10)
  const dataset = { ...digits(), trainLabels: labels } as ReturnType<typeof digits>
  const workshop = openWorkshop(none)
  const first = await workshop.data(dataset)
  expect(await workshop.data({ ...dataset })).toBe(first)
  write(12)
  const second = await workshop.data(dataset)
  expect(second.classes).toBe(12)
  expect(second.hash).not.toBe(first.hash)
})

it('has no workbench without an engine', async () => {
  await expect(openWorkshop(none).workbench({} as never)).rejects.toThrow('a workbench needs an open engine')
})
