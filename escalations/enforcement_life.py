"""The life of a hand-off and the words of enforcement: states, where they may go, what an action is done to. No queries.

A hand-off is anything that leaves for somebody else to do: an enforcement action for the platform, later a filing or a notice. It is
a row with a state before it is attempted, and it is done only when the other side says so (domain.md, HandOff and invariant 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import DomainError
from escalations.lifecycle import EntityKind
from policies.lifecycle import Action, ActionType


class HandOffState(models.TextChoices):
    """Where a hand-off stands. `sending` is held by one process; `sent` is with the other side, whose word is still out."""

    QUEUED = "queued", pgettext_lazy("hand-off", "Queued")
    SENDING = "sending", pgettext_lazy("hand-off", "Being sent")
    SENT = "sent", pgettext_lazy("hand-off", "Sent, not confirmed")
    ACCEPTED = "accepted", pgettext_lazy("hand-off", "Confirmed")
    REFUSED = "refused", pgettext_lazy("hand-off", "Refused")
    AMBIGUOUS = "ambiguous", pgettext_lazy("hand-off", "Unclear")
    CANCELLED = "cancelled", pgettext_lazy("hand-off", "Withdrawn")


H = HandOffState
# Who may go where. From `ambiguous` and `refused` only a person, or the other side's late word, leads on.
TRANSITIONS: Mapping[HandOffState, frozenset[HandOffState]] = {
    H.QUEUED: frozenset({H.SENDING, H.SENT, H.ACCEPTED, H.REFUSED, H.CANCELLED}),
    H.SENDING: frozenset({H.QUEUED, H.SENT, H.ACCEPTED, H.REFUSED, H.AMBIGUOUS}),
    H.SENT: frozenset({H.ACCEPTED, H.REFUSED, H.AMBIGUOUS}),
    H.REFUSED: frozenset({H.QUEUED, H.ACCEPTED, H.CANCELLED}),
    H.AMBIGUOUS: frozenset({H.QUEUED, H.ACCEPTED, H.REFUSED, H.CANCELLED}),
    H.ACCEPTED: frozenset(),
    H.CANCELLED: frozenset(),
}
# Not confirmed: a case cannot close over one of these.
OPEN = (H.QUEUED, H.SENDING, H.SENT, H.REFUSED, H.AMBIGUOUS)
# A person has to decide what becomes of it.
NEEDS_A_PERSON = (H.REFUSED, H.AMBIGUOUS)
SETTLED = (H.ACCEPTED, H.REFUSED, H.AMBIGUOUS, H.CANCELLED)
# Queued or sent for longer than this, it is shown as stuck.
STUCK_AFTER = timedelta(minutes=15)


class HandOffNotAllowed(DomainError):
    """The hand-off cannot go there from where it stands; `state` says where it stands."""

    status = 409
    code = "hand_off_state"
    title = "The hand-off cannot do this now"


class Source(models.TextChoices):
    """Why an action exists."""

    DECISION = "decision", _("decided")
    THRESHOLD = "threshold", _("follows from strikes")
    MITIGATION = "mitigation", _("temporary, before a decision")
    REVERSAL = "reversal", _("takes an action back")
    END = "end", _("its time is over")
    APPEAL = "appeal", _("said in an appeal")


# Sources whose rows lift an earlier action.
LIFTING = (Source.REVERSAL, Source.END)


class EndWhy(models.TextChoices):
    """Why an action is no longer in force."""

    EXPIRED = "expired", _("its time was over")
    REVERSED = "reversed", _("taken back")
    REPLACED = "replaced", _("a decision took its place")


# Nothing leaves for these: a strike is a row of ours, and no action is none.
NOT_HANDED_OFF = frozenset({ActionType.STRIKE, ActionType.NO_ACTION})
# What cannot be lifted: it is said, handed on or kept, not a state the platform holds.
NOT_LIFTED = frozenset(
    {
        ActionType.WARNING,
        ActionType.EDUCATION,
        ActionType.PRESERVE_DATA,
        ActionType.REFER_AUTHORITY,
        ActionType.SUPPORT_RESOURCES,
        ActionType.RESTORE,
        ActionType.MESSAGE,
    }
)
# What may be done before a decision: it limits, and leaves nothing that could not be undone (features.md F268).
MITIGATIONS = (
    ActionType.CONTENT_DISABLE,
    ActionType.CONTENT_DEMOTE,
    ActionType.CONTENT_AGE_GATE,
    ActionType.INTERACTION_LIMIT,
    ActionType.CONTENT_LABEL,
    ActionType.MONEY_SUSPEND,
    ActionType.FEATURE_BLOCK,
)
LONGEST_MITIGATION = timedelta(days=14)
# What the platform holds until it is lifted, and so may hold in some countries alone.
SCOPED = frozenset(ActionType) - NOT_HANDED_OFF - NOT_LIFTED
# Of these the ones whose end may be chosen; the others say by their name that they end nothing or everything.
TIMED = SCOPED - {
    ActionType.MONEY_END,
    ActionType.FEATURE_END,
    ActionType.SERVICE_END,
    ActionType.ACCOUNT_DISABLE,
}
LONGEST_DAYS = 3650

_CONTENT = (EntityKind.POST, EntityKind.AD, EntityKind.LISTING, EntityKind.PAGE, EntityKind.GROUP)
_ACCOUNTS = (EntityKind.ACCOUNT, EntityKind.ADVERTISER, EntityKind.PAGE)
# What kinds of things an action is done to. Where a case names none of them, it is done to everything that violates: an action
# that somebody decided is never dropped in silence.
TARGETS: Mapping[ActionType, tuple[EntityKind, ...]] = {
    ActionType.CONTENT_REMOVE: _CONTENT,
    ActionType.CONTENT_DISABLE: _CONTENT,
    ActionType.CONTENT_DEMOTE: _CONTENT,
    ActionType.CONTENT_AGE_GATE: _CONTENT,
    ActionType.INTERACTION_LIMIT: _CONTENT,
    ActionType.CONTENT_LABEL: _CONTENT,
    ActionType.VISIBILITY_OTHER: _CONTENT,
    ActionType.HASH_BANK: _CONTENT,
    ActionType.MONEY_SUSPEND: (*_ACCOUNTS, EntityKind.PAYMENT_INSTRUMENT),
    ActionType.MONEY_END: (*_ACCOUNTS, EntityKind.PAYMENT_INSTRUMENT),
    ActionType.FEATURE_BLOCK: _ACCOUNTS,
    ActionType.FEATURE_END: _ACCOUNTS,
    ActionType.SERVICE_SUSPEND: _ACCOUNTS,
    ActionType.SERVICE_END: _ACCOUNTS,
    ActionType.ACCOUNT_SUSPEND: _ACCOUNTS,
    ActionType.ACCOUNT_DISABLE: _ACCOUNTS,
    ActionType.STRIKE: _ACCOUNTS,
    ActionType.WARNING: _ACCOUNTS,
    ActionType.EDUCATION: _ACCOUNTS,
    ActionType.IDENTITY_CHECK: _ACCOUNTS,
    ActionType.SUPPORT_RESOURCES: _ACCOUNTS,
    ActionType.BLOCK_DOMAIN: (EntityKind.DOMAIN,),
}
# Whom a notice about the outcome reaches.
NOTIFIED = (EntityKind.ACCOUNT, EntityKind.ADVERTISER, EntityKind.PAGE, EntityKind.GROUP)


@dataclass(frozen=True)
class Step:
    """One action as a decision keeps it: what, for how many days (None: until lifted), in which markets (empty: everywhere)."""

    type: ActionType
    days: int | None = None
    markets: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`content_remove`, `account_suspend:7`, `content_disable:30@AT,DE`."""
        days = f":{self.days}" if self.days else ""
        return f"{self.type.value}{days}" + (f"@{','.join(self.markets)}" if self.markets else "")

    @property
    def label(self) -> str:
        """In words, with its duration and its markets."""
        words = Action(self.type, self.days).label
        return f"{words} ({', '.join(self.markets)})" if self.markets else words


