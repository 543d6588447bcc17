"""The weekly review with a vendor: freezing its figures, signing them, writing down who does what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from accounts.permissions import can, check_can
from accounts.roles import Action, Role
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from reporting import events
from reporting.models import Commitment, VendorWeek
from reporting.selectors import scorecard
from reporting.selectors.figures import Scope, Window, series

TEXT_MAX, OWNER_MAX = 300, 120


class NothingToCorrect(DomainError):
    """The week's figures are what its newest edition says."""

    code = "nothing_to_correct"
    title = "The figures have not changed"


def window_of(starts_on: date, zone: ZoneInfo) -> Window:
    """The ISO week from this Monday in `zone`. Raises `Invalid` for another day."""
    if starts_on.weekday():
        raise Invalid(_("A week begins on a Monday."), code="not_a_monday")
    edges = [datetime(day.year, day.month, day.day, tzinfo=zone) for day in (starts_on, starts_on + timedelta(days=7))]
    return Window(*(edge.astimezone(ZoneInfo("UTC")) for edge in edges))


def figures_of(vendor: Organization, starts_on: date, zone: ZoneInfo, *, at: datetime) -> dict[str, dict[str, Any]]:
    """The scorecard's figures of one week, as they are kept: what both sides count the same."""
    window = window_of(starts_on, zone)
    found: dict[str, dict[str, Any]] = {}
    for key in scorecard.KPIS:
        figure = series(key, scope=Scope.of_vendor(vendor.pk), windows=[window], at=at)[0].figure
        found[key] = {
            "value": figure.value,
            "n": figure.n,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
        }
    return found


@transaction.atomic
def freeze_week(
    *, vendor: Organization, starts_on: date, zone: ZoneInfo, why: str = "", by: User, at: datetime
) -> VendorWeek:
    """Keep a past week's figures as they stand now, to be signed; again where a correction changed them (`why` says which).

    `starts_on` is a Monday of `zone`, a further edition's that of the first; `at` aware UTC. Locks the vendor. Records `vendor_week.frozen`. Raises `NotPermitted`, `Invalid` (not over,
    not a Monday, no reason for a further edition), `NothingToCorrect`.
    """
    check_can(by, Action.VENDORS_EDIT)
    if window_of(starts_on, zone).end > at:
        raise Invalid(_("The week is not over: its figures are frozen from its end on."), code="not_over")
    Organization.objects.select_for_update(no_key=True).get(pk=vendor.pk)  # two at once do not both find no edition
    newest = VendorWeek.objects.filter(organization=vendor, starts_on=starts_on).order_by("-edition").first()
    if newest is not None:
        zone = ZoneInfo(newest.zone)  # a correction counts the same days
    figures = figures_of(vendor, starts_on, zone, at=at)
    why = why.strip()
    if newest is not None:
        if newest.figures == figures:
            raise NothingToCorrect(_("Nothing has changed since edition %(edition)s.") % {"edition": newest.edition})
        if not why or len(why) > TEXT_MAX:
            detail = _("Say in at most 300 characters what was corrected.")
            raise Invalid(errors=[FieldProblem("/why", "required" if not why else "too_long", detail)])
    week: VendorWeek = VendorWeek.objects.create(
        organization=vendor,
        starts_on=starts_on,
        zone=zone.key,
        edition=newest.edition + 1 if newest else 1,
        figures=figures,
        why=why if newest else "",
        frozen_at=at,
        frozen_by=by,
    )
    data = {"week": week.week, "edition": week.edition, "why": week.why}
    record(events.VENDOR_WEEK_FROZEN, subject=week, by=by, at=at, data=data)
    return week


def may_sign(by: User, week: VendorWeek) -> bool:
    """A vendor's lead signs for the vendor, who manages vendors for the team; each side once, and the newest edition alone."""
    if by.is_internal:
        return week.signed_at is None and can(by, Action.VENDORS_EDIT)
    is_theirs = week.organization_id == by.organization_id and Role.VENDOR_LEAD in by.access.roles
    return is_theirs and week.vendor_signed_at is None


@transaction.atomic
def sign_week(*, week_id: int, by: User, at: datetime) -> VendorWeek:
    """Put a name under a frozen week, for the side one is on.

    `at` is aware UTC. Records `vendor_week.signed`. Raises `NotPermitted` (not theirs to sign, or signed already),
    `Invalid` (a newer edition exists), `VendorWeek.DoesNotExist`.
    """
    week: VendorWeek = VendorWeek.objects.select_for_update(of=("self",)).get(pk=week_id)
    if not may_sign(by, week):
        raise NotPermitted(
            _("A vendor's lead signs for the vendor, a lead of the team for us, each once."), rule="vendor_week.sign"
        )
    if VendorWeek.objects.filter(
        organization_id=week.organization_id, starts_on=week.starts_on, edition__gt=week.edition
    ).exists():
        raise Invalid(_("There is a corrected edition of this week: sign that one."), code="superseded")
    if by.is_internal:
        week.signed_at, week.signed_by = at, by
        week.save(update_fields=["signed_at", "signed_by"])
    else:
        week.vendor_signed_at, week.vendor_signed_by = at, by
        week.save(update_fields=["vendor_signed_at", "vendor_signed_by"])
    data = {"week": week.week, "edition": week.edition, "side": "ours" if by.is_internal else "theirs"}
    record(events.VENDOR_WEEK_SIGNED, subject=week, by=by, at=at, data=data)
    return week


@transaction.atomic
def commit_to(
    *, vendor: Organization, week_on: date, text: str, owner: str, due_on: date, by: User, at: datetime
) -> Commitment:
    """Write down who does what by when. `at` aware UTC. Records `commitment.made`. Raises `NotPermitted`, `Invalid`."""
    check_can(by, Action.VENDORS_EDIT)
    text, owner = text.strip(), owner.strip()
    problems = []
    if not text or len(text) > TEXT_MAX:
        problems.append(
            FieldProblem(
                "/text", "required" if not text else "too_long", _("Say what will be done, in at most 300 characters.")
            )
        )
    if not owner or len(owner) > OWNER_MAX:
        problems.append(
            FieldProblem(
                "/owner",
                "required" if not owner else "too_long",
                _("Name the person or team, in at most 120 characters."),
            )
        )
    if not week_on <= due_on <= week_on + timedelta(days=400):
        problems.append(
            FieldProblem("/due_on", "out_of_range", _("Choose a day after the review's Monday, within about a year."))
        )
    if problems:
        raise Invalid(errors=problems)
    made: Commitment = Commitment.objects.create(
        organization=vendor, week_on=week_on, text=text, owner=owner, due_on=due_on, made_at=at, made_by=by
    )
    data = {"week": week_on.isoformat(), "owner": owner, "due_on": due_on.isoformat()}
    record(events.COMMITMENT_MADE, subject=made, by=by, at=at, data=data)
    return made


@transaction.atomic
def finish(*, commitment_id: int, by: User, at: datetime) -> Commitment:
    """Say that a commitment is done; twice is the same as once. Records `commitment.done`. Raises `NotPermitted`."""
    check_can(by, Action.VENDORS_EDIT)
    made: Commitment = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment_id)
    if made.done_at is None:
        made.done_at, made.done_by = at, by
        made.save(update_fields=["done_at", "done_by"])
        data = {"week": made.week_on.isoformat(), "owner": made.owner}
        record(events.COMMITMENT_DONE, subject=made, by=by, at=at, data=data)
    return made
