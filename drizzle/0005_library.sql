CREATE TYPE "public"."history_verb" AS ENUM('added', 'removed', 'moved', 'renamed', 'restored');--> statement-breakpoint
CREATE TYPE "public"."condition" AS ENUM('new', 'mint', 'good', 'used', 'worn', 'defective');--> statement-breakpoint
CREATE TYPE "public"."product_kind" AS ENUM('hardware', 'module', 'plug-in', 'preset-pack', 'sample-pack', 'instrument', 'document', 'other');--> statement-breakpoint
CREATE TYPE "public"."visibility" AS ENUM('private', 'shared', 'public');--> statement-breakpoint
CREATE TABLE "conflicts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"record_id" uuid NOT NULL,
	"field" text NOT NULL,
	"said" jsonb NOT NULL,
	"whose" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bookmarks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"thing" text NOT NULL,
	"place" jsonb NOT NULL,
	"note" text NOT NULL,
	"touched" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "collection_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"collection_id" uuid NOT NULL,
	"thing" text NOT NULL,
	"position" text NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "collections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"parent_id" uuid,
	"position" text NOT NULL,
	"touched" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"trashed_at" timestamp (3) with time zone,
	"trashed_with" uuid,
	"purge_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "favourites" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"thing" text NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "taggings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"thing" text NOT NULL,
	"tag" text NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"n" bigint GENERATED ALWAYS AS IDENTITY (sequence name "versions_n_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"collection_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"what" "history_verb" NOT NULL,
	"changes" jsonb NOT NULL,
	"name_before" text NOT NULL,
	"name_after" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "product_tags" (
	"product_id" uuid NOT NULL,
	"tag" text NOT NULL,
	CONSTRAINT "product_tags_product_id_tag_pk" PRIMARY KEY("product_id","tag")
);
--> statement-breakpoint
CREATE TABLE "products" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"kind" "product_kind" NOT NULL,
	"maker" text NOT NULL,
	"model" text NOT NULL,
	"version" text NOT NULL,
	"year" integer,
	"condition" "condition",
	"description" text NOT NULL,
	"links" jsonb NOT NULL,
	"licence" jsonb,
	"visibility" "visibility" NOT NULL,
	"compatibility" jsonb NOT NULL,
	"details" jsonb NOT NULL,
	"touched" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"trashed_at" timestamp (3) with time zone,
	"purge_at" timestamp (3) with time zone,
	"stale_card" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "releases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"product_id" uuid NOT NULL,
	"version" text NOT NULL,
	"date" date NOT NULL,
	"text" text NOT NULL,
	"touched" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "conflicts" ADD CONSTRAINT "conflicts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bookmarks" ADD CONSTRAINT "bookmarks_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection_items" ADD CONSTRAINT "collection_items_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collection_items" ADD CONSTRAINT "collection_items_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_parent_id_collections_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."collections"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "favourites" ADD CONSTRAINT "favourites_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "taggings" ADD CONSTRAINT "taggings_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "versions" ADD CONSTRAINT "versions_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_tags" ADD CONSTRAINT "product_tags_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_owner_id_accounts_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "releases" ADD CONSTRAINT "releases_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "conflicts_by_account" ON "conflicts" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "conflicts_by_record" ON "conflicts" USING btree ("kind","record_id");--> statement-breakpoint
CREATE INDEX "bookmarks_by_account" ON "bookmarks" USING btree ("account_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "items_by_collection" ON "collection_items" USING btree ("collection_id","thing");--> statement-breakpoint
CREATE INDEX "items_by_account" ON "collection_items" USING btree ("account_id","thing");--> statement-breakpoint
CREATE INDEX "items_by_thing" ON "collection_items" USING btree ("thing");--> statement-breakpoint
CREATE INDEX "collections_by_account" ON "collections" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "collections_by_parent" ON "collections" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "collections_to_purge" ON "collections" USING btree ("purge_at") WHERE "collections"."purge_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "favourites_by_account" ON "favourites" USING btree ("account_id","thing");--> statement-breakpoint
CREATE INDEX "favourites_by_thing" ON "favourites" USING btree ("thing");--> statement-breakpoint
CREATE UNIQUE INDEX "taggings_by_account" ON "taggings" USING btree ("account_id","thing","tag");--> statement-breakpoint
CREATE INDEX "versions_by_collection" ON "versions" USING btree ("collection_id","n");--> statement-breakpoint
CREATE INDEX "products_by_tag" ON "product_tags" USING btree ("tag","product_id");--> statement-breakpoint
CREATE INDEX "products_by_owner" ON "products" USING btree ("owner_id","id");--> statement-breakpoint
CREATE INDEX "public_products" ON "products" USING btree ("id") WHERE "products"."visibility" = 'public' and "products"."trashed_at" is null;--> statement-breakpoint
CREATE INDEX "public_products_by_kind" ON "products" USING btree ("kind","id") WHERE "products"."visibility" = 'public' and "products"."trashed_at" is null;--> statement-breakpoint
CREATE INDEX "products_to_purge" ON "products" USING btree ("purge_at") WHERE "products"."purge_at" is not null;--> statement-breakpoint
CREATE INDEX "products_with_stale_card" ON "products" USING btree ("id") WHERE "products"."stale_card";--> statement-breakpoint
CREATE INDEX "releases_by_product" ON "releases" USING btree ("product_id","id");