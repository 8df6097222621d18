// CIFAR-100, from its authors' binary files.
import { cifarFiles, loadCifar } from './cifar.ts'
import type { Format } from './format.ts'

export const cifar100: Format<'cifar-100'> = { load: loadCifar, files: cifarFiles }
