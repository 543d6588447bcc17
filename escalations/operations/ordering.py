"""The order of "next best": one stored instant per case, earliest first, that the screen can explain (ux.md §4).

    order_at = nearest counting due − head start

The head start is the severity's base, plus reach, reopening and a manual boost. Counting are unsettled clocks, overdue and
legal ones included, paused ones not; without any it is receipt plus seven days. It changes by events only: whatever moves
a clock, a severity or one of these facts calls `reorder` and saves `FIELDS`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escalations.lifecycle import ClockState, Metric, Severity
from escalations.models import Case, SlaClock, SlaTimer
from escalations.selectors.clocks import at_risk_at, clocks_of

HOUR_S = 3600
BASE_S = {
    Severity.S0: 30 * 24 * HOUR_S,
    Severity.S1: 48 * HOUR_S,
    Severity.S2: 12 * HOUR_S,
    Severity.S3: 3 * HOUR_S,
    Severity.S4: 0,
}
REACH_MOST_S = 6 * HOUR_S
REOPENED_S = 2 * HOUR_S
WITHOUT_CLOCK = timedelta(days=7)
# Nothing up to a thousand people or a hundred of a currency, six hours at a hundred million and ten million.
_REACH_FROM, _SPEND_FROM, _HOURS_PER_TENFOLD = 3.0, 2.0, 1.2

# What `reorder` sets; whoever calls it saves these.
FIELDS = ["order_at", "order_terms", "due_metric", "due_at", "due_target_s", "risk_at", "is_paused", "is_breached"]


def reorder(case: Case, *, at: datetime, clocks: Iterable[SlaClock] | None = None) -> None:
    """Set `case.order_at` and its terms, and what a row shows of the nearest clock. The caller holds the lock and saves `FIELDS`.

    `at` is aware UTC. `clocks` are the case's unsettled clocks where the caller has them; otherwise one query.
    """
    open_clocks = list(clocks_of(case, unsettled=True) if clocks is None else clocks)
    nearest = nearest_counting(open_clocks)
    risk_at = None if nearest is None else at_risk_at(nearest)
    place(case, at=at, nearest=nearest, risk_at=risk_at, clocks=open_clocks)


def place(
    case: Case,
    *,
    at: datetime,
    nearest: SlaClock | None,
    risk_at: datetime | None,
    clocks: Sequence[SlaClock],
) -> None:
    """`reorder` for one who already has the nearest counting clock and when it is at risk: no query."""
    case.is_paused = any(clock.state == ClockState.PAUSED for clock in clocks)
    case.is_breached = any(clock.missed_at is not None for clock in clocks)
    terms: dict[str, Any] = {}
    if nearest is None or nearest.due_at is None:
        case.due_metric, case.due_at, case.due_target_s, case.risk_at = "", None, None, None
        due_at = case.received_at + WITHOUT_CLOCK
        terms["received_at"] = case.received_at.isoformat()
    else:
        due_at = nearest.due_at
        case.due_metric, case.due_at, case.due_target_s = nearest.metric, due_at, nearest.target_s
        case.risk_at = risk_at
        terms |= {"due_at": due_at.isoformat(), "metric": nearest.metric}

    terms |= {"severity": int(case.severity), "base_s": BASE_S[Severity(case.severity)]}
    reach_s, by_spend = reach_head_start_s(case.reach, case.spend)
    if reach_s:
        terms |= {"reach_s": reach_s} | (
            {"spend": case.spend, "currency": case.spend_currency} if by_spend else {"reach": case.reach}
        )
    if case.reopened_count:
        terms["reopened_s"] = REOPENED_S
    if case.boost_s and (case.boost_until is None or case.boost_until > at):
        terms |= {"boost_s": case.boost_s, "boost_by": case.boost_by_id}
    head_start_s = sum(int(terms.get(name, 0)) for name in ("base_s", "reach_s", "reopened_s", "boost_s"))
    case.order_at = due_at - timedelta(seconds=head_start_s)
    case.order_terms = terms


def explain(case: Case, *, at: datetime) -> str:
    """Why the case stands where it stands, as a sum in words: "due 14:10, 12 h earlier for S2, 3 h for 310k views".

    Times in the active time zone, with the date where it is not that of `at`. Reads the stored terms: no query.
    """
    terms = case.order_terms
    if "due_at" in terms:
        due_at = datetime.fromisoformat(terms["due_at"])
        words = [_("%(clock)s due %(time)s") % {"clock": terms["metric"], "time": _time(due_at, at)}]
    else:
        received_at = datetime.fromisoformat(terms["received_at"]) if "received_at" in terms else case.received_at
        words = [_("no clock runs: a week after receipt %(time)s") % {"time": _time(received_at, at)}]
    if terms.get("base_s"):
        words.append(
            _("%(length)s earlier for S%(severity)s")
            % {"length": duration(terms["base_s"]), "severity": terms["severity"]}
        )
    if terms.get("reach_s"):
        what = (
            _("%(amount)s %(currency)s spent") % {"amount": _amount(terms["spend"]), "currency": terms["currency"]}
            if "spend" in terms
            else _("%(amount)s views") % {"amount": _amount(terms["reach"])}
        )
        words.append(_("%(length)s for %(what)s") % {"length": duration(terms["reach_s"]), "what": what})
    if terms.get("reopened_s"):
        words.append(_("%(length)s as it was reopened") % {"length": duration(terms["reopened_s"])})
    if terms.get("boost_s"):
        key = _("%(length)s by hand") if terms["boost_s"] > 0 else _("%(length)s later by hand")
        words.append(key % {"length": duration(abs(terms["boost_s"]))})
    return ", ".join(words)


def reach_head_start_s(reach: int, spend: int) -> tuple[int, bool]:
    """Seconds of head start for people reached or money spent, whichever gives more; True if it was the money.

    Logarithmic, 0 to 6 hours, in whole five minutes.
    """
    by_reach, by_spend = _log_s(reach, _REACH_FROM), _log_s(spend, _SPEND_FROM)
    return max(by_reach, by_spend), by_spend > by_reach


def end_boost(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """A boost's time is over: the case goes back to its own place. Handler of timers of the kind `boost`."""
    if case.boost_s and case.boost_until is not None and case.boost_until <= at:
        case.boost_s, case.boost_until, case.boost_by = 0, None, None
        reorder(case, at=at)
        case.save(update_fields=["boost_s", "boost_until", "boost_by", *FIELDS])


