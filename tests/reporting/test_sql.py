"""The SQL tab under attack: one person's rows, one statement, nothing but reading (docs/adr/sql-tab.md)."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.access import bind_user
from accounts.models import User
from accounts.roles import Role
from audit.models import AccessRecord, Event
from core.clock import db_now
from core.errors import NotPermitted, TooManyRequests
from escalations.lifecycle import CaseStatus
from escalations.models import Case
from reporting import dictionary, sql_text
from reporting.models import SavedReport
from reporting.operations import sql
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

# Each must be refused before the database sees it: other tables, settings, files, time, locks, other statements, tricks of spelling.
HOSTILE = [
    "SELECT * FROM v_case; DROP TABLE escalations_case",
    "SELECT 1; SELECT set_config('app.actor_kind', 'internal', true)",
    "UPDATE v_case SET severity = 0",
    "WITH gone AS (DELETE FROM escalations_case RETURNING *) SELECT * FROM gone",
    "COPY v_case TO '/tmp/cases'",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT set_config('role', 'wf_owner', true)",
    'SELECT "set_config"(\'role\', \'wf_owner\', true)',
    "SELECT pg_catalog.set_config('role', 'wf_owner', true)",
    "SELECT x, set_config(a, b, c) FROM (SELECT 1, 'role', 'wf_owner', true) AS t(x, a, b, c)",
    "SELECT DISTINCT ON (x) set_config(a, b, c) FROM (SELECT 1, 'role', 'wf_owner', true) AS t(x, a, b, c)",
    "SELECT set_config/* a comment */('role', 'wf_owner', true)",
    "SELECT U&\"set\\005fconfig\"('role', 'wf_owner', true)",
    "SELECT 1 /* /* */ ' */, (SELECT count(*) FROM (SELECT pg_sleep(60)) x) -- '",
    "SELECT 1 /* ' /* ' */ */, pg_advisory_lock(1) -- ' */ '",
    "SELECT 1 -- a comment that ends here for Postgres\r; DROP TABLE escalations_case",
    "SELECT current_setting('app.org')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_sleep(60)",
    "SELECT pg_advisory_lock(1)",
    "SELECT * FROM pg_catalog.pg_authid",
    "SELECT * FROM information_schema.tables",
    "SELECT query FROM pg_stat_activity",
    "SELECT 'accounts_user'::regclass",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT dblink('host=elsewhere', 'SELECT 1')",
    "SELECT $$a$$ || E'\\'; DROP TABLE x; --'",
    "SELECT ref FROM v_case FOR UPDATE",
    "SELECT * INTO copied FROM v_case",
    "DO $x$ BEGIN PERFORM 1; END $x$",
    "SET ROLE wf_owner",
    "EXPLAIN ANALYZE SELECT 1",
    "TABLE accounts_user",
    "VALUES (pg_terminate_backend(1))",
    "SELECT (SELECT nextval('escalations_case_id_seq'))",
    "SELECT scope()",
    "SELECT 1 /* nested /* comment */ ; DROP TABLE x */",
]  # fmt: skip
# These are read by us as harmless; the database itself refuses them, since the role may read the guarded views alone.
REFUSED_BY_THE_DATABASE = [
    "SELECT * FROM escalations_case", "SELECT * FROM public.v_case", "SELECT password FROM accounts_user",
    "SELECT * FROM reporting_sqlscope", "SELECT * FROM django_session",
]  # fmt: skip
FINE = [
    "SELECT 1;",
    "with t(a, b) as (values (1, 2)) select a + b from t -- done",
    "SELECT substring(ref from 1 for 3), count(*) FILTER (WHERE is_open) FROM v_case GROUP BY 1 HAVING count(*) > 0",
    "SELECT queue, percentile_cont(0.5) WITHIN GROUP (ORDER BY reach) OVER_THERE FROM v_case GROUP BY queue",
    "SELECT ref, row_number() OVER (PARTITION BY queue ORDER BY received_at) FROM v_case WHERE ref LIKE 'ESC-%' AND title_is IS NULL"
    .replace(" AND title_is IS NULL", ""),
    "SELECT to_char(received_at, 'YYYY-MM-DD'), round(avg(severity), 2) FROM v_case GROUP BY 1",
    "SELECT CASE WHEN severity IN (0, 1) THEN 'worst; really' ELSE 'it''s fine' END FROM v_case",
]  # fmt: skip


@pytest.mark.parametrize("statement", HOSTILE)
def test_hostile_statements_never_reach_the_database(statement):
    with pytest.raises(sql_text.NotAllowed) as refused:
        sql_text.check(statement)

    assert refused.value.detail


def test_a_refusal_names_its_place():
    with pytest.raises(sql_text.NotAllowed) as refused:
        sql_text.check("SELECT ref,\n  pg_sleep(1) FROM v_case")

    assert sql.place_of("SELECT ref,\n  pg_sleep(1) FROM v_case", refused.value.at) == (
        2,
        3,
        "  pg_sleep(1) FROM v_case",
    )


@pytest.fixture
def lead(transactional_db) -> User:
    return make_user(roles=[Role.LEAD], name="Marta Lead")


def ask(person: User, statement: str, rows: int = sql.SHOWN) -> sql.Answer:
    person = User.objects.get(pk=person.pk)
    return sql.run(statement=statement, by=person, at=db_now(), rows=rows)


def test_who_asks_sees_their_own_rows_and_the_database_refuses_the_rest(lead):
    ours, theirs = make_vendor(), make_vendor()
    plain, other = make_case(organization=ours), make_case(organization=theirs)
    secret = make_case(compartments=["CHILD_SAFETY"])
    closed = make_case(status=CaseStatus.CLOSED)
    make_case(is_sandbox=True)
    cleared = make_user(roles=[Role.LEAD], compartments=["CHILD_SAFETY"])
    auditor, quality = make_user(roles=[Role.AUDITOR]), make_user(roles=[Role.QUALITY])

    seen = {
        person: {row[0] for row in ask(person, "SELECT ref FROM v_case").rows}
        for person in (lead, cleared, auditor, quality)
    }

    assert seen[lead] == {plain.ref, other.ref, closed.ref}
    assert seen[cleared] == seen[lead] | {secret.ref}
    assert seen[auditor] == seen[quality] == {closed.ref}
    for person, refs in seen.items():  # the same rows as pages show them
        assert refs == set(Case.objects.visible_to(User.objects.get(pk=person.pk)).real().values_list("ref", flat=True))
    for statement in REFUSED_BY_THE_DATABASE:
        with pytest.raises(sql.SqlFailed, match=r"permission denied|does not exist"):
            ask(lead, statement)
    for statement in FINE + [view.example for view in dictionary.VIEWS.values()]:
        ask(lead, statement)


def test_the_walls_behind_the_first_hold_by_themselves(lead, monkeypatch):
    """With the reading of statements taken away, the role and the scope's own table still show and change nothing else."""
    make_case(compartments=["CHILD_SAFETY"])
    monkeypatch.setattr(sql_text, "check", lambda statement: statement)
    beaten = {
        "SELECT set_config('app.compartments', '{CHILD_SAFETY}', true), ref FROM v_case": [],
        "SELECT set_config('search_path', 'public', true), ref FROM explore.v_case": [],
    }

    for statement, rows in beaten.items():
        assert ask(lead, statement).rows == rows
    for statement in (
        "SELECT ref FROM public.v_case",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT set_config('role', 'wf_owner', true)",
        "WITH gone AS (DELETE FROM explore.v_case RETURNING ref) SELECT * FROM gone",
        "SELECT lo_create(0)",
        "SELECT ref FROM v_case FOR UPDATE",
    ):
        with pytest.raises(sql.SqlFailed):
            ask(lead, statement)


