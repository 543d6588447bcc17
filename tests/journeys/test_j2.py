"""J2: find a wave of near-duplicates, merge it and decide it once, within twelve keys and 25 typed characters (ux.md §20)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from audit.models import AccessRecord
from core.clock import db_now
from core.ids import new_id
from escalations.lifecycle import CaseStatus, DecisionState, Resolution
from escalations.models import Case, Decision, Evidence
from escalations.operations import timers
from tests.factories.clocks import make_case_with_clocks
from tests.factories.people import make_vendor
from tests.journeys.inputs import Hands

pytestmark = pytest.mark.browser
HASH = "9f86d0818" + "0" * 55
WAVE = 40


def a_wave() -> list[Case]:
    """Cases of three submitters about the same picture, and one case of another."""
    vendors = [make_vendor() for _ in range(3)]
    wave = []
    for number in range(WAVE + 1):
        case = make_case_with_clocks(
            at=db_now(),
            organization=vendors[number % 3],
            title=f"Fake broker, sighting {number}" if number < WAVE else "Something else",
            surface="ads",
            suspected_policy="AD-FR-2.1",
        )
        Evidence.objects.create(
            organization=case.organization,
            case=case,
            number=1,
            public_id=new_id(),
            kind="text",
            text="Guaranteed 8 % a week",
            sha256=HASH if number < WAVE else "0" * 64,
            added_at=db_now(),
        )
        wave.append(case)
    return wave


def test_twelve_keys_from_the_filter_to_one_decision_for_forty_cases(page: Page, live_url: str, ana: User) -> None:
    wave = a_wave()
    page.goto(f"{live_url}/q/")
    hands = Hands(page)

    hands.press("/")
    hands.type("hash:9f86d081 is:open")
    hands.press("Enter")
    expect(page.locator("#rows tbody tr")).to_have_count(WAVE)
    hands.press("*", physical=2)
    expect(page.locator("[data-ui-bulk]")).to_be_visible()
    hands.press("Shift+M")
    expect(page.locator("#dlg")).to_contain_text("40 cases")
    hands.press("Enter")
    expect(page).to_have_url(re.compile(r"/c/ESC-\d+/"), timeout=20_000)  # forty cases in one transaction
    expect(page.locator("#sample")).to_contain_text("40 merged cases")
    hands.press("o")
    expect(page.locator("#sample .samples li")).to_have_count(5)
    hands.press("1")
    hands.press("Enter")
    hands.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Decided", timeout=20_000)

    assert hands.keys <= 12
    assert hands.characters <= 25
    parent = Case.objects.get(cluster_size=WAVE)
    assert parent.status == CaseStatus.DECIDED
    assert AccessRecord.objects.filter(what="case.sample", actor_id=ana.pk).count() == 5
    timers.fire_of_case(parent.pk, until=Decision.objects.get(case=parent).hold_until)
    children = Case.objects.filter(parent=parent)
    outcomes = Decision.objects.filter(case__in=children, state=DecisionState.EFFECTIVE)
    assert set(children.values_list("resolution", flat=True)) == {Resolution.MERGED}
    assert outcomes.count() == WAVE
    other = Case.objects.get(pk=wave[-1].pk)
    assert other.parent is None
    assert not Decision.objects.filter(case=other).exists()
