"""Plans beside their targets: conditions, caps, what an edit moves, orders to apply it, the tester with facts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from core.errors import NotPermitted
from escalations.api.documentation import SUBMIT_EXAMPLE
from escalations.lifecycle import Metric, Severity
from escalations.models import SlaClock, SlaJob, SlaPlan
from escalations.operations import sla_jobs
from escalations.operations.sla_plans import TargetInput, publish_plan_version
from oncall.models import Calendar
from tests.escalations.test_admin_sla import address, form, plan
from tests.factories.cases import make_queue
from tests.factories.clocks import OFFICE, make_calendar, make_case_with_clocks, make_plan
from tests.factories.people import internal_organization, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def admin(client: Client) -> User:
    internal_organization()
    user = make_user(roles=[Role.ADMIN, Role.LEAD])
    client.force_login(user)
    return user


def new_edition(admin: User, of: SlaPlan, *, hours: int = 2) -> None:
    targets = [
        TargetInput(metric, None, hours * 3600, "always")
        for metric in (Metric.ACKNOWLEDGE, Metric.FIRST_RESPONSE, Metric.RESOLVE)
    ]
    publish_plan_version(plan_id=of.pk, targets=targets, note="Shorter", by=admin, at=db_now())


def test_a_condition_is_published_shown_and_compared(client: Client, admin: User) -> None:
    client.post(address(), form("publish", condition="surface:ads"))

    newest = plan().versions.get(number=3)
    assert newest.condition == "surface:ads"
    text = client.get(f"/admin/sla/?plan={plan().pk}").content.decode()
    assert "surface:ads" in text
    assert "What version 3 changed from version 2" in text


@pytest.mark.parametrize("do", ["check", "publish"])
def test_a_condition_that_cannot_be_is_refused_and_kept(client: Client, admin: User, do: str) -> None:
    answer = client.post(address(), form(do, condition="surfce:ads"))

    assert answer.status_code == 422
    assert answer.context["condition_errors"]
    assert 'value="surfce:ads"' in answer.content.decode()
    assert plan().versions.count() == 2


def test_caps_are_published_and_taken_away(client: Client, admin: User) -> None:
    client.post(address(), form("publish", cap_submitter_R2="40h"))
    assert plan().versions.get(number=3).targets.get(metric="R", severity=2).pause_caps == {
        "submitter": {"seconds": 144000}
    }

    client.post(address(), form("publish", cap_submitter_R2=""))
    assert plan().versions.get(number=4).targets.get(metric="R", severity=2).pause_caps == {}


def test_grace_and_how_a_reopened_case_is_counted_are_published_and_taken_back(client: Client, admin: User) -> None:
    client.post(address(), form("publish", grace_F2="20m", reopen_R2="fresh"))
    targets = plan().versions.get(number=3).targets
    assert targets.get(metric="F", severity=2).grace_s == 1200
    assert targets.get(metric="R", severity=2).reopen == "fresh"
    page = client.get("/admin/sla/").content.decode()
    assert "grace 20m" in page
    assert "Start afresh" in page

    shown = client.post(address(), form(grace_F2="", reopen_R2="continue")).context["changes"]
    assert [(str(one.metric), one.before.split(" · ")[-1]) for one in shown] == [
        ("F", "grace 20m"),
        ("R", "Start afresh"),
    ]
    client.post(address(), form("publish", grace_F2="", reopen_R2="continue"))
    targets = plan().versions.get(number=4).targets
    assert targets.get(metric="F", severity=2).grace_s is None
    assert targets.get(metric="R", severity=2).reopen == "continue"


@pytest.mark.parametrize(
    "change", [{"cap_submitter_R2": "soon"}, {"cap_external_R2": "5wd"}, {"cap_submitter_R2": "999wd"}]
)
def test_caps_that_cannot_be_are_refused_by_their_row(client: Client, admin: User, change: dict[str, str]) -> None:
    answer = client.post(address(), form("publish", **change))

    assert answer.status_code == 422
    assert [row.id for row in answer.context["rows"] if row.errors.get("caps")] == ["R2"]


def test_the_preview_counts_clocks_that_would_change_with_examples(client: Client, admin: User) -> None:
    case = make_case_with_clocks(severity=Severity.S2, at=db_now())

    answer = client.post(address(), form(time_A2="30m"))

    impact = answer.context["impact"]
    assert (impact.moved, [move.ref for move in impact.rows]) == (1, [case.ref])
    assert "1 open clock would change" in answer.content.decode()
    assert client.post(address(), form()).context["impact"].moved == 0


def test_an_edition_is_applied_as_a_job_in_batches(
    client: Client, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sla_jobs, "BATCH", 1)
    standing = make_plan({"A": 4 * 3600, "F": 4 * 3600, "R": 4 * 3600}).plan
    for _turn in range(3):
        make_case_with_clocks(at=db_now())
    new_edition(admin, standing)
    page = client.get(f"/admin/sla/apply/?plan={standing.pk}")
    assert (page.context["stale"], page.context["impact"].moved) == (9, 9)
    assert "9 open clocks stand on earlier versions" in client.get(f"/admin/sla/?plan={standing.pk}").content.decode()

    answer = client.post(f"/admin/sla/apply/?plan={standing.pk}")

    job = SlaJob.objects.get()
    assert answer["Location"] == f"/admin/sla/jobs/{job.pk}/"
    assert (job.total, job.left, job.percent) == (9, 9, 0)
    assert sla_jobs.run_jobs(limit=1) == 1
    job.refresh_from_db()
    assert (job.state, job.changed, job.left, job.percent) == (SlaJob.State.RUNNING, 3, 6, 33)
    assert (
        'hx-trigger="every 2s"'
        in client.get(f"/admin/sla/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    )
    sla_jobs.run_jobs()
    job.refresh_from_db()
    assert (job.state, job.changed, job.left) == (SlaJob.State.DONE, 9, 0)
    assert set(SlaClock.objects.values_list("target_s", flat=True)) == {7200}
    assert "every 2s" not in client.get(f"/admin/sla/jobs/{job.pk}/").content.decode()
    again = client.post(f"/admin/sla/apply/?plan={standing.pk}")
    assert again.status_code == 409
    assert "No open clock" in again.content.decode()


def test_a_job_is_ordered_once_and_stops_between_batches(client: Client, admin: User) -> None:
    standing = make_plan({"A": 4 * 3600, "F": 4 * 3600, "R": 4 * 3600}).plan
    make_case_with_clocks(at=db_now())
    new_edition(admin, standing)
    client.post(f"/admin/sla/apply/?plan={standing.pk}")

    assert client.post(f"/admin/sla/apply/?plan={standing.pk}").status_code == 409
    job = SlaJob.objects.get()
    client.post(f"/admin/sla/jobs/{job.pk}/")

    assert sla_jobs.run_jobs() == 0
    job.refresh_from_db()
    assert (job.state, job.left) == (SlaJob.State.STOPPED, 3)


def test_a_calendars_edition_is_applied_and_one_to_come_is_not(client: Client, admin: User) -> None:
    calendar: Calendar = make_calendar({"zone": "UTC", "weekly": OFFICE}, at=db_now() - HOUR)
    make_plan({"A": 3600, "F": 3600, "R": 400 * 3600}, calendar=calendar)
    make_case_with_clocks(at=db_now())
    longer = {day: [["08:00", "20:00"]] for day in OFFICE}
    values: dict[str, Any] = {"rules": {"zone": "UTC", "weekly": longer}, "reason": "Longer"}
    later = calendar.versions.create(number=2, published_at=db_now(), effective_at=db_now() + 5 * HOUR, **values)
    assert client.post(f"/admin/sla/apply/?calendar={calendar.key}").status_code == 409

    newest = calendar.versions.create(number=3, published_at=db_now(), **values)
    client.post(f"/admin/sla/apply/?calendar={calendar.key}")
    sla_jobs.run_jobs()

    assert SlaJob.objects.get().state == SlaJob.State.DONE
    assert set(SlaClock.objects.values_list("calendar_version_id", flat=True)) == {newest.pk}
    assert later.pk != newest.pk


def test_a_job_whose_orderer_lost_the_right_fails_and_says_so(admin: User) -> None:
    standing = make_plan({"A": 4 * 3600, "F": 4 * 3600, "R": 4 * 3600}).plan
    make_case_with_clocks(at=db_now())
    new_edition(admin, standing)
    job = sla_jobs.order_apply(standing, by=admin, at=db_now())
    admin.is_active = False
    job.asked_by = make_user(roles=[Role.SPECIALIST])
    job.save()

    sla_jobs.run_jobs()

    job.refresh_from_db()
    assert job.state == SlaJob.State.FAILED
    assert "NotPermitted" in job.last_error


def test_only_administrators_order_and_stop(admin: User) -> None:
    lead = make_user(roles=[Role.LEAD])

    with pytest.raises(NotPermitted):
        sla_jobs.order_apply(plan(), by=lead, at=db_now())


def test_a_plan_is_made_moved_switched_off_and_on(client: Client, admin: User) -> None:
    answer = client.post("/admin/sla/new/", {"name": "Vendors", "position": "0"})
    made = SlaPlan.objects.get(name="Vendors")
    assert answer["Location"] == f"/admin/sla/{made.pk}/edit/"
    assert "Nothing is promised yet" in client.get(f"/admin/sla/?plan={made.pk}").content.decode()

    client.post(f"/admin/sla/{made.pk}/change/", {"do": "save", "name": "All vendors", "position": "7"})
    client.post(f"/admin/sla/{made.pk}/change/", {"do": "off"})
    made.refresh_from_db()
    assert (made.name, made.position, made.is_active) == ("All vendors", 7, False)
    client.post(f"/admin/sla/{made.pk}/change/", {"do": "on"})
    made.refresh_from_db()
    assert made.is_active


@pytest.mark.parametrize(
    ("sent", "field"),
    [({"name": "", "position": "1"}, "name"), ({"name": "Standard", "position": "1"}, "name"), ({"name": "X", "position": "-1"}, "position"), ({"name": "X", "position": "1e9"}, "position")],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_by_its_field(
    client: Client, admin: User, sent: dict[str, str], field: str
) -> None:
    answer = client.post("/admin/sla/new/", sent)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_facts_say_plan_target_due_time_and_why_and_leave_nothing(client: Client, admin: User) -> None:
    make_queue(slug="general", is_default=True)
    make_plan({"A": 600, "F": 600, "R": 6000}, condition="surface:commerce")
    body = json.dumps(
        {name: value for name, value in SUBMIT_EXAMPLE.items() if name != "external_ref"} | {"surface": "ads"}
    )

    answer = client.post("/admin/sla/tester/", {"organization": admin.organization_id, "body": body})

    assert answer.status_code == 200, answer.context["form"].errors
    assert {why.clock.metric for why in answer.context["found"].clocks} >= {"A", "F", "R"}
    assert [one.condition for one in answer.context["passed"]] == ["surface:commerce"]
    text = answer.content.decode()
    assert "Standard" in text
    assert not SlaClock.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", '{"a": 1}', "x" * 10])
def test_facts_that_cannot_be_read_are_refused(client: Client, admin: User, body: str) -> None:
    answer = client.post("/admin/sla/tester/", {"organization": admin.organization_id, "body": body})

    assert answer.status_code == 422
    assert "body" in answer.context["form"].errors


@pytest.mark.parametrize(
    ("role", "reads", "edits"), [(Role.SPECIALIST, 403, 403), (Role.LEAD, 403, 403), (Role.AUDITOR, 200, 403)]
)
def test_who_sees_and_who_changes_plans(client: Client, role: Role, reads: int, edits: int) -> None:
    internal_organization()
    client.force_login(make_user(roles=[role]))

    assert client.get("/admin/sla/tester/").status_code == reads
    assert client.get("/admin/sla/new/").status_code == edits
    assert client.get(f"/admin/sla/apply/?plan={plan().pk}").status_code == edits
    assert client.post(f"/admin/sla/{plan().pk}/change/", {"do": "off"}).status_code == edits


@pytest.mark.parametrize(
    "path", ["apply/", "apply/?plan=999999", "apply/?calendar=nowhere", "jobs/999999/", "999999/change/"]
)
def test_unknown_ones_are_missing(client: Client, admin: User, path: str) -> None:
    method = client.post if "change" in path else client.get

    assert method(f"/admin/sla/{path}").status_code == 404
