from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from escalations.forms.admin_sla import rows_of, seconds_of, words_of
from escalations.lifecycle import Metric, Severity
from escalations.models import SlaPlan, SlaPlanVersion
from oncall.operations.calendars import ensure_defaults, publish_calendar_version
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.django_db
WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def signed_in(client, role: Role = Role.ADMIN) -> User:
    user = make_user(roles=[role])
    client.force_login(user)
    return user


def plan() -> SlaPlan:
    return SlaPlan.objects.get(name="Standard")


def address() -> str:
    return f"/admin/sla/{plan().pk}/edit/"


def form(do: str = "check", **changes: str) -> dict[str, Any]:
    """The plan in force as the page would send it, with changes by field name (dashes as underscores)."""
    newest = plan().versions.order_by("-number").first()
    sent: dict[str, Any] = {"do": do, "note": "Agreed with vendors", "base": newest.number}
    for row in rows_of(newest.targets.select_related("calendar")):
        sent |= {f"time-{row.id}": row.time, f"calendar-{row.id}": row.calendar, f"warnings-{row.id}": row.warnings}
        sent |= {f"pause-{row.id}-{reason}": "on" for reason in row.pauses}
        sent |= {f"cap-{reason}-{row.id}": text for reason, text in row.caps.items()}
        sent |= {f"grace-{row.id}": row.grace, f"reopen-{row.id}": row.reopen}
    return sent | {name.replace("_", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize(
    ("role", "reads", "edits"),
    [
        (Role.SPECIALIST, 403, 403),
        (Role.SENIOR, 403, 403),
        (Role.LEAD, 403, 403),
        (Role.POLICY_EDITOR, 403, 403),
        (Role.QUALITY, 403, 403),
        (Role.LEGAL, 403, 403),
        (Role.ADMIN, 200, 302),
        (Role.AUDITOR, 200, 403),
        (Role.READER, 403, 403),
    ],
)
def test_who_reads_and_who_publishes_targets(client, role, reads, edits):
    internal_organization()
    signed_in(client, role)

    assert client.get("/admin/sla/").status_code == reads
    assert client.post(address(), form("publish", time_A2="30m")).status_code == edits
    assert plan().versions.count() == (3 if edits == 302 else 2)


def test_the_page_shows_the_targets_in_force_with_their_warnings(client):
    signed_in(client)

    table = dict(client.get("/admin/sla/").context["table"])

    assert [cell.time for cell in table[Metric.ACKNOWLEDGE]] == ["5m", "15m", "1h", "4h", "24h"]
    assert table[Metric.RESOLVE][4].time == "7d"
    assert table[Metric.RESOLVE][0].pauses == ""  # a crisis waits for nobody
    assert table[Metric.RESOLVE][1].pauses == "the submitter (at most 5wd)"
    assert "%" in table[Metric.ACKNOWLEDGE][2].warnings


def test_the_form_sent_back_unchanged_changes_nothing(client):
    signed_in(client)

    answer = client.post(address(), form())

    assert answer.status_code == 200
    assert answer.context["changes"] == []
    assert plan().versions.count() == 2


def test_the_preview_says_which_targets_change_and_how_many_open_clocks_stand_on_them(client):
    signed_in(client)
    for _turn in range(2):
        make_case_with_clocks(severity=Severity.S2, at=db_now())
    make_case_with_clocks(severity=Severity.S3, at=db_now())

    changes = client.post(address(), form(time_A2="30m", time_R0="3h")).context["changes"]

    assert [
        (one.metric, one.severity, one.before.split(" ")[0], one.after.split(" ")[0], one.open) for one in changes
    ] == [
        (Metric.ACKNOWLEDGE, Severity.S2, "1h", "30m", 2),
        (Metric.RESOLVE, Severity.S0, "4h", "3h", 0),
    ]
    assert plan().versions.count() == 2


def test_publishing_makes_a_version_with_who_and_why(client):
    admin = signed_in(client)

    answer = client.post(address(), form("publish", time_A2="1h 30m", warnings_A2="50, 75 90%"))

    version = plan().versions.get(number=3)
    target = version.targets.get(metric="A", severity=2)
    assert answer.status_code == 302
    assert (version.published_by, version.note) == (admin, "Agreed with vendors")
    assert (target.seconds, target.warn_percent) == (5400, [50, 75, 90])
    assert Event.objects.filter(kind="sla_plan.published").count() == 1
    assert "Agreed with vendors" in client.get("/admin/sla/").content.decode()


@pytest.mark.parametrize(
    ("changes", "row", "field"),
    [
        ({"time_A0": ""}, "A0", "time"),
        ({"time_A0": "soon"}, "A0", "time"),
        ({"time_A0": "-5m"}, "A0", "time"),
        ({"time_A0": "5"}, "A0", "time"),
        ({"time_A0": "٥m"}, "A0", "time"),
        ({"calendar_A0": "nowhere"}, "A0", "calendar"),
        ({"warnings_F1": "0"}, "F1", "warnings"),
        ({"warnings_F1": "100"}, "F1", "warnings"),
        ({"warnings_F1": "half"}, "F1", "warnings"),
        ({"time_R3": "9h\x00"}, None, None),
        ({"grace_F1": "soon"}, "F1", "grace"),
        ({"reopen_R1": "sometimes"}, "R1", "reopen"),
    ],
)
@pytest.mark.parametrize("do", ["check", "publish"])
def test_bad_targets_are_refused_by_their_row_and_what_was_typed_is_kept(client, changes, row, field, do):
    signed_in(client)

    answer = client.post(address(), form(do, **changes, note="Typed why"))

    if row is None:
        assert answer.status_code in (200, 302)
        return
    wrong = {one.id: one.errors for one in answer.context["rows"] if one.errors}
    assert answer.status_code == 422
    assert list(wrong) == [row]
    assert field in wrong[row]
    assert "Typed why" in answer.content.decode()
    assert plan().versions.count() == 2


@pytest.mark.parametrize("time", ["0m", "999d", "999999m"])
def test_the_operation_refuses_a_target_out_of_range_by_its_row(client, time):
    signed_in(client)

    answer = client.post(address(), form("publish", time_A0=time))

    assert answer.status_code == 422
    assert "time" in answer.context["rows"][0].errors


def test_publishing_needs_a_reason(client):
    signed_in(client)

    answer = client.post(address(), form("publish", note=" "))

    assert answer.status_code == 422
    assert answer.context["note_errors"]


def test_a_version_published_meanwhile_is_shown_before_it_is_replaced(client):
    signed_in(client)
    mine = form("publish", time_A2="20m")
    client.post(address(), form("publish", time_A2="30m", note="Theirs"))

    first = client.post(address(), mine)

    assert first.status_code == 409
    assert "Theirs" in first.content.decode()
    assert 'value="20m"' in first.content.decode()
    assert client.post(address(), mine | {"base": first.context["base"]}).status_code == 302


def test_days_are_refused_in_an_office_calendar_whose_days_are_shorter(client):
    internal_organization()
    ensure_defaults(at=db_now())
    signed_in(client)

    refused = client.post(address(), form("publish", time_R4="7d", calendar_R4="office-dublin"))
    taken = client.post(address(), form("publish", time_R4="45h", calendar_R4="office-dublin"))

    assert refused.status_code == 422
    assert "shorter than 24 hours" in refused.content.decode()
    assert taken.status_code == 302
    shown = dict(client.get("/admin/sla/").context["table"])[Metric.RESOLVE][4]
    assert (shown.time, shown.calendar) == ("45h", "Dublin office hours")


def test_the_tester_counts_in_the_targets_calendar(client):
    internal_organization()
    publish_calendar_version(
        key="berlin",
        name="Berlin",
        rules={"zone": "Europe/Berlin", "weekly": WEEK},
        reason="Test",
        by=None,
        at=db_now(),
    )
    signed_in(client)
    client.post(address(), form("publish", time_A2="1h", calendar_A2="berlin"))

    # W3 of sla.md: a Friday, half an hour before closing.
    answer = client.get("/admin/sla/", {"severity": "2", "start": "2026-06-05T14:30"})

    found = {one.metric: one for one in answer.context["tested"]}
    assert found[Metric.ACKNOWLEDGE].due_at.isoformat() == "2026-06-08T07:30:00+00:00"
    assert found[Metric.FIRST_RESPONSE].due_at.isoformat() == "2026-06-05T18:30:00+00:00"


@pytest.mark.parametrize(
    "asked",
    [
        {"severity": "9", "start": "2026-06-05T14:30"},
        {"severity": "2", "start": "yesterday"},
        {"severity": "2", "start": "9999-12-31T23:59"},
        {"severity": "2", "start": "0001-01-01T00:00"},
        {"severity": "2"},
    ],
)
def test_a_tester_that_cannot_be_answered_says_so(client, asked):
    signed_in(client)

    assert client.get("/admin/sla/", asked).status_code == 422


def test_earlier_versions_are_shown_and_unknown_ones_are_missing(client):
    signed_in(client)
    client.post(address(), form("publish", time_A2="30m"))

    earlier = client.get("/admin/sla/", {"version": "1"})

    assert dict(earlier.context["table"])[Metric.ACKNOWLEDGE][2].time == "1h"
    for asked in ({"version": "9"}, {"version": "x"}, {"plan": "999999"}, {"plan": "x"}):
        assert client.get("/admin/sla/", asked).status_code == 404
    assert client.get("/admin/sla/999999/edit/").status_code == 404


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15m", 900),
        ("4h", 14400),
        ("1h 30m", 5400),
        ("1h30m", 5400),
        ("7d", 604800),
        ("1D 2H", 93600),
        (" 90 m ", 5400),
    ],
)
def test_times_are_read_as_people_write_them(text, seconds):
    assert seconds_of(text, calendar_key="always") == seconds


@pytest.mark.parametrize("seconds", [60, 900, 3600, 5400, 86400, 172800, 259200, 604800, 34560000])
@pytest.mark.parametrize("key", ["always", "office"])
def test_times_are_written_so_that_they_are_read_the_same(seconds, key):
    assert seconds_of(words_of(seconds, calendar_key=key), calendar_key=key) == seconds


def test_a_target_for_any_severity_fills_the_rows_without_their_own(client):
    from tests.factories.clocks import make_plan

    version: SlaPlanVersion = make_plan({"A": 600, "A0": 60, "F": 600, "R": 6000}, at=db_now() - timedelta(days=1))

    rows = {row.id: row.time for row in rows_of(version.targets.select_related("calendar"))}

    assert (rows["A0"], rows["A1"], rows["R4"]) == ("1m", "10m", "1h 40m")
