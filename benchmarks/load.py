"""Skewed cases by set SQL, as many as asked: `python -m benchmarks.load 1000000`.

A tenth is open. Organizations, queues, harms, languages, markets and words follow steep curves, as they do on a real floor: a few values
take most cases and many are rare. Secondary indexes are built after the rows. Runs once for each size; the data is kept.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from psycopg2.extensions import connection as Connection

from benchmarks.servers import Cluster, migrated_database, set_up_django

Say = Callable[[str], None]

MOST_SENTENCES = 40_000
WORDS = 20_000
PARTS = (
    ("escalations_entity", 20),
    ("escalations_caseentity", 10),
    ("escalations_casetag", 20),
    ("escalations_evidence", 20),
)

# What each column of a case is, from its number `n` (1, 2, …) and the random numbers of its row (`r.a` … `r.h`, 0 to 1).
COLUMNS = {
    "id": "n",
    "ref": "'ESC-' || (10000000 + n)",
    "organization_id": "orgs.ids[1 + floor(array_length(orgs.ids, 1) * power(r.a, 3))::int]",
    "channel": "(ARRAY['api','api','api','portal','bulk','email','manual'])[1 + floor(7 * r.b)::int]",
    "external_ref": "'X-' || n",
    "title": "left(title.text, 190)",
    "ask": "ask.text || ' unique' || (n / 40)",
    "surface": "(ARRAY['ads','organic','account','commerce','product'])[1 + floor(5 * power(r.c, 2))::int]",
    "platform": "(ARRAY['photoshare','chirper','vidbox'])[1 + floor(3 * power(r.c, 2))::int]",
    "harm": "harms.names[1 + floor(array_length(harms.names, 1) * power(r.d, 3))::int]",
    "suspected_policy": "'CS-' || chr(65 + floor(26 * power(r.d, 2))::int) || 'A-' || (1 + floor(9 * r.e)::int) || '.1'",
    "market": "chr(65 + floor(26 * power(r.e, 2))::int) || chr(65 + floor(26 * r.f)::int)",
    "language": "(ARRAY['en','es','pt','ar','hi','id','tl','fr','de','ja','xh','vd','sw','cy','mt'])[1 + floor(15 * power(r.f, 3))::int]",
    "severity": "least(4, floor(5 * power(r.g, 0.35))::int)",
    "status": "CASE WHEN r.h < 0.9 THEN 'closed' WHEN r.h < 0.97 THEN 'new' WHEN r.h < 0.99 THEN 'in_review' ELSE 'waiting' END",
    "resolution": "CASE WHEN r.h < 0.9 THEN 'no_violation' ELSE '' END",
    "closed_at": "CASE WHEN r.h < 0.9 THEN received + interval '1 day' END",
    "waiting_on": "CASE WHEN r.h >= 0.99 THEN 'submitter' ELSE '' END",
    "assignee_id": "CASE WHEN r.h >= 0.97 THEN people.ids[1 + floor(array_length(people.ids, 1) * r.a)::int] END",
    "claimed_at": "CASE WHEN r.h >= 0.97 THEN received + interval '1 hour' END",
    "queue_id": "queues.ids[1 + floor(array_length(queues.ids, 1) * power(r.b, 2))::int]",
    "reach": "floor(power(10, 7 * r.c))::bigint",
    "spend": "floor(power(10, 5 * r.d))::bigint",
    "graphic_tier": "CASE WHEN r.e < 0.3 THEN floor(4 * r.f)::int END",
    "reopened_count": "CASE WHEN r.g < 0.03 THEN 1 ELSE 0 END",
    "is_high_profile": "r.g < 0.01",
    "order_at": "received + interval '10 hours' * r.a - interval '48 hours' * r.b",
    "due_metric": "CASE WHEN r.h >= 0.9 THEN (ARRAY['A','F','R'])[1 + floor(3 * r.g)::int] ELSE '' END",
    "due_at": "CASE WHEN r.h >= 0.9 THEN now() + interval '6 hours' * (r.a * 10 - 1) END",
    "risk_at": "CASE WHEN r.h >= 0.9 THEN now() + interval '6 hours' * (r.a * 10 - 2) END",
    "received_at": "received",
    "updated_at": "received + interval '3 hours'",
}


def load(conn: Connection, cases: int, *, say: Say) -> None:
    """Fill an empty, migrated database. `conn` is `wf_owner`'s and autocommits; Django is set up."""
    with conn.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'; SET synchronous_commit = off")
        cursor.execute("SELECT setseed(0.42)")
        _reference_data(cursor)
        sentences = min(MOST_SENTENCES, max(cases // 5, 1000))
        _words(cursor, sentences)
        tables = ["escalations_case", *(table for table, _share in PARTS)]
        indexes = {table: _drop_indexes(cursor, table) for table in tables}
        _cases(cursor, cases, sentences, say=say)
        _parts(cursor, cases)
        for table, definitions in indexes.items():
            for definition in definitions:
                started = time.monotonic()
                cursor.execute(definition)
                say(f"{table}: {definition.split()[2]} in {time.monotonic() - started:.0f} s")
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('escalations_case', 'id'), {cases})")
        cursor.execute("DROP TABLE bench_sentence")
        cursor.execute("VACUUM ANALYZE")


def _reference_data(cursor: Any) -> None:
    """Six organizations, eight queues, forty people of whom one is a lead, some tags."""
    cursor.execute(
        "INSERT INTO accounts_organization (kind, name, slug, is_active, time_zone, targets)"
        " VALUES ('internal', 'Internal', 'internal', true, 'UTC', '{}') ON CONFLICT DO NOTHING"
    )
    for number in range(6):
        cursor.execute(
            "INSERT INTO accounts_organization (kind, name, slug, is_active, time_zone, targets)"
            " VALUES ('vendor', %s, %s, true, 'UTC', '{}')",
            [f"Vendor {number}", f"vendor-{number}"],
        )
    from accounts.models import Team, User
    from escalations.models import Queue, Tag

    for number in range(8):
        _insert(
            cursor, Team, name=f"Team {number}", slug=f"team-{number}", hub="Dublin", organization_id=_internal(cursor)
        )
        cursor.execute("SELECT max(id) FROM accounts_team")
        _insert(cursor, Queue, slug=f"queue-{number}", name=f"Queue {number}", team_id=cursor.fetchone()[0])
    for number in range(40):
        _insert(
            cursor,
            User,
            email=f"person{number}@example.test",
            display_name=f"Person {number}",
            organization_id=_internal(cursor),
            password="!",
        )
    cursor.execute(
        "INSERT INTO accounts_rolegrant (user_id, role, granted_at) SELECT id, 'LD', now() FROM accounts_user WHERE email LIKE 'person0@%'"
    )
    for number in range(50):
        _insert(cursor, Tag, name=f"tag-{number}")


def _internal(cursor: Any) -> int:
    cursor.execute("SELECT id FROM accounts_organization WHERE kind = 'internal'")
    return int(cursor.fetchone()[0])


def _insert(cursor: Any, model: Any, **values: Any) -> None:
    """One row with the model's defaults for what is not given; straight to the table, whatever the tenant."""
    columns = {**_defaults(model, skip=set(values)), **values}
    names = ", ".join(columns)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})",
        list(columns.values()),
    )


