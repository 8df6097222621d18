CREATE TABLE `artifacts` (
	`trial` text NOT NULL,
	`kind` text NOT NULL,
	`hash` text NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`trial`, `kind`),
	FOREIGN KEY (`trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `attempts` (
	`trial` text NOT NULL,
	`number` integer NOT NULL,
	`outcome` text NOT NULL,
	`reason` text,
	`pid` integer,
	`engine` text,
	`device` text,
	`resumed_epoch` integer DEFAULT 0 NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	PRIMARY KEY(`trial`, `number`),
	FOREIGN KEY (`trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `epochs` (
	`trial` text NOT NULL,
	`epoch` integer NOT NULL,
	`train_loss` real NOT NULL,
	`hard_loss` real NOT NULL,
	`soft_loss` real,
	`validation_loss` real NOT NULL,
	`validation_accuracy` real NOT NULL,
	`learning_rate` real NOT NULL,
	`seconds` real NOT NULL,
	`images_per_second` real NOT NULL,
	PRIMARY KEY(`trial`, `epoch`),
	FOREIGN KEY (`trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `logits` (
	`key` text PRIMARY KEY NOT NULL,
	`teacher_trial` text NOT NULL,
	`artifact` text NOT NULL,
	`train_samples` integer NOT NULL,
	`test_samples` integer NOT NULL,
	`classes` integer NOT NULL,
	`seconds` real NOT NULL,
	`computed` integer NOT NULL,
	`reads` integer NOT NULL,
	FOREIGN KEY (`teacher_trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `logits_teacher_trial` ON `logits` (`teacher_trial`);--> statement-breakpoint
CREATE TABLE `sweep_trials` (
	`sweep` text NOT NULL,
	`trial` text NOT NULL,
	`position` integer NOT NULL,
	`role` text NOT NULL,
	`model` text NOT NULL,
	`teacher` text,
	`teacher_trial` text,
	`baseline_trial` text,
	`temperature` real,
	`hard_weight` real,
	`soft_weight` real,
	`seed` integer NOT NULL,
	`axes` text NOT NULL,
	`configuration` text NOT NULL,
	PRIMARY KEY(`sweep`, `trial`),
	FOREIGN KEY (`sweep`) REFERENCES `sweeps`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`teacher_trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`baseline_trial`) REFERENCES `trials`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `sweep_trials_position` ON `sweep_trials` (`sweep`,`position`);--> statement-breakpoint
CREATE INDEX `sweep_trials_configuration` ON `sweep_trials` (`sweep`,`configuration`);--> statement-breakpoint
CREATE INDEX `sweep_trials_trial` ON `sweep_trials` (`trial`);--> statement-breakpoint
CREATE TABLE `sweeps` (
	`id` text PRIMARY KEY NOT NULL,
	`description` text NOT NULL,
	`experiment` text NOT NULL,
	`formula` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE TABLE `trials` (
	`id` text PRIMARY KEY NOT NULL,
	`config` text NOT NULL,
	`status` text NOT NULL,
	`reason` text,
	`engine` text,
	`device` text,
	`threads` integer,
	`versions` text,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`validation_loss` real,
	`validation_accuracy` real,
	`test_loss` real,
	`test_accuracy` real,
	`teacher_agreement` real,
	`parameters` integer,
	`multiply_accumulates` integer,
	`onnx_bytes` integer,
	`train_seconds` real
);
--> statement-breakpoint
CREATE INDEX `trials_status` ON `trials` (`status`);