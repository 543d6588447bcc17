"""`v_case.is_breached` asks the clocks: a case's own mark is as old as its place in the order, and a clock that runs out changes no case.

As before it is true while a clock that was missed still runs or waits. Only open cases whose due time has passed are looked up.
"""

from importlib import import_module

from django.db import migrations

NAME = "v_case"
MARK = "c.is_breached,"
ASKED = """c.is_breached OR (c.is_open AND c.due_at < now() AND EXISTS (
          SELECT FROM escalations_slaclock k WHERE k.object_type = 'case' AND k.object_id = c.id
          AND k.state IN ('pending', 'running', 'paused') AND k.missed_at IS NOT NULL)) AS is_breached,"""


def statements(*, is_asked: bool) -> str:
    before = import_module("reporting.migrations.0002_reading_views")
    _says, columns, tables = before.VIEWS[NAME]
    if MARK not in columns:
        raise ValueError(f"{NAME} has no mark to replace")
    if is_asked:
        columns = columns.replace(MARK, ASKED)
    return (
        f"CREATE OR REPLACE VIEW {NAME} WITH (security_invoker = true) AS SELECT {columns} FROM {tables};"
        f"CREATE OR REPLACE VIEW explore.{NAME} WITH (security_barrier = true) AS SELECT {columns} FROM {tables}{before.SEEN};"
    )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0016_exports_know_what_was_reached"), ("escalations", "0041_acts_on_many")]
    operations = [migrations.RunSQL(statements(is_asked=True), statements(is_asked=False))]
