-- Students teach, too, and each of a student's trials has logits of its own: they are told of by model.
DROP VIEW sweep_view;
--> statement-breakpoint
CREATE VIEW sweep_view AS
SELECT
  s.id, s.description, s.formula, s.experiment, s.status, s.created_at, s.started_at, s.finished_at,
  count(st.trial) AS trials,
  count(CASE WHEN t.status = 'done' THEN 1 END) AS done,
  count(CASE WHEN t.status = 'running' THEN 1 END) AS running,
  count(CASE WHEN t.status = 'pending' THEN 1 END) AS pending,
  count(CASE WHEN t.status NOT IN ('done', 'running', 'pending') THEN 1 END) AS failed,
  -- What may be shipped: a teacher is not in the race. A mean, since the luckiest seed says little.
  (SELECT max(c.mean) FROM (
    SELECT avg(d.validation_accuracy) AS mean FROM sweep_trials u JOIN trials d ON d.id = u.trial
    WHERE u.sweep = s.id AND u.role <> 'teacher' GROUP BY u.configuration) c) AS best_validation_accuracy,
  (SELECT coalesce(sum(l.computed), 0) FROM sweep_trials u JOIN logits l ON l.teacher_trial = u.trial
    WHERE u.sweep = s.id) AS logits_computed,
  (SELECT coalesce(sum(l.reads), 0) FROM sweep_trials u JOIN logits l ON l.teacher_trial = u.trial
    WHERE u.sweep = s.id) AS logits_reads
FROM sweeps s
LEFT JOIN sweep_trials st ON st.sweep = s.id
LEFT JOIN trials t ON t.id = st.trial
GROUP BY s.id;
--> statement-breakpoint
DROP VIEW logits_view;
--> statement-breakpoint
CREATE VIEW logits_view AS
SELECT
  st.sweep, st.model AS teacher, min(st.role) AS role, count(*) AS trials,
  max(l.train_samples + l.test_samples) AS samples,
  max(l.classes) AS classes,
  sum((l.train_samples + l.test_samples) * l.classes * 4) AS bytes,
  sum(l.computed) AS computed, sum(l.reads) AS reads,
  sum(l.reads * l.seconds) AS saved_seconds
FROM sweep_trials st
JOIN logits l ON l.teacher_trial = st.trial
GROUP BY st.sweep, st.model;
--> statement-breakpoint
PRAGMA user_version = 5;
