"""Migration operations for row level security (permissions.md §7).

`TenantTable` forces it on a table with `organization_id`; `compartments=True` adds the restrictive policy for tables that
carry labels. `tests/architecture/test_row_level_security.py` finds tables without.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

FUNCTIONS = """
CREATE OR REPLACE FUNCTION app_kind() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE kind text := current_setting('app.actor_kind', true);
BEGIN
  IF kind IS NULL OR kind = '' THEN
    RAISE EXCEPTION 'no tenant is set for this transaction' USING ERRCODE = '42501';
  END IF;
  RETURN kind;
END $$;
CREATE OR REPLACE FUNCTION app_org() RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE org text := current_setting('app.org', true);
BEGIN
  IF org IS NULL OR org = '' THEN
    RAISE EXCEPTION 'no tenant is set for this transaction' USING ERRCODE = '42501';
  END IF;
  RETURN org::bigint;
END $$;
CREATE OR REPLACE FUNCTION app_compartments() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('app.compartments', true), ''), '{}')::text[] $$;
"""

DROP_FUNCTIONS = "DROP FUNCTION app_compartments(); DROP FUNCTION app_org(); DROP FUNCTION app_kind();"


class TenantTable(RunSQL):
    """Enable and force row level security on `table`, with one policy per role.

    `wf_web` sees its tenant's rows, or all of them for internal staff; `wf_engine` sees all rows (it acts for the system);
    `wf_owner` sees all, or migrations and foreign key checks would silently see none.
    """

    def __init__(self, table: str, *, compartments: bool = False) -> None:
        tenant = "((SELECT app_kind()) = 'internal' OR organization_id = (SELECT app_org()))"
        sql = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY owner_all ON {table} TO wf_owner USING (true) WITH CHECK (true)",
            f"CREATE POLICY engine_all ON {table} TO wf_engine USING (true) WITH CHECK (true)",
            f"CREATE POLICY readers_all ON {table} FOR SELECT TO wf_audit, wf_report USING (true)",
            f"CREATE POLICY tenant ON {table} TO wf_web USING {tenant} WITH CHECK {tenant}",
        ]
        if compartments:
            sql.append(
                f"CREATE POLICY compartments ON {table} AS RESTRICTIVE TO wf_web"
                " USING (compartments = '{}' OR compartments::text[] <@ (SELECT app_compartments()))"
                " WITH CHECK (true)"
            )
        super().__init__(";\n".join(sql) + ";", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;")
        self.table, self.compartments = table, compartments

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return "TenantTable", [self.table], {"compartments": self.compartments}


class TenantForeignKey(RunSQL):
    """A composite foreign key: a row can only point at a row of its own organization.

    A plain foreign key accepts another tenant's row, since its check does not pass row level security.
    """

    def __init__(self, table: str, column: str, target: str) -> None:
        name = f"{table}_{column}_same_organization"
        super().__init__(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organization_id, {column})"
            f" REFERENCES {target} (organization_id, id) DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        self.args = [table, column, target]

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return "TenantForeignKey", self.args, {}


class AppendOnly(RunSQL):
    """Refuse UPDATE, DELETE and TRUNCATE on a table, whoever asks."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '42501'; END $$;"
            f" CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_refuse();"
            f" CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();"
            f" REVOKE UPDATE, DELETE ON {table} FROM wf_web, wf_engine;",
            f"DROP FUNCTION {table}_refuse() CASCADE;",
        )
        self.table = table

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return "AppendOnly", [self.table], {}
