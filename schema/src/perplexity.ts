// What a mean cross entropy comes to where the classes are tokens of a text.
import type { ResolvedDataset } from './trial.ts'

/**
 * e to the loss: among how many equally likely tokens the model is as unsure. Null where the classes are none.
 * @param loss mean cross entropy of a token, in nats
 */
export const perplexityOf = ({ type }: Pick<ResolvedDataset, 'type'>, loss: number | null): number | null =>
  (type === 'next-token' || type === 'retokenized') && loss !== null ? Math.exp(loss) : null
