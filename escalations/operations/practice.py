"""The practice lane: five invented, harmless cases of one's own, handled with the real pages (ux.md FST-2).

Practice cases are sandbox cases that only their person sees, without clocks; no queue, figure or report holds them. While
somebody practises, "next best" gives them these and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization, User
from accounts.operations import people
from accounts.permissions import can, check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import Invalid
from core.references import permute
from escalations import events
from escalations.lifecycle import Channel, GraphicTier, Harm, Severity, Surface
from escalations.models import Case
from escalations.operations import routing
from policies.models import PolicyVersion

ON, DONE, SKIPPED = "on", "done", "skipped"


@dataclass(frozen=True)
class _Lesson:
    title: object
    ask: object
    surface: Surface
    harm: Harm
    clause: str
    severity: Severity


_LESSONS = (
    _Lesson(
        gettext_lazy("Practice: an ad promises guaranteed daily returns"),
        gettext_lazy(
            "An invented broker, Orbix Yield, promises 4 % a day without risk. The page behind the ad asks for card details "
            "before it says who runs it. May it stay?"
        ),
        Surface.ADS,
        Harm.FRAUD_SCAM,
        "AD-FR-2.1",
        Severity.S3,
    ),
    _Lesson(
        gettext_lazy("Practice: the same link under two hundred news posts"),
        gettext_lazy("Thirty new accounts post one shop's link under unrelated news within an hour. Is it spam?"),
        Surface.ORGANIC,
        Harm.SPAM,
        "CS-SP-1.1",
        Severity.S4,
    ),
    _Lesson(
        gettext_lazy("Practice: a seller takes money and ships nothing"),
        gettext_lazy(
            "Thirty-two buyers of the invented shop Velda Home wrote this week. Nothing was delivered to any."
        ),
        Surface.COMMERCE,
        Harm.FRAUD_SCAM,
        "CO-OF-1.1",
        Severity.S3,
    ),
    _Lesson(
        gettext_lazy("Practice: a page pretends to be the town of Kestrel Bay"),
        gettext_lazy(
            "It copies the town's seal and asks residents for a fee. The town confirmed that it is not theirs."
        ),
        Surface.ORGANIC,
        Harm.IMPERSONATION,
        "CS-AU-1.1",
        Severity.S3,
    ),
    _Lesson(
        gettext_lazy("Practice: copies of bags offered as originals"),
        gettext_lazy(
            "A listing by an invented seller shows the maker's mark. The rights holder says that the bags are copies."
        ),
        Surface.COMMERCE,
        Harm.IP,
        "CO-CF-1.1",
        Severity.S4,
    ),
)


def may_practise(person: User) -> bool:
    """Whether practising makes sense for them: they claim and decide."""
    return person.is_internal and can(person, Action.CASE_CLAIM) and can(person, Action.CASE_DECIDE)


@transaction.atomic
def begin(*, by: User, at: datetime, filters: Sequence[str] = ()) -> User:
    """Start practising, or start anew: five fresh cases, earlier ones are left behind.

    `at` is aware UTC; `filters` are the person's recent ones, so that a new one can be told. Records `case.created` for each.
    Raises `NotPermitted`, and `Invalid` where the clauses of the practice cases are not in force here.
    """
    check_can(by, Action.CASE_CLAIM)
    check_can(by, Action.CASE_DECIDE)
    keys = [lesson.clause for lesson in _LESSONS]
    there = set(
        PolicyVersion.objects.effective(at=at).filter(policy__key__in=keys).values_list("policy__key", flat=True)
    )
    if there != set(keys):
        raise Invalid(
            _("Practice cites clauses of the policy library that are not in force here. An administrator loads them."),
            code="no_library",
        )
    refs = [_make(lesson, by=by, at=at).ref for lesson in _LESSONS]
    state = {"state": ON, "began_at": at.isoformat(), "refs": refs, "filters": list(filters)}
    return people.save_settings(user=by, at=at, practice_state=state)


def end(*, by: User, at: datetime, state: str) -> User:
    """Finish practising (`DONE`) or leave it (`SKIPPED`); "next best" gives real cases again. It can be begun anew."""
    if state not in (DONE, SKIPPED):
        raise ValueError(f"practice does not end as {state}")
    return people.save_settings(
        user=by, at=at, practice_state={**by.practice_state, "state": state, "ended_at": at.isoformat()}
    )


def _make(lesson: _Lesson, *, by: User, at: datetime) -> Case:
    internal = Organization.objects.get(kind=Organization.Kind.INTERNAL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('escalations_case', 'id'))")
        number = int(cursor.fetchone()[0])
    case = Case(
        pk=number,
        ref=f"ESC-{permute(number, key=settings.REFERENCE_KEY)}",
        organization=internal,
        channel=Channel.MANUAL,
        is_sandbox=True,
        is_practice_for=by,
        title=str(lesson.title),
        ask=str(lesson.ask),
        surface=lesson.surface,
        harm=lesson.harm,
        suspected_policy=lesson.clause,
        language="en",
        severity=lesson.severity,
        severity_why=[{"level": f"S{int(lesson.severity)}", "because": _("set for practice")}],
        graphic_tier=GraphicTier.G0,
        queue=routing.ensure_default_queue(),
        received_at=at,
        order_at=at,
        updated_at=at,
    )
    case.save(force_insert=True)
    record(
        events.CASE_CREATED,
        subject=case,
        by=None,
        at=at,
        data={
            "channel": Channel.MANUAL.value,
            "severity": int(case.severity),
            "queue_id": case.queue_id,
            "is_sandbox": True,
        },
    )
    return case
