"""Charts of report pages in a real Chromium: both themes, a wide screen and a phone, by keyboard to the rows."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from reporting.models import CaseFact, ClosingFact, DecisionFact
from tests import browsers
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_user, make_vendor
from tests.factories.policies import make_version

pytestmark = pytest.mark.browser
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HARMS = ("spam", "fraud_scam", "hate", "violence", "csae", "privacy", "counterfeit", "other")
LONG = "Fulfilment and Moderation Services of the Northern Provinces, Limited"


@pytest.fixture
def lead(browser_context: BrowserContext, live_url: str) -> User:
    person = make_user(roles=[Role.LEAD, Role.QUALITY], name="Lea Lind")
    browsers.sign_in(browser_context, person, url=live_url)
    return person


@pytest.fixture
def past(lead: User) -> None:
    """Three months of cases: some open for weeks, some that came back, handle time, decisions under three clauses."""
    at: datetime = db_now()
    vendors = []
    for name in ("Northgate", LONG, "شركة الاعتدال"):
        vendor = make_vendor()
        vendor.name = name
        vendor.save(update_fields=["name"])
        vendors.append(vendor)
    queue = make_queue()
    clauses = [make_version(number=2, start=at - 60 * DAY).policy.key for _ in range(2)]
    facts, closes, decided = [], [], []
    for number in range(170):
        received = at - HOUR * (number * 15 + number % 7)
        is_open = number % 20 == 3 or number < 4
        took = HOUR * (2 + number * 7 % 90)
        closed_at = None if is_open or received + took > at else received + took
        vendor = vendors[number % 7 // 3]
        case_id = make_case(organization=vendor, queue=queue, received_at=received, at=received).pk
        facts.append(
            CaseFact(
                case_id=case_id,
                organization=vendor,
                queue_id=queue.pk,
                severity=number * 3 % 5,
                severity_first=2,
                harm=HARMS[number * number % 11 % 8],
                market="DE",
                language=("es", "pt-BR", "de", "ar", "hi", "id", "tl")[number % 13 % 7],
                surface="ads" if number % 3 else "organic",
                channel="api",
                shift="day",
                clause=clauses[number % 5 // 3],
                is_child=False,
                received_at=received,
                is_open=closed_at is None,
                first_closed_at=closed_at,
                last_closed_at=closed_at,
                triage="valid",
                triaged_at=closed_at,
                handle_s=90.0 + number * 37 % 2400,
                touches=1 + number % 2,
            )
        )
        if closed_at is None:
            continue
        closes.append(
            ClosingFact(organization=vendor, case_id=case_id, number=1, closed_at=closed_at, resolution="no_violation")
        )
        decided.append(
            DecisionFact(
                organization=vendor,
                decision_id=number + 1,
                case_id=case_id,
                decided_at=closed_at,
                effective_at=closed_at,
                verdict="no_violation",
                clause=clauses[number % 5 // 3],
                is_repeat=False,
                is_gap=number % 23 == 0,
                is_graphic=False,
                was_shielded=False,
                overturned_at=at if number % 17 == 0 else None,
            )
        )
    CaseFact.objects.bulk_create(facts)
    ClosingFact.objects.bulk_create(closes)
    DecisionFact.objects.bulk_create(decided)


def test_charts_are_readable_in_both_themes_on_a_phone_and_lead_to_rows_by_keyboard(page: Page, past: None):
    for key in ("volume", "policy", "people", "quality"):
        page.goto(f"/reports/{key}/?whole=1")
        expect(page.locator(".panel").last).to_contain_text("As of")
        assert not page.get_by_text("the fault is in the log").count()
        assert browsers.faults(page) == [], key

    page.goto("/reports/volume/?whole=1")
    column = page.locator("#panel-ch-10 svg a").first
    column.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/q/\?q=received"))
