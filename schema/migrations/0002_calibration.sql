ALTER TABLE `trials` ADD `kept_epoch` integer;--> statement-breakpoint
ALTER TABLE `trials` ADD `calibration_error` real;--> statement-breakpoint
ALTER TABLE `trials` ADD `scaled_calibration_error` real;--> statement-breakpoint
ALTER TABLE `trials` ADD `calibration_temperature` real;--> statement-breakpoint
ALTER TABLE `trials` ADD `per_class` text;