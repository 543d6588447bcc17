"""What every table needs before it exists: extensions, the tenant's functions, grants by default, text search, the cache."""

from django.db import migrations

from core.rls import DROP_FUNCTIONS, FUNCTIONS

# Whatever wf_owner makes from now on may be used by the working roles; nobody but the owner may TRUNCATE.
GRANTS = """
GRANT USAGE ON SCHEMA public TO wf_web, wf_engine, wf_audit, wf_report;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO wf_web, wf_engine;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO wf_web, wf_engine;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO wf_audit, wf_report;
GRANT SELECT ON django_migrations TO wf_web, wf_engine, wf_audit, wf_report;
"""
EXTENSIONS = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;
"""
# No stemming: cases come in dozens of languages, and names, handles and codes must match as written, without accents.
TEXT_SEARCH = """
CREATE TEXT SEARCH CONFIGURATION watchfloor (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION watchfloor
  ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word WITH unaccent, simple;
"""
# The writing transaction's id, for feeds that read behind the horizon (`pg_snapshot_xmin`).
TRANSACTION = """
CREATE FUNCTION app_transaction() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT pg_current_xact_id()::text::bigint $$;
"""
CACHE = """
CREATE TABLE cache_entry (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX cache_entry_expires ON cache_entry (expires);
"""


class Migration(migrations.Migration):
    initial = True
    run_before = [("contenttypes", "0001_initial")]
    dependencies = []
    operations = [
        migrations.RunSQL(EXTENSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(TRANSACTION, "DROP FUNCTION app_transaction()"),
        migrations.RunSQL(TEXT_SEARCH, "DROP TEXT SEARCH CONFIGURATION watchfloor"),
        migrations.RunSQL(CACHE, "DROP TABLE cache_entry"),
    ]
