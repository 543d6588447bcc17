"""The newest open titles of one organization, always along their index, for the suggestion of duplicates at intake.

For an organization that grew since the last ANALYZE the planner expects one row and sorts them all instead; intake asks this with every
submission. Runs as its caller, so row level security decides what it sees.
"""

from django.db import migrations

RECENT_TITLES = """
CREATE FUNCTION app_recent_titles(organization bigint, sandbox boolean, since timestamptz, most integer) RETURNS json
LANGUAGE sql STABLE SET enable_sort = off SET enable_bitmapscan = off SET search_path = public, pg_temp AS $$
  SELECT json_agg(json_build_object('ref', ref, 'title', title)) FROM (
    SELECT ref, title, is_open, is_sandbox FROM escalations_case
    WHERE organization_id = organization AND received_at > since ORDER BY received_at DESC, id DESC LIMIT most
  ) newest WHERE is_open AND is_sandbox = sandbox
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("escalations", "0013_practice_is_sandbox")]
    operations = [
        migrations.RunSQL(RECENT_TITLES, "DROP FUNCTION app_recent_titles(bigint, boolean, timestamptz, integer)")
    ]
