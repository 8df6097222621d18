ALTER TABLE `logits` ADD `aligned` integer;
--> statement-breakpoint
PRAGMA user_version = 9;
