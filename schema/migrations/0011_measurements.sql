-- The last time that a migration drops views; src/makeViews.ts makes those that there are.
DROP VIEW IF EXISTS sweep_view;
--> statement-breakpoint
DROP VIEW IF EXISTS trial_view;
--> statement-breakpoint
DROP VIEW IF EXISTS configuration_view;
--> statement-breakpoint
DROP VIEW IF EXISTS epoch_view;
--> statement-breakpoint
DROP VIEW IF EXISTS attempt_view;
--> statement-breakpoint
DROP VIEW IF EXISTS artifact_view;
--> statement-breakpoint
DROP VIEW IF EXISTS logits_view;
--> statement-breakpoint
CREATE TABLE `measurements` (
	`trial` text NOT NULL,
	`variant` text NOT NULL,
	`condition` text NOT NULL,
	`metric` text NOT NULL,
	`value` real NOT NULL,
	PRIMARY KEY(`trial`, `variant`, `condition`, `metric`),
	FOREIGN KEY (`trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO measurements
SELECT id, 'float32', '', 'calibrationError', calibration_error FROM trials WHERE calibration_error IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'calibrationTemperature', calibration_temperature FROM trials WHERE calibration_temperature IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'keptEpoch', kept_epoch FROM trials WHERE kept_epoch IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'multiplyAccumulates', multiply_accumulates FROM trials WHERE multiply_accumulates IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'onnxBytes', onnx_bytes FROM trials WHERE onnx_bytes IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'parameters', parameters FROM trials WHERE parameters IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'scaledCalibrationError', scaled_calibration_error FROM trials WHERE scaled_calibration_error IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'teacherAgreement', teacher_agreement FROM trials WHERE teacher_agreement IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'testAccuracy', test_accuracy FROM trials WHERE test_accuracy IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'testLoss', test_loss FROM trials WHERE test_loss IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'trainSeconds', train_seconds FROM trials WHERE train_seconds IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'validationAccuracy', validation_accuracy FROM trials WHERE validation_accuracy IS NOT NULL
UNION ALL SELECT id, 'float32', '', 'validationLoss', validation_loss FROM trials WHERE validation_loss IS NOT NULL;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `kept_epoch`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `validation_accuracy`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `test_accuracy`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `validation_loss`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `test_loss`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `teacher_agreement`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `calibration_error`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `scaled_calibration_error`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `calibration_temperature`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `parameters`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `onnx_bytes`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `multiply_accumulates`;
--> statement-breakpoint
ALTER TABLE `trials` DROP COLUMN `train_seconds`;
--> statement-breakpoint
DROP INDEX `sweep_trials_configuration`;
--> statement-breakpoint
CREATE INDEX `sweep_trials_configuration` ON `sweep_trials` (`sweep`,`configuration`,`trial`);
--> statement-breakpoint
PRAGMA user_version = 12;
