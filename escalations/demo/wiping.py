"""Wiping the demo (ux.md DEM-4): asked for here, carried out by the supervisor of `make run`, which drops the database.

Events are never deleted, so nothing less than the whole database can go. That is done only where the supervisor made the
database itself, and only where nobody has made an account of their own in it.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.demo import DOMAIN
from accounts.models import Organization, User
from audit.models import Event
from audit.recording import record
from core.errors import DomainError, FieldProblem, Invalid, NotPermitted
from escalations import events
from escalations.demo import cast, seeding

CONFIRMATION = "wipe"


class NotOnlyDemo(DomainError):
    """What is there is more than the demo, or not the supervisor's to drop."""

    status = 409
    code = "not_only_demo"
    title = "This is more than a demo"


def why_not() -> str:
    """Why this database may not be wiped, in a sentence; empty when it may."""
    if not (settings.DEMO and settings.MAY_WIPE):
        return _(
            "This demo runs on a server that was not made for it: whoever runs it drops its database (docs/running.md)."
        )
    if not Event.objects.filter(kind=seeding.STARTED).exists():
        return _("No demo was loaded here.")
    domains = [DOMAIN, *(f"{vendor.slug}.example" for vendor in cast.VENDORS)]
    invented = Q()
    for domain in domains:
        invented |= Q(email__endswith=f"@{domain}")
    real = User.objects.exclude(invented).count()
    if real:
        return _("Somebody has made an account of their own here, so this is no longer only a demo.")
    return ""


@transaction.atomic
def ask(*, confirmation: str, by: User, at: datetime) -> None:
    """Have the demo wiped and begun anew; `confirmation` is the typed word. `at` is aware UTC.

    Records `demo.wipe_asked`, which the supervisor looks for; the new database begins with `demo.wiped`, which names who asked.
    Raises `NotPermitted` for people outside the team, `Invalid` without the word, `NotOnlyDemo` where anything real is there.
    """
    if not by.is_internal:
        raise NotPermitted(_("Only the team wipes the demo."), rule="demo.wipe")
    if confirmation.strip().lower() != CONFIRMATION:
        raise Invalid(
            errors=[FieldProblem("/confirmation", "required", _("Type %(word)s to confirm.") % {"word": CONFIRMATION})]
        )
    if reason := why_not():
        raise NotOnlyDemo(reason)
    internal = Organization.objects.get(kind=Organization.Kind.INTERNAL)
    record(events.DEMO_WIPE_ASKED, subject=internal, by=by, at=at, data={"asked_by": by.display_name})


def note_wipe(*, asked_by: str, at: datetime) -> None:
    """Write down in the new database that the one before was wiped, and who asked. Records `demo.wiped`."""
    internal = Organization.objects.get(kind=Organization.Kind.INTERNAL)
    record(events.DEMO_WIPED, subject=internal, by=None, at=at, data={"asked_by": asked_by})
