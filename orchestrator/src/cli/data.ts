// `retort data list` and `retort data get NAME`: the data sets that have a name, and how to have them here.
import { join } from 'node:path'
import { InvalidOptionError } from '../errors/option.ts'
import { writingTo } from '../errors/outputPath.ts'
import { alternatives } from '../errors/problem.ts'
import { getPublished } from '../published/get.ts'
import {
  type BundledSet,
  bundledSets,
  type PublishedName,
  type PublishedSet,
  publishedSets,
} from '../published/sets.ts'
import { bytes } from './format.ts'
import { printJson, printTable } from './output.ts'

const defaultFolder = (name: string) => join('data', name)
const named: [string, PublishedSet][] = Object.entries(publishedSets)
const bundled: [string, BundledSet][] = Object.entries(bundledSets)
const sizeOf = ({ unpacked }: PublishedSet) => Object.values(unpacked).reduce((sum, size) => sum + size, 0)

export function listData({ json }: { json?: boolean }): void {
  if (json) {
    const listed = named.map(([name, set]) => {
      const { title, files } = set
      return { name, title, bytes: sizeOf(set), files, dataset: set.dataset(defaultFolder(name)) }
    })
    const there = bundled.map(([name, { title, bytes, dataset }]) => ({ name, title, bytes, files: [], dataset }))
    return printJson([...listed, ...there])
  }
  const rows = named.map(([name, set]) => [
    name,
    set.title,
    bytes(sizeOf(set)),
    set.here ? 'comes with Retort' : set.files[0]!.url!.replace(/\/[^/]*$/, ''),
  ])
  const there = bundled.map(([name, { title, bytes: size }]) => [name, title, bytes(size), 'comes with Retort'])
  printTable(['name', 'what', 'unpacked', 'from'], [...rows, ...there], [2])
  console.log('\n`retort data get NAME` downloads, checks and unpacks one; with --from FOLDER it takes files you have.')
}

export async function getData(name: string, { from, to, json }: { from?: string; to?: string; json?: boolean }) {
  const isThere = bundled.find(([known]) => known === name)
  if (isThere !== undefined) return tellBundled(isThere, from ?? to, json)
  if (!Object.hasOwn(publishedSets, name)) {
    throw new InvalidOptionError('data get', alternatives([...named, ...bundled].map(([known]) => `"${known}"`)), name)
  }
  const set: PublishedSet = publishedSets[name as PublishedName]
  const folder = to ?? defaultFolder(name)
  const tell = json ? () => {} : console.log
  const done = await writingTo('--to', folder, () => getPublished({ set, from, to: folder, tell }))
  const dataset = set.dataset(folder)
  if (json) return printJson({ name, folder, changed: done, dataset })
  console.log(done ? `${name} is in ${folder}.` : `${name} is in ${folder} already.`)
  console.log(`In an experiment, whose paths are relative to its file: "dataset": ${JSON.stringify(dataset)}`)
}

/** @param folder that was asked for, which cannot be */
function tellBundled([name, { package: from, dataset }]: [string, BundledSet], folder?: string, json?: boolean): void {
  if (folder !== undefined)
    throw new InvalidOptionError('data get', `no folder: ${name} is read out of ${from}`, folder)
  if (json) return printJson({ name, folder: null, changed: false, dataset })
  console.log(`${name} comes with Retort, in the package ${from}: there is nothing to get.`)
  console.log(`In an experiment: "dataset": ${JSON.stringify(dataset)}`)
}
