"""Figures counted a second and a third time: from the events, and from the API's feed by a program that knows nothing of ours."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Compartment, Organization, User
from escalations.demo import seeding
from escalations.demo.plan import make_plan
from escalations.models import Case
from escalations.operations import closing, disputes
from reporting.models import CaseFact, ClockFact
from reporting.selectors import figures
from reporting.selectors.figures import Scope, Window
from reporting.selectors.reconciliation import reconcile
from tests.factories.people import make_key

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
SCRIPT = Path(__file__).parents[2] / "scripts" / "recompute_kpis.py"
WEEKS = ["2026-W45", "2026-W46", "2026-W47"]
EVERYTHING = Scope(labels=frozenset(Compartment.values))


def window_of(week: str) -> Window:
    monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    return Window(monday, monday + timedelta(days=7))


@pytest.mark.django_db(transaction=True)
def test_the_demo_counted_from_events_and_from_the_feed_comes_to_the_same(live_url):
    plan = make_plan(seed=7, days=20, now=NOW, cases=48)
    seeding.build_stage(at=NOW - timedelta(days=21))
    for _done in seeding.play(plan.open_cases + plan.past, seeding.read_stage(), now=NOW):
        pass
    _come_back()
    call_command("rebuild_reports", stdout=StringIO())

    assert CaseFact.objects.filter(
        triage="valid", decided_at=None
    ).exists()  # a return that was taken back counts as valid

    counted = {week: reconcile(window_of(week), at=NOW) for week in WEEKS}

    assert [each.differences for each in counted.values()] == [[], [], []]
    assert not any(each.left_out for each in counted.values())
    assert sum(each.cases for each in counted.values()) > 35
    assert sum(each.clocks for each in counted.values()) > 80
    assert all(any(each.figures[key][0] for each in counted.values()) for key in ("reopens", "breaches", "decisions"))

    for week, found in _recomputed(live_url, Organization.objects.get(kind="internal"), weeks=WEEKS).items():
        gaps, flow = found.pop("gap_decisions"), found.pop("net_flow")
        shown = {
            key: figures.figure(key, scope=EVERYTHING, window=window_of(week), at=NOW) for key in [*found, "gap_rate"]
        }
        ours = {
            key: shown[key].numerator / shown[key].denominator if shown[key].too_small else shown[key].value
            for key in found
        }
        assert found == pytest.approx(ours, rel=1e-12), week
        assert gaps <= (shown["gap_rate"].numerator or 0)
        assert flow == ours["volume"] - ours["closes"] + ours["reopens"]

    # With a vendor's key, what its feed tells of its own cases.
    vendor = Organization.objects.get(slug="northgate")
    outward = _recomputed(live_url, vendor, weeks=WEEKS[-1:])[WEEKS[-1]]
    scope, window = Scope.of_vendor(vendor.pk), window_of(WEEKS[-1])
    assert all(outward[key] for key in ("raw_volume", "closes", "full_ttr_p50"))
    assert outward == {key: figures.figure(key, scope=scope, window=window, at=NOW).value for key in outward}

    refused = _run_script(live_url, "wf_live_none", weeks=WEEKS[:1])
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("The key is refused (401)")

    # What has gone wrong is named, and mended by a rebuild.
    spoilt = CaseFact.objects.filter(first_closed_at__isnull=False, is_child=False).order_by("first_closed_at").last()
    CaseFact.objects.filter(pk=spoilt.pk).update(touches=spoilt.touches + 1)
    ClockFact.objects.filter(is_met=True, case_id=spoilt.pk).update(is_met=False)
    year, number, _day = spoilt.first_closed_at.isocalendar()
    wrong = reconcile(window_of(f"{year}-W{number:02}"), at=NOW).differences
    assert {each.case_id for each in wrong} >= {spoilt.pk, None}
    assert "touches" in {each.what for each in wrong}
    with pytest.raises(CommandError, match="differences"):
        call_command("reconcile_reports", week=f"{year}-W{number:02}", stdout=StringIO(), stderr=StringIO())


def _recomputed(address: str, organization: Organization, *, weeks: list[str]) -> dict[str, dict[str, float | None]]:
    done = _run_script(address, make_key(organization=organization, scopes=["submissions:read"])[1], weeks=weeks)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, float | None]] = json.loads(done.stdout)
    return found


def _run_script(address: str, token: str, *, weeks: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", SCRIPT, address, *(part for week in weeks for part in ("--week", week))],
        env={"WATCHFLOOR_KEY": token, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _come_back() -> None:
    """Two closed cases are opened again, and of one that was sent back it is found that it should not have been."""
    lead = User.objects.filter(role_grants__role="LD").first()
    old = Case.objects.filter(is_open=False, parent=None, received_at__lt=NOW - timedelta(days=6)).order_by("closed_at")
    returned = old.filter(resolution="invalid", organization__kind="vendor").first()
    for case, days in zip(old.exclude(resolution__in=["merged", "invalid"])[:2], (2, 5), strict=True):
        closing.reopen_case(
            case_id=case.pk, reason="They wrote again.", by=lead, at=case.closed_at + timedelta(days=days)
        )
    at = returned.closed_at + timedelta(days=1)
    vendor = User.objects.filter(organization=returned.organization, role_grants__role="VL").first()
    dispute = disputes.file_dispute(case_id=returned.pk, text="It is a threat.", by=vendor, at=at)
    leads = User.objects.filter(role_grants__role="LD").exclude(pk=dispute.rejected_by_id)
    disputes.answer_dispute(
        dispute_id=dispute.pk, upheld=True, answer="It is.", by=leads.first(), at=at + timedelta(days=1)
    )


def test_the_script_imports_nothing_of_the_product():
    text = SCRIPT.read_text()
    imported = {line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}

    assert imported <= set(sys.stdlib_module_names)
    assert importlib.util.spec_from_file_location("recompute", SCRIPT) is not None


@pytest.mark.django_db
def test_a_week_that_is_none_is_refused():
    with pytest.raises(CommandError, match="no ISO week"):
        call_command("reconcile_reports", week="2026-11")
