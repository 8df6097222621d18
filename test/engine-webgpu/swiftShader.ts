// Finds SwiftShader, Chromium's Vulkan driver that needs no GPU, on which the WebGPU tests run; or says how to get it.
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const folders = [
  ...(process.env.CHROMIUM ? [dirname(process.env.CHROMIUM)] : []),
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
]

const driver = 'vk_swiftshader_icd.json'

/** What a process must be started with to find it, or null where it is not installed. */
export function findSwiftShader(): Record<string, string> | null {
  const folder = folders.find((each) => existsSync(join(each, driver)))
  if (folder === undefined) return null
  // Vulkan's loader comes with it; on Linux it is found by the path that a process starts with.
  const libraries = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter)
  const icd = join(folder, driver)
  return { LD_LIBRARY_PATH: libraries, VK_DRIVER_FILES: icd, VK_ICD_FILENAMES: icd }
}

export const howToGet = `No SwiftShader was found (${driver} in ${folders.join(', ')}). Debian's chromium has it: apt-get install chromium`
