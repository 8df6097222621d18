// The epochs of a trial.
import { sql } from 'drizzle-orm'
import { integer, real, sqliteView, text } from 'drizzle-orm/sqlite-core'

export const epochView = sqliteView('epoch_view', {
  trial: text('trial').notNull(),
  epoch: integer('epoch').notNull(),
  trainLoss: real('train_loss').notNull(),
  hardLoss: real('hard_loss').notNull(),
  softLoss: real('soft_loss'),
  validationLoss: real('validation_loss').notNull(),
  validationAccuracy: real('validation_accuracy').notNull(),
  learningRate: real('learning_rate').notNull(),
  seconds: real('seconds').notNull(),
  imagesPerSecond: real('images_per_second').notNull(),
}).as(sql`
  SELECT
    trial, epoch, train_loss, hard_loss, soft_loss, validation_loss, validation_accuracy, learning_rate, seconds,
    images_per_second
  FROM epochs
`)