def duration(seconds: int) -> str:
    """A length in words of at most two units: "30 d", "12 h", "1 h 40 min"."""
    minutes = round(seconds / 60)
    days, minutes = divmod(minutes, 1440)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if days:
        parts.append(ngettext("%(count)d d", "%(count)d d", days) % {"count": days})
    if hours:
        parts.append(_("%(count)d h") % {"count": hours})
    if minutes or not parts:
        parts.append(_("%(count)d min") % {"count": minutes})
    return " ".join(parts[:2])


def nearest_counting(clocks: Iterable[SlaClock]) -> SlaClock | None:
    """The unsettled, unpaused clock that is due first."""
    counting = [clock for clock in clocks if clock.due_at is not None and clock.state == ClockState.RUNNING]
    return min(counting, key=lambda clock: (clock.due_at, list(Metric).index(Metric(clock.metric))), default=None)


def _log_s(amount: int, from_exponent: float) -> int:
    if amount <= 0:
        return 0
    hours = (math.log10(amount) - from_exponent) * _HOURS_PER_TENFOLD
    return round(min(max(hours, 0.0) * HOUR_S, REACH_MOST_S) / 300) * 300


def _amount(number: int) -> str:
    for size, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            value = number / size
            return f"{value:.0f}{letter}" if value >= 10 else f"{value:.1f}{letter}".replace(".0", "")
    return str(number)


def _time(moment: datetime, at: datetime) -> str:
    local = timezone.localtime(moment)
    pattern = "H:i" if local.date() == timezone.localtime(at).date() else "j M H:i"
    return date_format(local, pattern)
