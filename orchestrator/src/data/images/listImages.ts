// Which files of a folder of images are images, of which class and split, and what else lies among them.
import { closeSync, type Dirent, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, extname, join, relative, sep } from 'node:path'
import { DatasetProblem } from '../data.ts'

export interface ImageFile {
  path: string
  /** The place of its class among the names. */
  label: number
}

export interface ListedImages {
  classNames: string[]
  train: ImageFile[]
  /** Null where there is no such folder. */
  validation: ImageFile[] | null
  test: ImageFile[] | null
  /** The folders, for messages. */
  folders: { train: string; validation?: string; test?: string }
  /** Files and folders that are none of the data, relative to the folder. */
  skipped: string[]
  /** Classes that a folder lacks. */
  lacking: { folder: string; classes: string[] }[]
}

const roles = {
  train: ['train', 'training'],
  validation: ['val', 'valid', 'validation'],
  test: ['test', 'testing'],
}
type Role = keyof typeof roles

/** Folders that programs leave behind; those whose names begin with a dot are others. */
const leftBehind = ['__MACOSX', '@eaDir']

const extensions = /^\.(jpe?g|jpe|jfif|png|gif|webp|avif|tiff?|bmp|dib|svgz?)$/i
/** Images that cannot be read, which is told rather than that they are left out. */
const otherImages = /^\.(hei[cf]|jp2|j2k|jpx|jxl|tga|p[bgnp]m|psd|exr|hdr|ico|dng|cr2|nef|arw|dcm|raw)$/i

export const problem = (text: string) => new DatasetProblem(text, ['folder'])

/**
 * Images stand in folders of their classes, and these in folders of the splits or side by side. Links are followed.
 * @throws DatasetProblem where a folder is not as expected, with its path
 */
export function listImages(folder: string): ListedImages {
  const found = new Set<string>()
  const skip = (path: string) => void found.add(relative(folder, path).split(sep).join('/'))
  const listed = listedIn(folder, skip)
  return { ...listed, skipped: [...found].sort() }
}

type Skip = (path: string) => void

function listedIn(folder: string, skip: Skip): Omit<ListedImages, 'skipped'> {
  const parts = partsOf(folder, skip)
  if (parts === null) {
    const classNames = classesIn(folder, skip)
    const train = imagesIn(folder, classNames, classNames, skip)
    return { classNames, train, validation: null, test: null, folders: { train: folder }, lacking: [] }
  }
  const { train } = parts
  const classNames = classesIn(train, skip)
  const files = imagesIn(train, classNames, classNames, skip)
  const lacking: ListedImages['lacking'] = []
  const beside = (part: string | undefined): ImageFile[] | null => {
    if (part === undefined) return null
    const present = classFolders(part, skip)
    const unknown = present.find((name) => !classNames.includes(name))
    if (unknown !== undefined) {
      const classes = classNames.map((name) => JSON.stringify(name)).join(', ')
      throw problem(`${join(part, unknown)}: expected a class of the training images: ${classes}`)
    }
    const found = imagesIn(part, present, classNames, skip)
    if (found.length === 0) throw problem(`${part}: expected images, got none`)
    const classes = classNames.filter((name) => !present.includes(name))
    if (classes.length > 0) lacking.push({ folder: part, classes })
    return found
  }
  const [validation, test] = [beside(parts.validation), beside(parts.test)]
  return { classNames, train: files, validation, test, folders: parts, lacking }
}

/** The folders of the splits; null where the folder holds those of the classes. */
function partsOf(folder: string, skip: Skip): ListedImages['folders'] | null {
  const entries = entriesOf(folder, skip)
  const folders = entries.filter(({ isFolder }) => isFolder).map(({ path }) => path)
  const roleOf = (path: string) => {
    const name = basename(path).toLowerCase()
    return (Object.keys(roles) as Role[]).find((role) => roles[role].includes(name))
  }
  const named = folders.filter((path) => roleOf(path) !== undefined)
  // A class, too, may be called "test": then it holds images, and stands beside others.
  const areSplits =
    named.some((path) => entriesOf(path, () => {}).some(({ isFolder }) => isFolder)) ||
    (named.length > 0 && named.length === folders.length)
  if (!areSplits) return null
  const found: Partial<Record<Role, string>> = {}
  for (const { path, isFolder } of entries) {
    const role = isFolder ? roleOf(path) : undefined
    if (role === undefined) {
      skip(path)
    } else if (found[role] !== undefined) {
      throw problem(`${path}: expected one folder for ${role}, got ${basename(found[role])}, too`)
    } else found[role] = path
  }
  const { train } = found
  if (train === undefined) throw problem(`${join(folder, 'train')}: no such folder`)
  return { ...found, train }
}

function classesIn(folder: string, skip: Skip): string[] {
  const names = classFolders(folder, skip)
  if (names.length > 1) return names
  const found = names.length === 0 ? 'none' : `only ${JSON.stringify(names[0])}`
  throw problem(`${folder}: expected a folder for each of at least 2 classes, got ${found}`)
}

function classFolders(folder: string, skip: Skip): string[] {
  return entriesOf(folder, skip).flatMap(({ path, isFolder }) => {
    if (isFolder) return [basename(path)]
    if (isImage(path)) throw problem(`${path}: expected a folder of a class, got an image`)
    skip(path)
    return []
  })
}

/** By class, then by name. */
function imagesIn(folder: string, present: string[], classNames: string[], skip: Skip): ImageFile[] {
  return present.flatMap((name) => {
    const label = classNames.indexOf(name)
    const files = entriesOf(join(folder, name), skip).flatMap(({ path, isFolder }) => {
      if (isFolder) throw problem(`${path}: expected an image, got a folder`)
      if (isImage(path)) return [{ path, label }]
      skip(path)
      return []
    })
    if (files.length === 0) throw problem(`${join(folder, name)}: expected images of the class, got none`)
    return files
  })
}

interface Entry {
  path: string
  isFolder: boolean
}

/** In the order of their names, without what is hidden, left behind or leads back to where it stands. */
function entriesOf(folder: string, skip: Skip): Entry[] {
  const entries = listed(folder).sort((one, other) => (one.name < other.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || leftBehind.includes(entry.name)) {
      skip(path)
      return []
    }
    const found = entry.isSymbolicLink() ? behind(path) : entry
    const isFolder = found.isDirectory()
    if ((!isFolder && !found.isFile()) || (isFolder && entry.isSymbolicLink() && leadsBack(path, folder))) {
      skip(path)
      return []
    }
    return [{ path, isFolder }]
  })
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw problem(`${folder}: ${missing ? 'no such folder' : (error as Error).message}`)
  }
}

/** What a link leads to. */
function behind(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw problem(`${path}: ${missing ? 'a link to nothing' : (error as Error).message}`)
  }
}

function leadsBack(link: string, folder: string): boolean {
  return `${realpathSync(folder)}${sep}`.startsWith(`${realpathSync(link)}${sep}`)
}

/** By its extension, else by what it begins with. */
function isImage(path: string): boolean {
  const extension = extname(path)
  if (extensions.test(extension) || otherImages.test(extension)) return true
  return signatures.test(beginningOf(path))
}

const signatures = /^(\xff\xd8\xff|\x89PNG\r\n|GIF8|RIFF....WEBP|II\*\0|MM\0\*|II\+\0|MM\0\+|....ftypavi[fs]|<svg)/s

function beginningOf(path: string): string {
  const bytes = Buffer.alloc(16)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    return bytes.toString('latin1', 0, readSync(file, bytes))
  } catch (error) {
    throw problem(`${path}: ${(error as Error).message}`)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