def _defaults(model: Any, *, skip: set[str]) -> dict[str, Any]:
    """The model's own defaults of the columns that take no null and are not given."""
    from django.db import connection
    from django.db.models import NOT_PROVIDED, GeneratedField

    found = {}
    for field in model._meta.concrete_fields:
        if field.column in skip or field.primary_key or field.null or isinstance(field, GeneratedField):
            continue
        if field.db_default is not NOT_PROVIDED:
            continue
        found[field.column] = field.get_db_prep_save(field.get_default(), connection)
    return found


def _words(cursor: Any, sentences: int) -> None:
    """Sentences of words whose frequencies fall off steeply; cases draw theirs from them."""
    cursor.execute("CREATE UNLOGGED TABLE bench_sentence (number int PRIMARY KEY, text text)")
    cursor.execute(
        "INSERT INTO bench_sentence SELECT s, string_agg('word' || floor(%s * power(random(), 3))::int, ' ')"
        " FROM generate_series(1, %s) s, generate_series(1, 9 + mod(s, 6)) w GROUP BY s",
        [WORDS, sentences],
    )
    cursor.execute("ANALYZE bench_sentence")


def _cases(cursor: Any, cases: int, sentences: int, *, say: Say) -> None:
    from escalations.lifecycle import Harm
    from escalations.models import Case

    defaults = _defaults(Case, skip=set(COLUMNS))
    columns = [*COLUMNS, *defaults]
    expressions = [*COLUMNS.values(), *(["%s"] * len(defaults))]
    harms = [str(harm.value) for harm in Harm]
    statement = f"""
        INSERT INTO escalations_case ({", ".join(columns)})
        SELECT {", ".join(expressions)}
        FROM (
          SELECT n, random() a, random() b, random() c, random() d, random() e, random() f, random() g, random() h,
                 1 + floor({sentences} * random())::int t, 1 + floor({sentences} * random())::int k,
                 now() - interval '400 days' * power(random(), 1.5) AS received
          FROM generate_series(%s, %s) n
        ) r
        JOIN bench_sentence title ON title.number = r.t JOIN bench_sentence ask ON ask.number = r.k
        CROSS JOIN (SELECT array_agg(id ORDER BY id) ids FROM accounts_organization WHERE kind = 'vendor') orgs
        CROSS JOIN (SELECT array_agg(id ORDER BY id) ids FROM escalations_queue) queues
        CROSS JOIN (SELECT array_agg(id ORDER BY id) ids FROM accounts_user) people
        CROSS JOIN (SELECT %s::text[] names) harms
    """
    step = 100_000
    for first in range(1, cases + 1, step):
        last = min(first + step - 1, cases)
        cursor.execute(statement, [*defaults.values(), first, last, harms])
        say(f"{last:,} of {cases:,} cases")


