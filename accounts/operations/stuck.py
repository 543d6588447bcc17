"""What an administrator decides about stuck work: try it again, or give it up. Each with a reason, and recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_can
from accounts.roles import Action
from audit import events, stuck
from audit.recording import record
from core.errors import DomainError

VERBS = {"replay": events.STUCK_REPLAYED, "discard": events.STUCK_DISCARDED}


class NotStuck(DomainError):
    """The row waits no more, or cannot be tried again; the message says which."""

    code = "not_stuck"
    status = 409


@transaction.atomic
def settle(*, verb: str, source: str, row_id: int, why: str, by: User, at: datetime) -> str:
    """Replay or discard a stuck row; answers what it was. Records `stuck.replayed` or `stuck.discarded` with the reason.

    Raises `NotPermitted` without the right to change the configuration, `NotStuck` when the row waits no more, or when
    something of the same kind was set since and trying the old one again would double it.
    """
    check_can(by, Action.CONFIG_EDIT)
    row = stuck.find(source, row_id)
    if row is None:
        raise NotStuck(_("It waits no more: somebody was quicker."))
    known = stuck.SOURCES[source]
    try:
        with transaction.atomic():
            what = (known.replay if verb == "replay" else known.discard)(row_id, at)
    except (LookupError, ValueError) as error:
        raise NotStuck(str(error)) from error
    except IntegrityError as error:
        raise NotStuck(_("A newer one of the same kind is set already: give this one up instead.")) from error
    data = {"what": what, "source": source, "row": row_id, "reason": row.reason, "why": why[:300]}
    record(VERBS[verb], subject=by, by=by, at=at, data=data)
    return what
