"""Rare values of closed cases, and text search that reads the small index of open ones when only they are asked for."""

from django.db import migrations, models
from django.db.models import Q

# As in 0004, with one more question: `only_open`. The arguments are constants of each plan (force_custom_plan), so the conditions that do
# not apply vanish and the partial index of open cases serves the query.
CASE_IDS_WITH_TEXT = """
DROP FUNCTION case_ids_with_text(text, boolean, integer);
CREATE FUNCTION case_ids_with_text(wanted text, with_notes boolean, only_open boolean, most integer)
RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  words tsquery := phraseto_tsquery('watchfloor', wanted);
  sees_all boolean := session_user = 'wf_engine';
  is_internal boolean := sees_all;
  org bigint;
  labels varchar[] := '{}';
  ids bigint[];
BEGIN
  IF NOT sees_all THEN
    is_internal := app_kind() = 'internal';
    org := app_org();
    labels := app_compartments();
  END IF;
  IF numnode(words) = 0 THEN RETURN '{}'; END IF;
  IF is_internal AND with_notes THEN
    SELECT array_agg(found.id) INTO ids FROM (
      SELECT c.id FROM escalations_case c
      WHERE c.internal_vector @@ words AND (NOT only_open OR c.is_open)
        AND (sees_all OR c.compartments = '{}' OR c.compartments <@ labels) LIMIT most
    ) found;
  ELSE
    SELECT array_agg(found.id) INTO ids FROM (
      SELECT c.id FROM escalations_case c
      WHERE c.outward_vector @@ words AND (NOT only_open OR c.is_open) AND (is_internal OR c.organization_id = org)
        AND (sees_all OR c.compartments = '{}' OR c.compartments <@ labels) LIMIT most
    ) found;
  END IF;
  RETURN coalesce(ids, '{}');
END $$;
REVOKE ALL ON FUNCTION case_ids_with_text(text, boolean, boolean, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_ids_with_text(text, boolean, boolean, integer) TO wf_web, wf_engine;
"""
# Rare values of the archive. Only closing and reopening a case writes to these, so the hot rows do not pay for them.
CLOSED = {
    "harm": "harm",
    "language": "language",
    "market": "market",
    "severity": "severity",
    "suspected_policy": "suspected",
}


class Migration(migrations.Migration):
    dependencies = [("escalations", "0008_plans_never_change")]
    operations = [
        *[
            migrations.AddIndex(
                "case", models.Index(fields=[field], condition=Q(is_open=False), name=f"case_closed_by_{name}")
            )
            for field, name in CLOSED.items()
        ],
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["suspected_policy", "order_at", "id"],
                condition=Q(is_open=True),
                name="case_open_by_suspected",
            ),
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["id"], condition=Q(is_high_profile=True), name="case_high_profile")
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["id"], condition=Q(reopened_count__gt=0), name="case_reopened")
        ),
        migrations.RunSQL(CASE_IDS_WITH_TEXT, migrations.RunSQL.noop),
    ]
