// What an experiment's file may say, as TypeScript types of the definitions' schemas.
import type { activation } from './definitions/architectureSettings.ts'
import type { architectureSchema } from './definitions/architectures.ts'
import type { augmentationSchema } from './definitions/augmentations.ts'
import type { conventionSchema } from './definitions/conventions.ts'
import type { weightCourse } from './definitions/courses.ts'
import type { augmentation } from './definitions/dataAugmentation.ts'
import type { datasetSchema } from './definitions/datasets.ts'
import type { experiment } from './definitions/experiment.ts'
import type { labelLossSchema } from './definitions/labelLosses.ts'
import type { lossWeights } from './definitions/lossWeights.ts'
import type { objectiveSchema } from './definitions/objectives.ts'
import type { optimizerSchema } from './definitions/optimizers.ts'
import type { published } from './definitions/publishedFigures.ts'
import type { scheduleSchema } from './definitions/schedules.ts'
import type { ValueOf } from './definitions/schema.ts'
import type { student } from './definitions/students.ts'
import type { affineNormalisation, normalisation, teacher } from './definitions/teachers.ts'
import type { fileTokenizer } from './definitions/tokenizers.ts'
import type { training, trainingOverride } from './definitions/training.ts'

export type Experiment = ValueOf<typeof experiment>

export type Dataset = ValueOf<typeof datasetSchema>
export type FileTokenizer = ValueOf<typeof fileTokenizer>
export type Augmentation = ValueOf<typeof augmentation>
export type AugmentationStep = ValueOf<typeof augmentationSchema>
export type MixupStep = Extract<AugmentationStep, { type: 'mixup' }>

export type Teacher = ValueOf<typeof teacher>
export type Normalisation = ValueOf<typeof normalisation>
export type AffineNormalisation = ValueOf<typeof affineNormalisation>
export type Student = ValueOf<typeof student>

export type Architecture = ValueOf<typeof architectureSchema>
export type KerasArchitecture = Extract<Architecture, { type: 'keras' }>
export type Activation = ValueOf<typeof activation>

export type Training = ValueOf<typeof training>
export type TrainingOverride = ValueOf<typeof trainingOverride>
export type LabelLoss = ValueOf<typeof labelLossSchema>
export type Optimizer = ValueOf<typeof optimizerSchema>
export type Schedule = ValueOf<typeof scheduleSchema>

export type Objective = ValueOf<typeof objectiveSchema>
export type LossWeights = ValueOf<typeof lossWeights>
export type WeightCourse = ValueOf<typeof weightCourse>
export type Convention = ValueOf<typeof conventionSchema>
export type Published = ValueOf<typeof published>