def test_mistakes_point_at_their_place_and_time_is_limited(lead, monkeypatch):
    with pytest.raises(sql.SqlFailed, match='column "sverity" does not exist') as wrong:
        ask(lead, "SELECT ref,\n sverity FROM v_case")
    assert sql.place_of("SELECT ref,\n sverity FROM v_case", wrong.value.at) == (2, 2, " sverity FROM v_case")

    with pytest.raises(sql.SqlFailed, match="out of range"):
        ask(lead, "SELECT make_date(10000, 1, 1)")  # a day that Postgres has and Python has not

    monkeypatch.setattr(sql, "TIME_LIMIT_S", 1)
    with pytest.raises(sql.SqlFailed, match="longer than 1 seconds"):
        ask(lead, "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b")
    monkeypatch.setattr(sql, "ROWS_AT_MOST", 2500)
    answer = ask(lead, "SELECT * FROM generate_series(1, 5000)", rows=10_000)

    assert len(answer.rows) == 2500
    assert ask(lead, "SELECT * FROM generate_series(1, 5000)", rows=5).is_cut
    with pytest.raises(sql_text.NotAllowed):
        ask(lead, "SELECT pg_sleep(1)")
    assert AccessRecord.objects.get(what="sql.refused").data["statement"] == "SELECT pg_sleep(1)"
    told = Event.objects.filter(kind="sql.asked").latest("id")
    assert (told.data["statement"], told.data["cut"]) == ("SELECT * FROM generate_series(1, 5000)", True)


