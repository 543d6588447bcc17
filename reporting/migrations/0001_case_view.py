"""`v_case`: one row per case for people who think in SQL, with names in place of internal ids.

It works with the rights of whoever asks (`security_invoker`), so row level security holds in it too. Practice and sandbox
cases are left out: they are nobody's work (ux.md §13, population rules).
"""

from django.db import migrations

VIEW = """
CREATE VIEW v_case WITH (security_invoker = true) AS
SELECT c.ref, o.slug AS organization, c.channel, c.external_ref, c.surface, c.harm, c.market, c.language,
       c.severity, c.status, c.is_open, nullif(c.resolution, '') AS resolution, q.slug AS queue, c.level,
       c.reach, c.received_at, c.first_response_at, c.decided_at, c.closed_at, c.reopened_count,
       c.parent_id IS NOT NULL AS is_merged_child
FROM escalations_case c
JOIN accounts_organization o ON o.id = c.organization_id
JOIN escalations_queue q ON q.id = c.queue_id
WHERE NOT c.is_sandbox;
COMMENT ON VIEW v_case IS 'One row per case. Times are UTC; severity 0 (worst) to 4; without sandbox and practice cases.';
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("escalations", "0014_recent_titles")]
    operations = [migrations.RunSQL(VIEW, "DROP VIEW v_case")]
