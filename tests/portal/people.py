"""A vendor with its people and what they sent, for tests of the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.test import Client

from accounts.models import Organization, User
from accounts.roles import Role
from escalations.lifecycle import Channel, Verdict
from escalations.models import Case
from escalations.operations import intake, submission_input, timers
from escalations.operations.claims import claim_case
from escalations.operations.decisions import Ruling, decide_case
from tests.factories.cases import make_queue
from tests.factories.people import make_user, make_vendor
from tests.factories.policies import make_version

BODY = {
    "title": "Fake broker ads",
    "ask": "Pause these ads.",
    "surface": "ads",
    "harm": "fraud_scam",
    "market": "CO",
    "severity_claimed": "S2",
    "severity_reason": "Money is lost today",
    "evidence": [{"kind": "text", "text": "Guaranteed 40 % a month"}],
}


@dataclass(frozen=True)
class Vendor:
    """An organization, its lead and one who submits."""

    organization: Organization
    lead: User
    submitter: User


def make_portal_vendor() -> Vendor:
    make_queue(is_default=True)
    organization = make_vendor()
    lead = make_user(roles=[Role.VENDOR_LEAD], organization=organization)
    return Vendor(organization, lead, make_user(roles=[Role.VENDOR_SUBMITTER], organization=organization))


def send_in(by: User, *, at: datetime, where: str = "https://vid.example/ads/7731", **changes: object) -> Case:
    """A case that `by` submitted."""
    body = BODY | {"subjects": [{"kind": "ad", "url": where}]} | changes
    payload = submission_input.read(body, at=at)
    return intake.submit(payload=payload, by=by, channel=Channel.PORTAL, at=at).case


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def decide(case: Case, *, at: datetime) -> User:
    """Somebody of the team decides that no rule is broken, and it is in force; answers who."""
    decider = make_user(roles=[Role.LEAD], name="Deci Der")
    claim_case(case_id=case.pk, by=decider, at=at)
    ruling = Ruling(
        verdict=Verdict.NO_VIOLATION, clause_id=make_version().pk, elements=[], rationale="Satire, as its frame says."
    )
    decide_case(case_id=case.pk, by=decider, at=at, ruling=ruling)
    timers.fire_due_timers(at=at + timedelta(minutes=10))
    case.refresh_from_db()
    return decider