def test_an_answer_that_would_fill_our_memory_is_refused_or_cut(lead):
    wide = "SELECT string_agg(md5(g::text), '') AS all_of_it FROM generate_series(1, {}) g"

    with pytest.raises(sql.SqlFailed, match="A row of the answer has 312 kB; 256"):
        sql.run(statement=wide.format(10_000), by=lead, at=db_now())
    many = sql.run(statement=f"SELECT ({wide.format(5_000)}), n FROM generate_series(1, 300) n", by=lead, at=db_now())
    plain = sql.run(statement="SELECT 1 AS a, 2 AS a UNION ALL SELECT 3, 4 ORDER BY 1 DESC", by=lead, at=db_now())

    assert (len(many.rows), many.is_cut) == (sql.SHOWN_AT_MOST // 160_000, True)
    assert (plain.columns, plain.rows) == (("a", "a"), [(3, 4), (1, 2)])


def test_one_statement_of_a_person_at_a_time_and_nothing_stays_of_it(lead):
    with sql.opened("SELECT ref FROM v_case", by=lead) as (columns, rows):
        assert [name for name, _holds in columns] == ["ref"]
        assert list(rows) == []
        with pytest.raises(TooManyRequests):
            ask(lead, "SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reporting_sqlscope")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "role", [Role.SPECIALIST, Role.SENIOR, Role.POLICY_EDITOR, Role.LEGAL, Role.ADMIN, Role.READER]
)
@pytest.mark.django_db
def test_other_roles_write_no_sql(role):
    person = make_user(roles=[role])

    with pytest.raises(NotPermitted):
        sql.run(statement="SELECT 1", by=person, at=db_now())


@pytest.mark.django_db
def test_vendors_have_no_sql_tab():
    person = make_user(roles=[Role.VENDOR_LEAD, Role.LEAD], organization=make_vendor())
    client = Client()
    client.force_login(person, backend=BACKEND)

    for path in ("/reports/explore/sql/", "/reports/explore/dictionary/"):
        assert client.get(path).status_code in (302, 403, 404)
    with pytest.raises(NotPermitted):
        sql.run(statement="SELECT 1", by=person, at=db_now())


def test_the_tab_runs_shows_mistakes_keeps_and_starts_from_what_was_kept(lead):
    case = make_case()
    client = Client()
    client.force_login(lead, backend=BACKEND)
    address = "/reports/explore/sql/"

    first = client.get(address).content.decode()
    ran = client.post(address, {"statement": "SELECT ref FROM v_case", "do": "run"}, headers={"HX-Request": "true"})
    wrong = client.post(address, {"statement": "SELECT\nnothing FROM v_case", "do": "run"})
    kept = client.post(address, {"statement": "SELECT 2 AS two", "do": "save", "name": "Two", "shared": "1"})
    report = SavedReport.objects.get()
    other = Client()
    other.force_login(make_user(roles=[Role.QUALITY]), backend=BACKEND)

    assert "v_vendor_submission" in first
    assert case.ref in ran.content.decode()
    assert ran.content.decode().strip().startswith('<section id="sql_answer"')
    assert wrong.status_code == 422
    assert "Line 2, place 1" in wrong.content.decode()
    assert kept["Location"].endswith(f"?saved={report.public_id}")
    assert "SELECT 2 AS two" in other.get(f"{address}?saved={report.public_id}").content.decode()
    assert other.post(f"/reports/saved/{report.public_id}/remove/").status_code == 403
    assert client.post(f"/reports/saved/{report.public_id}/remove/").status_code == 302
    assert client.get(f"{address}?saved={report.public_id}").status_code == 404
    assert client.get("/reports/explore/dictionary/").status_code == 200


def test_what_a_request_binds_is_not_what_a_statement_sees(lead):
    """The web connection's tenant and the statement's scope are two things: neither widens the other."""
    make_case(compartments=["CHILD_SAFETY"])
    with transaction.atomic():
        bind_user(lead)
        assert ask(lead, "SELECT count(*) FROM v_case").rows == [(0,)]
