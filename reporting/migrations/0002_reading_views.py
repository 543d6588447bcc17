"""The views that people read in SQL: `v_case` grown, `v_clock`, `v_decision`, `v_vendor_submission`, `v_appeal`; and their guarded twins.

Those in `public` work with the rights of whoever asks (`security_invoker`), so row level security holds in them. Those in `explore`
are for `wf_sql`, the role of the SQL tab, which may read nothing else: they work with their owner's rights and show the rows of the
one person whom `explore.scope()` names for this very transaction (docs/adr/sql-tab.md). Both have the same columns, described in
`reporting/dictionary.py`. Practice and sandbox cases are nobody's work and stand in none (ux.md §13, population rules).

A change that takes away, renames or changes the meaning of a column makes a new version of the dictionary.
"""

from django.db import migrations

REAL = "NOT c.is_sandbox AND c.is_practice_for_id IS NULL"
SHARED = "JOIN accounts_organization o ON o.id = c.organization_id JOIN escalations_queue q ON q.id = c.queue_id"

# name → (what one row is, columns, tables)
VIEWS = {
    "v_case": (
        "One row per case. Times are UTC; severity 0 (worst) to 4; without sandbox and practice cases.",
        """
        c.ref, o.slug AS organization, c.channel, c.external_ref, c.surface, c.harm, c.market, c.language,
        c.severity, c.status, c.is_open, nullif(c.resolution, '') AS resolution, q.slug AS queue, c.level,
        c.reach, c.received_at, c.first_response_at, c.decided_at, c.closed_at, c.reopened_count,
        c.parent_id IS NOT NULL AS is_merged_child,
        o.kind AS organization_kind, t.slug AS team, nullif(t.hub, '') AS hub, nullif(c.platform, '') AS platform,
        nullif(c.suspected_policy, '') AS suspected_clause, nullif(c.waiting_on, '') AS waiting_on, c.graphic_tier,
        c.is_legal_hold, c.is_high_profile, c.cluster_size,
        nullif(c.due_metric, '') AS due_clock, c.due_at, c.is_paused, c.is_breached,
        (SELECT k.stopped_at FROM escalations_slaclock k WHERE k.object_type = 'case' AND k.object_id = c.id
          AND k.metric = 'A' AND k.cycle = 1) AS acknowledged_at
        """,
        f"escalations_case c {SHARED} LEFT JOIN accounts_team t ON t.id = q.team_id WHERE {REAL}",
    ),
    "v_clock": (
        "One row per run of an SLA clock of a case or an appeal. Settled at its stop when met, else at the moment it was missed.",
        """
        c.ref AS case_ref, o.slug AS organization, q.slug AS queue, c.severity, k.object_type AS object, a.ref AS appeal_ref,
        k.metric AS clock, k.cycle, k.state, k.target_s, k.started_at, k.due_at, k.breach_at, k.stopped_at, k.missed_at,
        CASE WHEN k.state = 'cancelled' THEN NULL ELSE coalesce(k.missed_at, k.stopped_at) END AS settled_at,
        CASE WHEN k.state = 'cancelled' THEN NULL WHEN k.missed_at IS NOT NULL THEN false
          WHEN k.stopped_at IS NOT NULL THEN true END AS is_met,
        k.state IN ('pending', 'running', 'paused') AS is_open, nullif(k.paused_reason, '') AS paused_reason,
        k.consumed_s + k.carried_s AS used_s, k.excused_by_id IS NOT NULL AS is_excused
        """,
        f"""escalations_slaclock k LEFT JOIN escalations_appeal a ON k.object_type = 'appeal' AND a.id = k.object_id
        JOIN escalations_case c ON c.id = CASE k.object_type WHEN 'case' THEN k.object_id ELSE a.case_id END
        {SHARED} WHERE {REAL}""",
    ),
    "v_decision": (
        "One row per decision ever made on a case, taken back ones included: look at `state`. Who decided stands in no view.",
        """
        c.ref AS case_ref, o.slug AS organization, q.slug AS queue, c.severity, c.harm, c.language, c.market, d.state, d.verdict,
        p.key AS clause, p.family AS clause_family, v.number AS clause_version, d.confidence,
        nullif(d.deviation, '') AS deviation, d.departs_why <> '' AS departs_from_precedent, d.decided_at, d.hold_until,
        d.effective_at, d.undone_at, d.overturned_at, d.supersedes_id IS NOT NULL AS is_revision,
        d.repeats_id IS NOT NULL AS is_repeat, d.gap_id IS NOT NULL AS names_gap,
        EXISTS (SELECT FROM escalations_approval y WHERE y.decision_id = d.id) AS asked_second_person
        """,
        f"""escalations_decision d JOIN escalations_case c ON c.id = d.case_id {SHARED}
        LEFT JOIN policies_policyversion v ON v.id = d.clause_id LEFT JOIN policies_policy p ON p.id = v.policy_id
        WHERE {REAL}""",
    ),
    "v_vendor_submission": (
        "One row per submission of a vendor: what it made or joined, and what became of that case.",
        """
        o2.slug AS vendor, c.ref AS case_ref, s.channel, nullif(s.external_ref, '') AS external_ref, s.received_at, s.result,
        q.slug AS queue, c.severity, c.severity_claimed, c.harm, c.language, c.market, c.surface, c.status,
        nullif(c.resolution, '') AS resolution, c.closed_at, jsonb_array_length(s.warnings) AS warnings
        """,
        f"""escalations_submission s JOIN accounts_organization o2 ON o2.id = s.organization_id AND o2.kind = 'vendor'
        JOIN escalations_case c ON c.id = s.case_id {SHARED} WHERE NOT s.is_sandbox AND {REAL}""",
    ),
    "v_appeal": (
        "One row per appeal of a decision, with the decision it is about.",
        """
        a.ref, c.ref AS case_ref, o.slug AS organization, q.slug AS queue, c.severity, c.harm, c.language, c.market, a.appellant,
        a.channel, a.state, nullif(a.outcome, '') AS outcome, nullif(a.grounds, '') AS grounds, a.filed_at, a.due_at,
        a.decided_at, a.closed_at, a.is_expedited, a.late_reason <> '' AS is_late, d.verdict AS decision_verdict,
        d.decided_at AS decision_decided_at, p.key AS decision_clause
        """,
        f"""escalations_appeal a JOIN escalations_decision d ON d.id = a.decision_id
        JOIN escalations_case c ON c.id = a.case_id {SHARED}
        LEFT JOIN policies_policyversion v ON v.id = d.clause_id LEFT JOIN policies_policy p ON p.id = v.policy_id
        WHERE {REAL}""",
    ),
}

