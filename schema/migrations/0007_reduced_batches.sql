ALTER TABLE `attempts` ADD `batch_size` integer;
--> statement-breakpoint
ALTER TABLE `trials` ADD `reduced_batch_size` integer;
--> statement-breakpoint
-- Views that show them; and losses, figures before biases were corrected, and what a sweep has reused.
DROP VIEW sweep_view;
--> statement-breakpoint
DROP VIEW trial_view;
--> statement-breakpoint
DROP VIEW configuration_view;
--> statement-breakpoint
DROP VIEW attempt_view;
--> statement-breakpoint
CREATE VIEW sweep_view AS
SELECT
  s.id, s.description, s.formula, s.experiment, s.status, s.created_at, s.started_at, s.finished_at,
  count(st.trial) AS trials,
  count(CASE WHEN t.status = 'done' THEN 1 END) AS done,
  count(CASE WHEN t.status = 'running' THEN 1 END) AS running,
  count(CASE WHEN t.status = 'pending' THEN 1 END) AS pending,
  count(CASE WHEN t.status NOT IN ('done', 'running', 'pending') THEN 1 END) AS failed,
  count(CASE WHEN t.status = 'done' AND t.finished_at < s.started_at THEN 1 END) AS reused,
  coalesce(sum(CASE WHEN t.status = 'done' AND t.finished_at < s.started_at THEN t.train_seconds END), 0) AS reused_seconds,
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
CREATE VIEW trial_view AS
SELECT
  st.sweep, st.trial, st.position, st.role, st.model,
  json_extract(t.config, '$.architecture.type') AS architecture,
  st.teacher, st.teacher_trial, st.baseline_trial, st.temperature, st.hard_weight, st.soft_weight, st.seed, st.axes,
  st.configuration, t.config, t.status, t.reason, t.engine, t.device, t.threads, t.versions, t.started_at, t.finished_at,
  (SELECT count(*) FROM attempts a WHERE a.trial = st.trial) AS attempts,
  json_extract(t.config, '$.training.batchSize') AS batch_size, t.reduced_batch_size,
  coalesce((SELECT max(e.epoch) FROM epochs e WHERE e.trial = st.trial), 0) AS epoch,
  json_extract(t.config, '$.training.epochs') AS epochs,
  t.kept_epoch, t.validation_loss, t.validation_accuracy, t.test_loss, t.test_accuracy, t.teacher_agreement,
  t.calibration_error, t.scaled_calibration_error, t.calibration_temperature, t.per_class, t.bias_correction,
  t.test_accuracy / teacher.test_accuracy AS relative_accuracy,
  t.test_accuracy - baseline.test_accuracy AS gain,
  t.validation_accuracy / teacher.validation_accuracy AS relative_validation_accuracy,
  t.validation_accuracy - baseline.validation_accuracy AS validation_gain,
  t.parameters, t.multiply_accumulates, t.onnx_bytes, t.train_seconds,
  (SELECT e.images_per_second FROM epochs e WHERE e.trial = st.trial ORDER BY e.epoch DESC LIMIT 1) AS images_per_second
FROM sweep_trials st
JOIN trials t ON t.id = st.trial
LEFT JOIN trials teacher ON teacher.id = st.teacher_trial
LEFT JOIN trials baseline ON baseline.id = st.baseline_trial;
--> statement-breakpoint
CREATE VIEW configuration_view AS
SELECT
  g.sweep, g.configuration, g.role, g.model, g.teacher, g.temperature, g.hard_weight, g.soft_weight, g.axes,
  g.planned, g.n,
  (SELECT st.trial FROM sweep_trials st JOIN trials t ON t.id = st.trial
    WHERE st.sweep = g.sweep AND st.configuration = g.configuration
    ORDER BY t.validation_accuracy DESC NULLS LAST, st.position LIMIT 1) AS trial,
  g.validation_accuracy, g.test_accuracy, g.validation_loss, g.test_loss,
  g.uncorrected_validation_accuracy, g.uncorrected_test_accuracy, g.relative_accuracy, g.gain, g.teacher_agreement,
  g.calibration_error, g.scaled_calibration_error, g.reduced_batch_size, g.written_batch_size,
  -- Divided by n - 1; below two replicates that is null.
  (SELECT sqrt(sum((t.test_accuracy - g.test_accuracy) * (t.test_accuracy - g.test_accuracy)) / nullif(g.n - 1, 0))
    FROM sweep_trials st JOIN trials t ON t.id = st.trial
    WHERE st.sweep = g.sweep AND st.configuration = g.configuration) AS test_accuracy_deviation,
  g.parameters, g.multiply_accumulates, g.onnx_bytes
FROM (
  -- What is no mean is the same for all replicates.
  SELECT
    st.sweep, st.configuration,
    min(st.role) AS role, min(st.model) AS model, min(st.teacher) AS teacher, min(st.temperature) AS temperature,
    min(st.hard_weight) AS hard_weight, min(st.soft_weight) AS soft_weight, min(st.axes) AS axes,
    count(*) AS planned,
    sum(t.status = 'done') AS n,
    avg(t.validation_accuracy) AS validation_accuracy,
    avg(t.test_accuracy) AS test_accuracy,
    avg(t.validation_loss) AS validation_loss,
    avg(t.test_loss) AS test_loss,
    avg(json_extract(t.bias_correction, '$.before.validationAccuracy')) AS uncorrected_validation_accuracy,
    avg(json_extract(t.bias_correction, '$.before.testAccuracy')) AS uncorrected_test_accuracy,
    avg(t.test_accuracy / teacher.test_accuracy) AS relative_accuracy,
    avg(t.test_accuracy - baseline.test_accuracy) AS gain,
    avg(t.teacher_agreement) AS teacher_agreement,
    avg(t.calibration_error) AS calibration_error,
    avg(t.scaled_calibration_error) AS scaled_calibration_error,
    min(CASE WHEN t.status = 'done' THEN t.reduced_batch_size END) AS reduced_batch_size,
    -- A configuration is long; it is read where it says something.
    min(CASE WHEN t.status = 'done' AND t.reduced_batch_size IS NOT NULL
      THEN json_extract(t.config, '$.training.batchSize') END) AS written_batch_size,
    min(t.parameters) AS parameters,
    min(t.multiply_accumulates) AS multiply_accumulates,
    min(t.onnx_bytes) AS onnx_bytes
  FROM sweep_trials st
  JOIN trials t ON t.id = st.trial
  LEFT JOIN trials teacher ON teacher.id = st.teacher_trial
  LEFT JOIN trials baseline ON baseline.id = st.baseline_trial
  GROUP BY st.sweep, st.configuration
) g;
--> statement-breakpoint
CREATE VIEW attempt_view AS
SELECT trial, number, outcome, reason, pid, engine, device, batch_size, resumed_epoch, started_at, finished_at
FROM attempts;
--> statement-breakpoint
PRAGMA user_version = 8;
