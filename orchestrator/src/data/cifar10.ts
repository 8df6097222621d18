// CIFAR-10, from its authors' binary files.
import { cifarFiles, loadCifar } from './cifar.ts'
import type { Format } from './format.ts'

export const cifar10: Format<'cifar-10'> = { load: loadCifar, files: cifarFiles }
