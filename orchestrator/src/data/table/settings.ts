// What an experiment says of a table.
import type { ResolvedDataset } from '@retort/schema/trial'

export type Csv = Extract<ResolvedDataset, { type: 'csv' }>

type Said =
  | 'test'
  | 'label'
  | 'ignore'
  | 'oneHot'
  | 'delimiter'
  | 'header'
  | 'comment'
  | 'decimal'
  | 'missing'
  | 'missingValues'
  | 'unseen'

export interface TableSettings extends Pick<Csv, Said> {
  /** Whether numbers must be whole and from 0 to 255. */
  bytes: boolean
}
