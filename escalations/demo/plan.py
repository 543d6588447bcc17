"""The demo's plan: which cases came when and what became of them, decided once from a seed, before anything is written.

Pure and deterministic: the same seed, days, number and instant give the same plan.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from escalations.demo import cast, scenes
from escalations.demo.scenes import Scene

# Open cases by severity at the demo's instant (ux.md §19), and how many of all are unclaimed, at risk, breached.
OPEN_BY_SEVERITY = {0: 6, 1: 31, 2: 118, 3: 122, 4: 35}
UNCLAIMED, AT_RISK, BREACHED, WAITING = 58, 17, 9, 24
OLDEST = timedelta(days=4, hours=6)
RESOLVE_H = {0: 4, 1: 8, 2: 24, 3: 72, 4: 168}  # resolve targets, hours
ACK_MIN = {1: 15, 2: 60, 3: 240, 4: 1440}  # acknowledge targets, minutes
CASES = 12_400
MERGED_CHILDREN = 2_100
FOREGROUND_DAYS = 7
# D4: from so many days ago the template with which a vendor's night shift sends Spanish ads lost its landing-page field: such cases
# are sent back, or go to and fro until they are late. They are a quarter of what it sends; the rest only suffers along.
SLUMP_DAYS, SLUMP_VENDOR, SLUMP_INVALID = 11, "northgate", 0.34
SLUMP_SHARE, SLUMP_LATE, SLUMP_LATE_ELSEWHERE, LATE = 0.28, 0.93, 0.20, 0.04
SLUMP_LANGUAGE, SLUMP_MARKET, SLUMP_HARM, NIGHT_HOURS = "es", "ES", "fraud_scam", (22, 23, 0, 1, 2, 3, 4, 5)
# D8: posts of one Portuguese page that laughs at hatred, taken down as hatred time and again.
SATIRE, SATIRE_CLAUSE, SATIRE_LANGUAGE = 56, "CS-HC-1.1", "pt"
SATIRE_NUMBERS = 90_000  # on: above all others of the plan, so that it tells the same of each, whatever came before
SATIRE_TITLES = (
    "Page “Riso do Largo” compares people with vermin",
    "“Riso do Largo” posts a list of who may sit where in the tram",
    "Cartoon of “Riso do Largo”: newcomers drawn as animals",
)
# What made a decided case late, in turn.
_DELAYS = ("handover", "outside", "", "handover", "late_claim")
# The working day's shape, by hour UTC: three hubs hand over.
_HOURS = (5, 4, 4, 5, 6, 7, 8, 9, 10, 10, 9, 9, 9, 10, 11, 11, 10, 9, 8, 7, 7, 6, 6, 5)


@dataclass(frozen=True)
class PlannedCase:
    """One case: what comes in, and what becomes of it. Times are offsets from receipt, in seconds."""

    number: int
    received_at: datetime
    vendor: str
    scene: Scene
    severity: int
    language: str
    market: str
    words: dict[str, str]
    fate: str  # unclaimed | assigned | waiting | decided | invalid | withdrawn | merged
    views: int = 0
    spend: int = 0
    claim_s: int = 0
    reply_s: int = 0
    end_s: int = 0
    verdict: str = ""
    reason: str = ""
    actor: float = 0.0  # picks the person, 0..1
    cluster: int = 0  # children of one story share a number and a subject
    story: str = ""
    extra: dict[str, Any] = field(default_factory=dict)  # of the submission, in place of what the scene says

    @property
    def title(self) -> str:
        return self.words["title"]

    @property
    def delay(self) -> str:
        """What makes it late, of those that are (CH-7): handover | outside | late_claim, or "" where the work took too long.

        D9: handed to somebody of the next hub, who never took it up.
        """
        if self.story == "D9":
            return "handover"
        if self.fate != "decided" or self.cluster or self.end_s <= RESOLVE_H[self.severity] * 3600:
            return ""
        return _DELAYS[self.number % len(_DELAYS)]


@dataclass(frozen=True)
class Plan:
    """Open cases first, then the past, newest first, so that the screen fills with work at once."""

    now: datetime
    open_cases: list[PlannedCase]
    past: list[PlannedCase]

    def first_screen(self) -> list[PlannedCase]:
        """What nobody has claimed: the work a newcomer is given first."""
        return [case for case in self.open_cases if case.fate == "unclaimed"]

    def held(self) -> list[PlannedCase]:
        """The other open cases, which somebody has."""
        return [case for case in self.open_cases if case.fate != "unclaimed"]

    def recent(self) -> list[PlannedCase]:
        """The foreground's share of the past: the last seven days."""
        horizon = self.now - timedelta(days=FOREGROUND_DAYS)
        return [case for case in self.past if case.received_at >= horizon]

    def older(self) -> list[PlannedCase]:
        horizon = self.now - timedelta(days=FOREGROUND_DAYS)
        return [case for case in self.past if case.received_at < horizon]


