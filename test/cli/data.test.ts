import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder, retort } from './retort.ts'

it('lists the data sets that have a name, gets one, and refuses other names', async () => {
  const cwd = folder()
  const listed = JSON.parse((await retort(cwd, 'data', 'list', '--json')).stdout) as { name: string }[]
  expect(listed.map(({ name }) => name)).toEqual(['mnist', 'fashion-mnist', 'cifar-10', 'cifar-100'])
  const got = await retort(cwd, 'data', 'get', 'mnist', '--json')
  expect(got).toMatchObject({ code: 0 })
  expect(JSON.parse(got.stdout)).toEqual({
    name: 'mnist',
    folder: join('data', 'mnist'),
    changed: true,
    dataset: { type: 'mnist' },
  })
  expect(readdirSync(join(cwd, 'data/mnist')).length).toBe(4)
  const refused = await retort(cwd, 'data', 'get', 'cifar')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('expected "mnist", "fashion-mnist", "cifar-10" or "cifar-100", got "cifar"')
  const missing = await retort(cwd, 'data', 'get', 'cifar-10', '--from', '.')
  expect(missing.code).toBe(2)
  expect(missing.stderr).toContain('cifar-10-binary.tar.gz (MD5 c32a1d4ab5d03f1284b67883e8d87530), from https://')
})
