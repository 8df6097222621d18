// The logits of a model that teaches, over its trials.
import { sql } from 'drizzle-orm'
import { integer, real, sqliteView, text } from 'drizzle-orm/sqlite-core'

export const logitsView = sqliteView('logits_view', {
  sweep: text('sweep').notNull(),
  /** The teacher's or student's id in the experiment. */
  teacher: text('teacher').notNull(),
  role: text('role', { enum: ['teacher', 'student', 'baseline'] }).notNull(),
  /** Whose logits were computed: where `computed` is as many, each was computed once. */
  trials: integer('trials').notNull(),
  /** Of one trial. */
  samples: integer('samples').notNull(),
  classes: integer('classes').notNull(),
  bytes: integer('bytes').notNull(),
  computed: integer('computed').notNull(),
  reads: integer('reads').notNull(),
  /** Seconds of teacher's forward passes that the reads saved. */
  savedSeconds: real('saved_seconds').notNull(),
}).as(sql`
  SELECT
    st.sweep, st.model AS teacher, min(st.role) AS role, count(*) AS trials,
    max(l.train_samples + l.test_samples) AS samples,
    max(l.classes) AS classes,
    coalesce(sum(a.bytes), 0) AS bytes,
    sum(l.computed) AS computed, sum(l.reads) AS reads,
    sum(l.reads * l.seconds) AS saved_seconds
  FROM sweep_trials st
  JOIN logits l ON l.teacher_trial = st.trial
  LEFT JOIN artifacts a ON a.trial = st.trial AND a.kind = 'logits'
  GROUP BY st.sweep, st.model
`)