def make_plan(*, seed: int, days: int, now: datetime, cases: int = CASES) -> Plan:
    """The plan for `cases` in `days` before `now` (aware UTC). Fewer cases keep every proportion and story."""
    maker = _Maker(random.Random(seed), now, scale=cases / CASES)
    open_cases = list(maker.open_cases())
    clusters = list(maker.clusters(days))
    satires = min(maker.scaled(SATIRE), max(0, cases - len(open_cases) - len(clusters)))
    rest = max(0, cases - len(open_cases) - len(clusters) - satires)
    past = clusters + [maker.past_case(days) for _ in range(rest)]
    maker.number = SATIRE_NUMBERS
    past += [maker.satire(days) for _ in range(satires)]
    past.sort(key=lambda case: case.received_at, reverse=True)
    return Plan(now=now, open_cases=open_cases, past=past)


def arriving_case(chance: random.Random, *, at: datetime, number: int) -> PlannedCase:
    """One more case that comes in at `at` (aware UTC), of any severity but S0; `number` must be new in this demo."""
    maker = _Maker(chance, at, scale=1.0)
    maker.number = number - 1
    level = chance.choices((1, 2, 3, 4), (5, 30, 48, 17))[0]
    return maker.arriving(level, at)


class _Maker:
    def __init__(self, chance: random.Random, now: datetime, *, scale: float) -> None:
        self.chance = chance
        self.now = now
        self.scale = scale
        self.number = 0
        self.cluster = 0

    def scaled(self, count: int) -> int:
        """At least one of everything, however small the demo."""
        return max(1, round(count * min(1.0, self.scale * 4)))

    def open_cases(self) -> Iterator[PlannedCase]:
        wanted = [level for level, count in OPEN_BY_SEVERITY.items() for _ in range(self.scaled(count))]
        self.chance.shuffle(wanted)
        quiet = [level for level in wanted if level >= 1]
        unclaimed = self._take(quiet, self.scaled(UNCLAIMED), prefer=(2, 3, 4, 3, 2))
        breached = self._take(quiet, self.scaled(BREACHED), prefer=(2, 3, 1))
        at_risk = self._take(quiet, self.scaled(AT_RISK), prefer=(2, 1, 3))
        waiting = self._take(quiet, self.scaled(WAITING), prefer=(3, 2))
        rest = quiet + [level for level in wanted if level == 0]
        for level in unclaimed:
            target_s = ACK_MIN[level] * 60
            safe_s = target_s - max(0.25 * target_s, min(1800.0, 0.5 * target_s))  # before it is at risk (SLA-4)
            yield self._open(level, "unclaimed", self.chance.uniform(0.05, 0.8) * safe_s)
        for level in breached:
            yield self._open(level, "assigned", RESOLVE_H[level] * 3600 * self.chance.uniform(1.02, 1.3), story="D9")
        for level in at_risk:
            yield self._open(level, "assigned", RESOLVE_H[level] * 3600 * self.chance.uniform(0.80, 0.93))
        for level in waiting:
            yield self._open(level, "waiting", RESOLVE_H[level] * 3600 * self.chance.uniform(0.2, 0.5))
        oldest_given = False
        for level in rest:
            if level == 4 and not oldest_given:
                oldest_given = True
                yield self._open(level, "assigned", OLDEST.total_seconds())
                continue
            age_s = RESOLVE_H[level] * 3600 * self.chance.uniform(0.05, 0.6 if level < 4 else 0.55)
            yield self._open(level, "assigned", age_s)

    def _take(self, pool: list[int], count: int, *, prefer: tuple[int, ...]) -> list[int]:
        """Remove `count` levels from the pool, going round the preferred ones."""
        taken: list[int] = []
        turn = 0
        while len(taken) < count and any(level in pool for level in prefer):
            level = prefer[turn % len(prefer)]
            turn += 1
            if level in pool:
                pool.remove(level)
                taken.append(level)
        return taken

    def _open(self, level: int, fate: str, age_s: float, story: str = "") -> PlannedCase:
        received_at = self.now - timedelta(seconds=max(60.0, age_s))
        scene = self._scene(level)
        return self._case(scene, level, received_at, fate, claim_s=self._between(30, 240), story=story)

    def arriving(self, level: int, at: datetime) -> PlannedCase:
        """A case of this level that has just come in."""
        return self._case(self._scene(level), level, at, "unclaimed")

    def clusters(self, days: int) -> Iterator[PlannedCase]:
        """Waves of near-copies: D2's scam ring among them. The first of each is the parent, the others its children."""
        left = round(MERGED_CHILDREN * self.scale)
        ring = next(scene for scene in scenes.SCENES if scene.clause == "AD-FR-2.1")
        sizes = [min(38, max(3, left // 3))] if left >= 3 else []
        left -= sum(sizes)
        while left >= 3:
            size = min(left, int(self.chance.triangular(3, 60, 9)))
            sizes.append(size)
            left -= size
        for index, size in enumerate(sizes):
            self.cluster += 1
            scene = ring if index == 0 else self._scene(3)
            start = self.now - timedelta(days=self.chance.uniform(1.0, 6.0 if index == 0 else max(2.0, days - 1.0)))
            words = self._words(scene)
            for child in range(size + 1):
                received_at = start + timedelta(minutes=child * self.chance.uniform(0.5, 4))
                yield self._case(
                    scene,
                    3 if index else 2,
                    received_at,
                    "merged" if child else "decided",
                    words=words,
                    cluster=self.cluster,
                    story="D2" if index == 0 else "",
                    claim_s=self._between(60, 900),
                    end_s=3 * 3600,
                )

    def past_case(self, days: int) -> PlannedCase:
        level = self.chance.choices((0, 1, 2, 3, 4), (1, 6, 27, 48, 18))[0]
        scene = self._scene(level)
        vendor = self._vendor()
        received_at = self._moment(days)
        in_slump = vendor.slug == SLUMP_VENDOR and received_at > self.now - timedelta(days=SLUMP_DAYS)
        by_template = vendor.slug == SLUMP_VENDOR and self.chance.random() < SLUMP_SHARE
        is_spoiled = in_slump and by_template
        if by_template:
            scene = self._spoiled_scene(level) or scene
            received_at = self._at_night(received_at)
        invalid = SLUMP_INVALID if is_spoiled else vendor.invalid_share
        roll = self.chance.random()
        fate = "invalid" if roll < invalid else "withdrawn" if roll < invalid + 0.02 else "decided"
        target_s = RESOLVE_H[level] * 3600
        often = SLUMP_LATE if is_spoiled else SLUMP_LATE_ELSEWHERE if in_slump else LATE
        late = self.chance.random() < often
        end_s = int(target_s * (self.chance.uniform(1.02, 1.5) if late else self.chance.triangular(0.03, 0.95, 0.2)))
        end_s = min(end_s, int((self.now - received_at).total_seconds()) - 120)
        claim_s = min(int(end_s * 0.3), self._between(20, int(ACK_MIN.get(level, 5) * 60 * 1.05)))
        return self._case(
            scene,
            level,
            received_at,
            fate,
            vendor=vendor,
            place=(SLUMP_LANGUAGE, SLUMP_MARKET) if by_template else None,
            claim_s=max(1, claim_s),
            end_s=max(claim_s + 30, end_s),
            reason="missing_evidence" if is_spoiled or self.chance.random() < 0.9 else self._reason(),
            story="D4" if is_spoiled and fate == "invalid" else "",
        )

    def satire(self, days: int) -> PlannedCase:
        """D8: a post that laughs at hatred, removed under the clause about hatred. Its appeals stand in `appealing`."""
        scene = next(scene for scene in scenes.SCENES if scene.clause == SATIRE_CLAUSE)
        # Long enough ago that an appeal of it was decided, mostly.
        received_at = self.now - timedelta(days=self.chance.uniform(min(6.0, days / 2), max(1.0, days - 2.0)))
        market = self.chance.choice(scenes.LANGUAGES[SATIRE_LANGUAGE][1])
        claim_s = self._between(60, 3_600)
        planned = self._case(
            scene,
            3,
            received_at,
            "decided",
            words={"title": self.chance.choice(SATIRE_TITLES)},
            place=(SATIRE_LANGUAGE, market),
            claim_s=claim_s,
            end_s=claim_s + self._between(300, 30_000),
            story="D8",
        )
        return replace(planned, verdict="remove")

    def _spoiled_scene(self, level: int) -> Scene | None:
        fitting = [
            each
            for each in scenes.SCENES
            if each.surface == "ads" and each.harm == SLUMP_HARM and level in each.answers
        ]
        return self.chance.choice(fitting) if fitting else None

    def _at_night(self, received_at: datetime) -> datetime:
        """The same day's night, in the hours of the vendor's night shift, never after the present."""
        moved = received_at.replace(hour=self.chance.choice(NIGHT_HOURS))
        return moved if moved < self.now - timedelta(hours=2) else moved - timedelta(days=1)

    def _case(
        self,
        scene: Scene,
        level: int,
        received_at: datetime,
        fate: str,
        *,
        vendor: cast.Vendor | None = None,
        words: dict[str, str] | None = None,
        claim_s: int = 0,
        end_s: int = 0,
        reason: str = "",
        cluster: int = 0,
        story: str = "",
        place: tuple[str, str] | None = None,
    ) -> PlannedCase:
        """`place` is a language and a market, drawn where it is left out."""
        self.number += 1
        language = self.chance.choices(list(scenes.LANGUAGES), [share for share, _ in scenes.LANGUAGES.values()])[0]
        if "Valdoria" in (words or {}).get("place", ""):
            language = "qtv"
        market = self.chance.choice(scenes.LANGUAGES[language][1])
        if place is not None:
            language, market = place
        reply_s = claim_s + self._between(60, 900)
        views = int(10 ** self.chance.uniform(1.5, 4.9)) if level >= 2 else int(10 ** self.chance.uniform(4, 5.9))
        verdict = self.chance.choices(list(scene.verdicts), list(scene.verdicts.values()))[0]
        return PlannedCase(
            number=self.number,
            received_at=received_at,
            vendor=(vendor or self._vendor()).slug,
            scene=scene,
            severity=level,
            language=language,
            market=market,
            words=words or self._words(scene),
            fate=fate,
            views=min(views, {4: 900, 3: 90_000}.get(level, views)),
            spend=int(10 ** self.chance.uniform(2, 2.9 if level == 4 else 4.8)) if scene.surface == "ads" else 0,
            claim_s=claim_s,
            reply_s=min(reply_s, max(claim_s + 1, end_s - 20)) if end_s else reply_s,
            end_s=end_s,
            verdict=verdict,
            reason=reason,
            actor=self.chance.random(),
            cluster=cluster,
            story=story,
        )

    def _scene(self, level: int) -> Scene:
        fitting = [scene for scene in scenes.SCENES if level in scene.answers]
        return self.chance.choices(fitting, [scene.weight for scene in fitting])[0]

    def _words(self, scene: Scene) -> dict[str, str]:
        words = {
            "brand": self.chance.choice(scenes.BRANDS),
            "person": self.chance.choice(scenes.PEOPLE),
            "place": self.chance.choice(scenes.PLACES),
        }
        return words | {"title": self.chance.choice(scene.titles).format(**words)}

    def _vendor(self) -> cast.Vendor:
        return self.chance.choices(cast.VENDORS, [vendor.share for vendor in cast.VENDORS])[0]

    def _reason(self) -> str:
        return self.chance.choice(("out_of_scope", "wrong_queue", "vendor_could_decide", "not_reproducible", "test"))

    def _moment(self, days: int) -> datetime:
        """A time in the past: weekdays busier than weekends, hours by the hubs' shape."""
        while True:
            day = self.now - timedelta(days=self.chance.uniform(0.25, days))
            if day.weekday() >= 5 and self.chance.random() < 0.35:
                continue
            hour = self.chance.choices(range(24), _HOURS)[0]
            moment = day.replace(hour=hour, minute=self.chance.randrange(60), second=self.chance.randrange(60))
            if moment < self.now - timedelta(hours=2):
                return moment

    def _between(self, low: int, high: int) -> int:
        """Many short, few long."""
        return int(low * math.exp(self.chance.random() * math.log(max(2.0, high / low))))
