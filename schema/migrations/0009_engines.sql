ALTER TABLE `attempts` ADD `engines` text;
--> statement-breakpoint
ALTER TABLE `logits` ADD `engine` text;
--> statement-breakpoint
ALTER TABLE `logits` ADD `device` text;
--> statement-breakpoint
-- An engine was known once the model was compiled.
UPDATE attempts SET engines = json_array(json_object('engine', engine, 'device', device)) WHERE engine IS NOT NULL;
--> statement-breakpoint
-- As good as always those that the teacher was trained on.
UPDATE logits SET
  engine = (SELECT t.engine FROM trials t WHERE t.id = logits.teacher_trial),
  device = (SELECT t.device FROM trials t WHERE t.id = logits.teacher_trial);
--> statement-breakpoint
-- Views that show them.
DROP VIEW trial_view;
--> statement-breakpoint
DROP VIEW attempt_view;
--> statement-breakpoint
CREATE VIEW trial_view AS
SELECT
  st.sweep, st.trial, st.position, st.role, st.model,
  json_extract(t.config, '$.architecture.type') AS architecture,
  st.teacher, st.teacher_trial, st.baseline_trial, st.temperature, st.hard_weight, st.soft_weight, st.seed, st.axes,
  st.configuration, t.config, t.status, t.reason, t.engine, t.device, t.threads, t.versions,
  CASE WHEN t.engine IS NOT NULL THEN coalesce(
    (SELECT a.engines FROM attempts a WHERE a.trial = st.trial AND a.engines IS NOT NULL ORDER BY a.number DESC LIMIT 1),
    json_array(json_object('engine', t.engine, 'device', t.device))) END AS engines,
  t.started_at, t.finished_at,
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
CREATE VIEW attempt_view AS
SELECT trial, number, outcome, reason, pid, engine, device, engines, batch_size, resumed_epoch, started_at, finished_at
FROM attempts;
--> statement-breakpoint
PRAGMA user_version = 10;
