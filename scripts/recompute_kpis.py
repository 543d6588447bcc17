"""Recompute ten KPIs from the API's change feed, with nothing of the product: only its address, a key, and these definitions.

    WATCHFLOOR_KEY=… python scripts/recompute_kpis.py https://watchfloor.example --week 2026-W46

Whoever doubts a figure, a vendor's auditor or we ourselves, can count it anew and compare. The key is an internal organization's with the
scope `submissions:read`. A vendor's feed holds its own cases and not the team's work on them: with its key only what that tells for certain is
printed (`OUTWARD`). Times are UTC.
Prints JSON. Restricted cases count for this script as the key may read them.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

PAGE = 500
# What a vendor's feed tells for certain: it holds no decision's number, no clock, and of a merge only the close.
OUTWARD = ("raw_volume", "closes", "reopens", "full_ttr_p50", "full_ttr_p90")
ENDS_WAIT = {"case.resumed", "case.closed", "case.waiting", "case.released", "decision.made"}


class Case:
    """What the feed has told of one case so far."""

    def __init__(self) -> None:
        self.received_at: datetime | None = None
        self.claimed_at: list[datetime] = []
        self.response_at: datetime | None = None
        self.made: dict[str, datetime] = {}  # decision → when it was taken
        self.effective: set[str] = set()
        self.gaps: set[str] = set()
        self.closes: list[tuple[datetime, int]] = []  # when, and the place of its event in the story
        self.reopens: list[tuple[datetime, int]] = []
        self.waits: list[tuple[datetime, int]] = []
        self.ends: list[tuple[datetime, int]] = []
        self.breaches: Counter[tuple[str, datetime]] = Counter()
        self.resolution = ""
        self.reason = ""
        self.rejected_at: datetime | None = None
        self.contested: dict[str, datetime] = {}  # dispute → when the case was sent back
        self.right: list[datetime] = []  # returns whose dispute was upheld
        self.is_child = False
        self.is_outward = False  # told by a vendor's feed
        self.length = 0

    def add(self, kind: str, at: datetime, data: dict[str, object]) -> None:
        """Take the next event of the case."""
        self.length += 1
        place = self.length
        if kind in ENDS_WAIT:
            self.ends.append((at, place))
        if kind == "case.created":
            self.received_at = read_time(data["received_at"]) if "received_at" in data else at
        elif kind == "case.claimed" or (kind == "case.assigned" and data.get("assignee_id") is not None):
            self.claimed_at.append(at)
        elif kind == "comment.added":
            if data.get("audience") == "submitter" and data.get("from_submitter") is False:
                self.response_at = self.response_at or at
        elif kind == "clock.answered_elsewhere":
            self.response_at = self.response_at or read_time(data["occurred_at"])
        elif kind == "decision.made":
            self.made[str(data["decision"])] = at
            if data["verdict"] == "policy_gap":
                self.gaps.add(str(data["decision"]))
        elif kind == "decision.effective" and "decision" not in data:
            self.is_outward = True
        elif kind == "decision.effective":
            self.effective.add(str(data["decision"]))
            if str(data["decision"]) in self.made:  # else a cluster's, repeated for its members
                self.response_at = self.response_at or at
        elif kind == "case.waiting" and data.get("on") == "submitter":
            self.waits.append((at, place))
        elif kind == "case.rejected":
            self.reason, self.rejected_at = str(data["reason"]), at
        elif kind == "dispute.filed" and self.rejected_at is not None:
            self.contested[str(data["dispute"])] = self.rejected_at
        elif kind == "dispute.answered":
            if data["upheld"] and str(data["dispute"]) in self.contested:
                self.right.append(self.contested[str(data["dispute"])])
        elif kind == "case.closed":
            self.resolution = str(data["resolution"])
            self.is_child |= self.resolution == "merged"
            self.closes.append((at, place))
            if self.resolution in ("invalid", "insufficient_info"):
                self.response_at = self.response_at or at
        elif kind == "case.merged":
            self.is_child = True
        elif kind in ("case.reopened", "case.unmerged"):
            self.resolution = ""
            self.reopens.append((at, place))
            if kind == "case.unmerged":
                self.is_child = False
        elif kind == "clock.breached" and "of" not in data:  # an appeal's clock is not its case's
            self.breaches[str(data["metric"]), at] += 1
        elif kind == "clock.retracted" and "of" not in data:
            self.breaches[str(data["metric"]), read_time(data["missed_at"])] -= 1

    @property
    def is_open(self) -> bool:
        return not self.resolution

    @property
    def first_close(self) -> datetime | None:
        return min(self.closes)[0] if self.closes else None

    @property
    def last_close(self) -> datetime | None:
        return max(self.closes)[0] if self.closes and not self.is_open else None

    @property
    def ttr(self) -> float:
        """Seconds from receipt to the first close, less what it waited for the submitter."""
        assert self.first_close is not None
        assert self.received_at is not None
        waited = timedelta()
        for at, place in self.waits:
            if at < self.first_close:
                waited += min([self.first_close, *(end for end, later in self.ends if later > place)]) - at
        return (self.first_close - self.received_at - waited).total_seconds()

    @property
    def triage(self) -> tuple[str, datetime | None]:
        last = max(self.closes)[0] if self.closes else None
        restated = [moment for moment in self.right if self.resolution != "invalid" or moment == last]
        if restated:
            return "valid", max(restated)
        if self.is_child or self.resolution in ("duplicate", "merged"):
            return "duplicate", self.first_close
        if self.resolution == "invalid":
            return "duplicate" if self.reason == "duplicate" else "invalid", self.first_close
        return ("valid", min(self.made.values())) if self.made else ("", None)

    def rounds(self) -> list[tuple[datetime, datetime | None]]:
        """Each close with the reopening that undid it."""
        found = []
        ordered = sorted(self.closes)
        for number, (at, place) in enumerate(ordered):
            until = ordered[number + 1][1] if number + 1 < len(ordered) else self.length + 1
            again = [moment for moment, there in self.reopens if place < there < until]
            found.append((at, again[0] if again else None))
        return found


def read_time(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def ask(request: urllib.request.Request) -> Any:
    """The answer's JSON; waits where there were too many calls in a minute. Ends with a line that says what to do when it is refused."""
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 429:
                time.sleep(min(float(error.headers.get("Retry-After") or 5), 60.0))
                continue
            if error.code in (401, 403):
                raise SystemExit(
                    f"The key is refused ({error.code}): put a live one with the scope submissions:read into WATCHFLOOR_KEY."
                ) from None
            raise SystemExit(f"{request.full_url} answers {error.code} {error.reason}.") from None
        except urllib.error.URLError as error:
            raise SystemExit(f"{request.full_url} cannot be reached: {error.reason}.") from None


