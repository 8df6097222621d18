-- The bytes of logits are those of their files, while these are kept: not every number takes four, and a sample may
-- have many rows.
DROP VIEW logits_view;
--> statement-breakpoint
CREATE VIEW logits_view AS
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
GROUP BY st.sweep, st.model;
--> statement-breakpoint
PRAGMA user_version = 6;
