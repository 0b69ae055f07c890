CREATE TYPE "public"."file_failure" AS ENUM('damaged', 'lost');--> statement-breakpoint
CREATE TYPE "public"."file_state" AS ENUM('waiting', 'uploading', 'processing', 'ready', 'failed');--> statement-breakpoint
CREATE TABLE "blobs" (
	"sha256" text PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"references" integer NOT NULL,
	"unused_since" timestamp (3) with time zone,
	CONSTRAINT "references_count" CHECK ("blobs"."references" >= 0)
);
--> statement-breakpoint
CREATE TABLE "file_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"file_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"size" bigint NOT NULL,
	"declared_type" text NOT NULL,
	"type" text,
	"sha256" text,
	"state" "file_state" DEFAULT 'waiting' NOT NULL,
	"failure" "file_failure",
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ready_has_bytes" CHECK ("file_versions"."state" <> 'ready' or "file_versions"."sha256" is not null)
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"current" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"trashed_at" timestamp (3) with time zone,
	"purge_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "storage_uses" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"used" bigint DEFAULT 0 NOT NULL,
	"quota" bigint,
	CONSTRAINT "used_counts" CHECK ("storage_uses"."used" >= 0)
);
--> statement-breakpoint
ALTER TABLE "file_versions" ADD CONSTRAINT "file_versions_file_id_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "file_versions" ADD CONSTRAINT "file_versions_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_owner_id_accounts_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "storage_uses" ADD CONSTRAINT "storage_uses_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "unused_blobs" ON "blobs" USING btree ("unused_since") WHERE "blobs"."references" = 0;--> statement-breakpoint
CREATE UNIQUE INDEX "file_versions_by_number" ON "file_versions" USING btree ("file_id","number");--> statement-breakpoint
CREATE INDEX "file_versions_by_sha256" ON "file_versions" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "file_versions_on_their_way" ON "file_versions" USING btree ("id") WHERE "file_versions"."state" in ('uploading', 'processing');--> statement-breakpoint
CREATE INDEX "files_by_owner" ON "files" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "files_to_purge" ON "files" USING btree ("purge_at") WHERE "files"."purge_at" is not null;