def read_step(key: str) -> Step:
    """The step that a decision's key names. Raises `ValueError` for what is none."""
    head, _at, markets = key.partition("@")
    kind, _colon, days = head.partition(":")
    if _colon and not (days.isascii() and days.isdigit() and 1 <= int(days) <= LONGEST_DAYS):
        raise ValueError(f"{key} has no duration of 1 to 3650 days")
    codes = tuple(sorted(set(filter(None, markets.split(",")))))
    if (_at and not codes) or any(len(code) != 2 or not code.isascii() or not code.isupper() for code in codes):
        raise ValueError(f"{key} names no markets as two-letter countries")
    return Step(ActionType(kind), int(days) if days else None, codes)


def read_steps(keys: Iterable[str]) -> list[Step]:
    """The steps that a decision's keys name; keys of an older time that name none are left out."""
    found = []
    for key in keys:
        try:
            found.append(read_step(key))
        except ValueError:
            continue
    return found


@dataclass(frozen=True)
class Threshold:
    """What follows once a subject's strikes reach `at`."""

    at: int
    actions: tuple[Action, ...]

    @property
    def label(self) -> str:
        return ", ".join(action.label for action in self.actions)


def read_thresholds(stored: list[dict[str, object]]) -> tuple[Threshold, ...]:
    """Thresholds of a strike ladder, lowest first. Stored form: `[{"at": 3, "actions": ["feature_block:7"]}, …]`."""
    found = []
    for row in stored:
        keys: list[str] = row["actions"]  # type: ignore[assignment]
        steps = [read_step(key) for key in keys]
        found.append(Threshold(int(str(row["at"])), tuple(Action(step.type, step.days) for step in steps)))
    return tuple(sorted(found, key=lambda one: one.at))