# The same rules as `escalations.querysets.sight`, which tests hold against it. Sub-selects, so that each is asked once a statement.
SEEN = """
  AND c.compartments::text[] <@ (SELECT labels FROM explore.scope())
  AND CASE (SELECT reach FROM explore.scope()) WHEN 'all' THEN true WHEN 'closed' THEN NOT c.is_open ELSE false END
"""

# Whose rows a transaction of the SQL tab shows: written by the web process on its own connection, for one transaction of one server
# process, which a statement cannot change; `set_config` would be no such place. PARALLEL UNSAFE: a worker has another process id.
SCOPE = """
CREATE TABLE reporting_sqlscope (
  pid integer NOT NULL,
  began_at timestamptz NOT NULL,
  user_id bigint NOT NULL,
  reach text NOT NULL CONSTRAINT sql_scope_reach_known CHECK (reach IN ('all', 'closed')),
  labels text[] NOT NULL,
  PRIMARY KEY (pid, began_at)
);
CREATE SCHEMA explore;
CREATE FUNCTION explore.scope() RETURNS TABLE (reach text, labels text[])
LANGUAGE plpgsql STABLE PARALLEL UNSAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.reach, s.labels FROM reporting_sqlscope s WHERE s.pid = pg_backend_pid() AND s.began_at = now();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nobody is named for this transaction' USING ERRCODE = '42501';
  END IF;
END $$;
REVOKE ALL ON FUNCTION explore.scope() FROM PUBLIC;
"""
# `provision` grants the same where the role is made later than the schema.
GRANTS = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'wf_sql') THEN
    GRANT USAGE ON SCHEMA explore TO wf_sql;
    GRANT SELECT ON ALL TABLES IN SCHEMA explore TO wf_sql;
    GRANT EXECUTE ON FUNCTION explore.scope() TO wf_sql;
  END IF;
END $$;
"""


def statements() -> str:
    made = []
    for name, (says, columns, tables) in VIEWS.items():
        # v_case exists: it may only grow at its end.
        made.append(f"CREATE OR REPLACE VIEW {name} WITH (security_invoker = true) AS SELECT {columns} FROM {tables};")
        made.append(
            f"CREATE VIEW explore.{name} WITH (security_barrier = true) AS SELECT {columns} FROM {tables}{SEEN};"
        )
        made += [f"COMMENT ON VIEW {schema}.{name} IS 'Version 1. {says}';" for schema in ("public", "explore")]
    return "\n".join(made)


BACK = """
DROP SCHEMA explore CASCADE; DROP TABLE reporting_sqlscope;
DROP VIEW v_clock; DROP VIEW v_decision; DROP VIEW v_vendor_submission; DROP VIEW v_appeal;
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_case_view"), ("escalations", "0029_strikes_refunded_whole")]
    operations = [migrations.RunSQL(SCOPE + statements() + GRANTS, BACK)]