def read_feed(address: str, key: str) -> dict[str, Case]:
    """Every case the key may read, from the feed's beginning to its horizon."""
    cases: dict[str, Case] = {}
    after, more = "", True
    while more:
        query = urllib.parse.urlencode({"limit": PAGE} | ({"after": after} if after else {}))
        request = urllib.request.Request(
            f"{address.rstrip('/')}/api/v1/events/?{query}", headers={"Authorization": f"Bearer {key}"}
        )
        page = ask(request)
        for event in page["results"]:
            cases.setdefault(event["ref"], Case()).add(event["kind"], read_time(event["at"]), event["data"])
        after, more = page["next"], page["has_more"]
    return cases


def percentile(values: list[float], share: float) -> float | None:
    """Between the two nearest values, in proportion."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def recompute(cases: list[Case], start: datetime, end: datetime) -> dict[str, float | None]:
    """The KPIs of [start, end)."""

    def within(moment: datetime | None) -> bool:
        return moment is not None and start <= moment < end

    def seconds(moment: datetime, case: Case) -> float:
        assert case.received_at is not None
        return (moment - case.received_at).total_seconds()

    known = [case for case in cases if case.received_at is not None]
    own = [case for case in known if not case.is_child]
    rounds = [each for case in own for each in case.rounds()]
    closed = [each for each in rounds if within(each[0])]
    back = [each for each in closed if each[1] is not None and each[1] <= each[0] + timedelta(days=14)]
    triaged = Counter(case.triage[0] for case in known if within(case.triage[1]))
    looked = triaged["valid"] + triaged["invalid"]
    decided = [key for case in own for key in case.effective if within(case.made.get(key))]
    gaps = [key for case in own for key in case.effective & case.gaps if within(case.made.get(key))]
    volume, reopens = sum(within(case.received_at) for case in own), sum(within(each[1]) for each in rounds)
    at_end = 0
    for case in own:
        assert case.received_at is not None
        is_closed = any(at <= end and (again is None or again > end) for at, again in case.rounds())
        at_end += case.received_at <= end and not is_closed
    acknowledged = [
        seconds(min(case.claimed_at), case) for case in own if case.claimed_at and within(min(case.claimed_at))
    ]
    answered = [seconds(case.response_at, case) for case in own if case.response_at and within(case.response_at)]
    resolved = [case.ttr for case in own if within(case.first_close)]
    finished = [seconds(case.last_close, case) for case in own if case.last_close and within(case.last_close)]
    found: dict[str, float | None] = {
        "volume": volume,
        "raw_volume": sum(within(case.received_at) for case in known),
        "valid_volume": sum(within(case.received_at) and case.triage[0] == "valid" for case in own),
        "closes": len(closed),
        "reopens": reopens,
        "net_flow": volume - len(closed) + reopens,
        "backlog": at_end,
        "breaches": sum(count for case in own for (_, at), count in case.breaches.items() if within(at)),
        "reopen_rate": len(back) / len(closed) if closed else None,
        "acceptance": triaged["valid"] / looked if looked else None,
        "invalid_rate": triaged["invalid"] / looked if looked else None,
        "duplicate_rate": triaged["duplicate"] / (looked + triaged["duplicate"]) if triaged.total() else None,
        "decisions": len(decided),
        "gap_decisions": len(gaps),
    }
    for name, values in {"tta": acknowledged, "ttfr": answered, "ttr": resolved, "full_ttr": finished}.items():
        found[f"{name}_p50"], found[f"{name}_p90"] = percentile(values, 0.5), percentile(values, 0.9)
    return found


def main(arguments: list[str]) -> int:
    """Read the feed once and print the figures of a week."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="Where the product answers, such as https://watchfloor.example")
    parser.add_argument(
        "--week", action="append", required=True, help="An ISO week in UTC such as 2026-W46; may be given again."
    )
    asked = parser.parse_args(arguments)
    key = os.environ.get("WATCHFLOOR_KEY", "")
    if not key:
        parser.error("put the key into WATCHFLOOR_KEY")
    cases = list(read_feed(asked.address, key).values())
    is_outward = any(case.is_outward for case in cases)
    found = {}
    for week in asked.week:
        monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
        figures = recompute(cases, monday, monday + timedelta(days=7))
        found[week] = {key: figures[key] for key in OUTWARD} if is_outward else figures
    json.dump(found, sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