def threshold_problems(stored: object) -> list[str]:
    """What is wrong with the thresholds of a strike ladder, in sentences; empty when they can be stored."""
    if not isinstance(stored, list) or not stored:
        return [str(_("A ladder needs at least one threshold."))]
    problems, seen = [], set()
    for row in stored:
        at = row.get("at") if isinstance(row, dict) else None
        if not isinstance(at, int) or isinstance(at, bool) or not 1 <= at <= 100:
            problems.append(str(_("A threshold stands at 1 to 100 strikes.")))
            continue
        if at in seen:
            problems.append(str(_("Two thresholds stand at %(at)d strikes.") % {"at": at}))
        seen.add(at)
        keys = row.get("actions")
        if not isinstance(keys, list) or not keys:
            problems.append(str(_("The threshold at %(at)d strikes has no action.") % {"at": at}))
            continue
        for key in keys:
            try:
                step = read_step(str(key))
            except ValueError:
                step = None
            if step is None or step.type in (*NOT_HANDED_OFF, ActionType.RESTORE) or step.markets:
                problems.append(str(_("“%(key)s” is no action that strikes can lead to.") % {"key": str(key)[:60]}))
    return problems


# What a new installation starts with: window in days and thresholds per surface. Leads publish their own (StrikeLadder).
_USUAL: list[dict[str, object]] = [
    {"at": 1, "actions": ["warning"]},
    {"at": 3, "actions": ["feature_block:7"]},
    {"at": 5, "actions": ["account_suspend:30"]},
    {"at": 7, "actions": ["account_disable"]},
]
FIRST_LADDERS: Mapping[str, tuple[int, list[dict[str, object]]]] = {
    "organic": (365, _USUAL),
    "ads": (
        180,
        [
            {"at": 1, "actions": ["warning"]},
            {"at": 2, "actions": ["money_suspend:7"]},
            {"at": 4, "actions": ["feature_block:30"]},
            {"at": 6, "actions": ["account_disable"]},
        ],
    ),
    "commerce": (
        180,
        [
            {"at": 1, "actions": ["warning"]},
            {"at": 3, "actions": ["feature_block:14"]},
            {"at": 5, "actions": ["account_disable"]},
        ],
    ),
    "account": (365, _USUAL),
    "product": (365, _USUAL),
}
