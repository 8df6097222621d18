// Objectives that have weights of their own.
import type { ObjectiveType } from '@retort/schema/definitions/objectives'
import { regressors } from './hints.ts'
import type { OwnWeights } from './objective.ts'

export const ownWeights: { [Type in ObjectiveType]?: OwnWeights<Type> } = { hints: regressors }
