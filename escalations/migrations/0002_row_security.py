"""Tenants, composite foreign keys, append-only truth, and what the tables' load asks of Postgres."""

from django.db import migrations

from core.rls import AppendOnly, TenantForeignKey, TenantTable

PARTS = (
    "escalations_casetag",
    "escalations_watch",
    "escalations_link",
    "escalations_clustermove",
    "escalations_caseentity",
    "escalations_evidence",
    "escalations_comment",
    "escalations_mention",
    "escalations_draft",
)

# Entities belong to nobody and tell which cases share them: vendors never read the table. Intake by a vendor's key names them
# through this function, which answers ids and nothing else.
ENTITIES = """
ALTER TABLE escalations_entity ENABLE ROW LEVEL SECURITY;
ALTER TABLE escalations_entity FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON escalations_entity TO wf_owner USING (true) WITH CHECK (true);
CREATE POLICY engine_all ON escalations_entity TO wf_engine USING (true) WITH CHECK (true);
CREATE POLICY readers_all ON escalations_entity FOR SELECT TO wf_audit, wf_report USING (true);
CREATE POLICY internal_only ON escalations_entity TO wf_web
  USING ((SELECT app_kind()) = 'internal') WITH CHECK ((SELECT app_kind()) = 'internal');
CREATE FUNCTION app_entity_ids(platforms text[], kinds text[], keys text[], urls text[], labels text[], seen timestamptz)
RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found bigint[];
BEGIN
  INSERT INTO escalations_entity (platform, kind, key, url, label, facts, first_seen_at)
  SELECT DISTINCT ON (p, k, x) p, k, x, u, l, '{}'::jsonb, seen
  FROM unnest(platforms, kinds, keys, urls, labels) AS t(p, k, x, u, l) ORDER BY p, k, x
  ON CONFLICT (platform, kind, key) DO NOTHING;
  SELECT array_agg(e.id ORDER BY t.n) INTO found
  FROM unnest(platforms, kinds, keys) WITH ORDINALITY AS t(p, k, x, n)
  JOIN escalations_entity e ON e.platform = t.p AND e.kind = t.k AND e.key = t.x;
  RETURN found;
END $$;
REVOKE ALL ON FUNCTION app_entity_ids(text[], text[], text[], text[], text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_entity_ids(text[], text[], text[], text[], text[], timestamptz) TO wf_web, wf_engine;
"""

# Hot rows are updated in place where the page has room, and dead rows are swept early.
STORAGE = """
ALTER TABLE escalations_case SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE escalations_slaclock SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE escalations_slatimer SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE audit_outboxmessage SET (autovacuum_vacuum_scale_factor = 0.01);
"""


class Migration(migrations.Migration):
    dependencies = [("escalations", "0001_initial"), ("audit", "0002_row_security")]
    operations = [
        TenantTable("escalations_case", compartments=True),
        TenantTable("escalations_submission"),
        TenantTable("escalations_upload"),
        TenantTable("escalations_slaclock"),
        TenantTable("escalations_slaclockevent"),
        TenantTable("escalations_slatimer"),
        *[TenantTable(table) for table in PARTS],
        *[TenantForeignKey(table, "case_id", "escalations_case") for table in PARTS],
        AppendOnly("escalations_slaclockevent"),
        migrations.RunSQL(ENTITIES, "DROP FUNCTION app_entity_ids"),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