def _parts(cursor: Any, cases: int) -> None:
    """Accounts that join cases, tags, evidence."""
    from escalations.models import CaseEntity, CaseTag, Entity, Evidence

    def fill(model: Any, columns: dict[str, str], source: str) -> None:
        defaults = _defaults(model, skip=set(columns))
        names = ", ".join([*columns, *defaults])
        values = ", ".join([*columns.values(), *(["%s"] * len(defaults))])
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {source}", list(defaults.values())
        )

    fill(
        Entity,
        {
            "id": "n",
            "platform": "'photoshare'",
            "kind": "'account'",
            "key": "'account_' || n",
            "first_seen_at": "now()",
        },
        f"generate_series(1, {max(cases // 20, 1)}) n",
    )
    entity = f"1 + floor({max(cases // 20, 1)} * power(random(), 2))::int"
    some_cases = "(SELECT id, organization_id FROM escalations_case WHERE mod(id, {share}) = 0) c"
    fill(
        CaseEntity,
        {"case_id": "c.id", "organization_id": "c.organization_id", "entity_id": entity, "added_at": "now()"},
        some_cases.format(share=10),
    )
    tags = "(SELECT (array_agg(id))[1 + floor(50 * power(c.x, 3))::int] FROM escalations_tag)"
    fill(
        CaseTag,
        {"case_id": "c.id", "organization_id": "c.organization_id", "tag_id": tags, "added_at": "now()"},
        "(SELECT id, organization_id, random() x FROM escalations_case WHERE mod(id, 20) = 0) c",
    )
    fill(
        Evidence,
        {
            "public_id": "gen_random_uuid()",
            "case_id": "c.id",
            "organization_id": "c.organization_id",
            "number": "1",
            "kind": "'text'",
            "sha256": "encode(sha256((c.id / 3)::text::bytea), 'hex')",
            "text": "'x'",
            "added_at": "now()",
        },
        some_cases.format(share=20),
    )


def _drop_indexes(cursor: Any, table: str) -> list[str]:
    """Drop the table's indexes that no constraint owns; answers the statements that make them again."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = %s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
        " AND NOT i.indisunique",
        [table],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def database_with(cases: int, *, cluster: Cluster, say: Say = print) -> str:
    """The name of a database with so many cases, made and filled if it is missing. Leaves Django set up on it as `wf_web`."""
    name = f"wf_bench_{cases}"
    admin = cluster.connect("postgres")
    with admin.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"{name}_done"])
        done = cursor.fetchone() is not None
    admin.close()
    finished = f"{name}_done"
    if not done:
        say(f"filling {cases:,} cases; this is done once")
        admin = cluster.connect("postgres")
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # a run that was cut off
        admin.close()
        migrated_database(cluster, name)
        set_up_django(cluster, name)
        conn = cluster.connect(name, "wf_owner")
        load(conn, cases, say=say)
        conn.close()
        from django.db import connections

        connections.close_all()
        admin = cluster.connect("postgres")
        with admin.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {name} RENAME TO {finished}")
        admin.close()
        from django.conf import settings

        for alias in settings.DATABASES:
            connections[alias].settings_dict["NAME"] = finished
    else:
        migrated_database(cluster, finished)  # the schema may have moved on since
        set_up_django(cluster, finished)
    return finished


if __name__ == "__main__":
    database_with(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, cluster=Cluster())
