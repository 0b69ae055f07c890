CREATE TABLE "answers" (
	"client_id" uuid NOT NULL,
	"n" integer NOT NULL,
	"mutation_id" uuid NOT NULL,
	"result" jsonb NOT NULL,
	CONSTRAINT "answers_client_id_n_pk" PRIMARY KEY("client_id","n")
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"last_mutation" integer DEFAULT 0 NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feed" (
	"scope" text NOT NULL,
	"kind" text NOT NULL,
	"id" uuid NOT NULL,
	"revision" bigint NOT NULL,
	"v" integer NOT NULL,
	"data" jsonb,
	CONSTRAINT "feed_scope_kind_id_pk" PRIMARY KEY("scope","kind","id")
);
--> statement-breakpoint
CREATE TABLE "history" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	CONSTRAINT "one_history" CHECK ("history"."only")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"scope" text NOT NULL,
	"reasons" text[] NOT NULL,
	CONSTRAINT "a_reason" CHECK (cardinality("memberships"."reasons") > 0)
);
--> statement-breakpoint
CREATE TABLE "records" (
	"kind" text NOT NULL,
	"id" uuid NOT NULL,
	"scope" text NOT NULL,
	"v" integer NOT NULL,
	CONSTRAINT "records_kind_id_pk" PRIMARY KEY("kind","id")
);
--> statement-breakpoint
CREATE TABLE "scopes" (
	"scope" text PRIMARY KEY NOT NULL,
	"revision" bigint DEFAULT 0 NOT NULL,
	"floor" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "answers" ADD CONSTRAINT "answers_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "clients_by_account" ON "clients" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "clients_by_last_seen" ON "clients" USING btree ("last_seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "feed_by_revision" ON "feed" USING btree ("scope","revision");--> statement-breakpoint
CREATE UNIQUE INDEX "memberships_by_account" ON "memberships" USING btree ("account_id","scope");--> statement-breakpoint
CREATE INDEX "memberships_by_scope" ON "memberships" USING btree ("scope");