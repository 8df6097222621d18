CREATE TABLE `step_times` (
	`key` text NOT NULL,
	`engine` text NOT NULL,
	`device` text NOT NULL,
	`model` text NOT NULL,
	`batch_size` integer NOT NULL,
	`at_once` integer NOT NULL,
	`threads` integer NOT NULL,
	`versions` text NOT NULL,
	`machine` text NOT NULL,
	`milliseconds` real NOT NULL,
	`timed_at` integer NOT NULL,
	PRIMARY KEY(`key`, `engine`, `device`)
);
--> statement-breakpoint
PRAGMA user_version = 11;
