"""What stands in the decision panel as plain values. Nothing here saves or asks the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from escalations.lifecycle import NOTIFIED, Confidence, Verdict
from escalations.operations.decisions import GapNote, Ruling


@dataclass(frozen=True)
class Typed:
    """The panel's fields as plain values; what cannot be read is as if it had been left empty.

    `card_id` names the version whose elements were on the screen: where it is not the chosen one, its ticks mean nothing and the
    clause's defaults stand for them. `actions` are offered steps, `scopes` what was written beside them: the step, days, countries.
    `drafted` is the line that the product wrote at the head of the rationale.
    """

    verdict: Verdict | None = None
    clause_id: int | None = None
    card_id: int | None = None
    secondary_ids: tuple[int, ...] = ()
    elements: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    scopes: tuple[tuple[str, str, str], ...] = ()
    deviation: str = ""
    cites: tuple[int, ...] = ()
    departs_why: str = ""
    wants_second: bool = False
    tells_not: tuple[str, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    rationale: str = ""
    drafted: str = ""
    confidence: Confidence = Confidence.LIKELY
    gap_id: int | None = None
    gap_question: str = ""
    gap_position: str = ""

    @property
    def is_card_shown(self) -> bool:
        """Whether the ticks belong to the chosen clause."""
        return self.clause_id is not None and self.card_id == self.clause_id

    @property
    def steps(self) -> tuple[str, ...]:
        """The ticked steps as a decision keeps them: with how long and where. What cannot be read stays in them, to be refused."""
        written = {key: (days, markets) for key, days, markets in self.scopes}
        return tuple(_scoped(key, *written[key]) if key in written else key for key in self.actions)

    def scope_of(self, key: str) -> tuple[str, str] | None:
        """Days and countries as they stand beside a step; None where nothing was shown beside it."""
        return next(((days, markets) for known, days, markets in self.scopes if known == key), None)

    def ruling(self) -> Ruling:
        """For the operation. Needs a verdict."""
        assert self.verdict is not None
        return Ruling(
            verdict=self.verdict,
            clause_id=self.clause_id,
            secondary_ids=self.secondary_ids,
            elements=self.elements,
            exceptions=self.exceptions,
            actions=self.steps,
            deviation=self.deviation,
            cites=self.cites,
            departs_why=self.departs_why,
            tells_not=self.tells_not,
            languages=dict(self.languages),
            wants_second=self.wants_second and self.confidence is Confidence.UNSURE,
            rationale=self.rationale,
            confidence=self.confidence,
            gap=GapNote(self.gap_id, self.gap_question, self.gap_position),
        )

    def with_clause(self, version_id: int) -> Typed:
        """The clause accepted in place of what was chosen."""
        return replace(
            self, clause_id=version_id, secondary_ids=tuple(pk for pk in self.secondary_ids if pk != version_id)
        )

    def with_further(self, version_id: int) -> Typed:
        """One more clause beside the chosen one."""
        if version_id == self.clause_id or version_id in self.secondary_ids:
            return self
        return replace(self, secondary_ids=(*self.secondary_ids, version_id))

    def without_further(self, version_id: int) -> Typed:
        """One clause less beside the chosen one."""
        return replace(self, secondary_ids=tuple(pk for pk in self.secondary_ids if pk != version_id))


def read(data: Mapping[str, Any]) -> Typed:
    """What a draft or a posted form says."""
    verdict, confidence = str(data.get("verdict", "")), str(data.get("confidence", ""))
    return Typed(
        verdict=Verdict(verdict) if verdict in Verdict.values else None,
        clause_id=_number(data.get("clause")),
        card_id=_number(data.get("card")),
        secondary_ids=tuple(pk for one in data.get("secondary", ()) if (pk := _number(one)) is not None),
        elements=tuple(map(str, data.get("elements", ()))),
        exceptions=tuple(map(str, data.get("exceptions", ()))),
        actions=tuple(map(str, data.get("actions", ()))),
        scopes=_scopes(data.get("scopes")),
        deviation=str(data.get("deviation", "")),
        cites=tuple(pk for one in data.get("cites", ()) if (pk := _number(one)) is not None),
        departs_why=str(data.get("departs_why", "")),
        wants_second=bool(data.get("second")),
        tells_not=tuple(side.value for side in NOTIFIED if f"{side.value}" in data.get("tells_not", ())),
        languages=tuple(
            (side.value, str(given)) for side in NOTIFIED if (given := data.get(f"language_{side.value}", ""))
        ),
        rationale=str(data.get("rationale", "")),
        drafted=str(data.get("drafted", "")),
        confidence=Confidence(confidence) if confidence in Confidence.values else Confidence.LIKELY,
        gap_id=_number(data.get("gap")),
        gap_question=str(data.get("gap_question", "")),
        gap_position=str(data.get("gap_position", "")),
    )


def _scopes(given: Any) -> tuple[tuple[str, str, str], ...]:
    if not isinstance(given, dict):
        return ()
    pairs = [(str(key), found) for key, found in given.items() if isinstance(found, list) and len(found) == 2]
    return tuple((key, str(days), str(markets)) for key, (days, markets) in pairs)


def _scoped(key: str, days: str, markets: str) -> str:
    """The step with what was written beside it: `account_suspend:7` for 14 days in at, de is `account_suspend:14@AT,DE`."""
    kind, _colon, usual = key.partition("@")[0].partition(":")
    lasts = days.strip() or usual
    codes = ",".join(sorted({code.upper() for code in markets.replace(",", " ").split()}))
    return kind + (f":{lasts}" if lasts else "") + (f"@{codes}" if codes else "")


def _number(text: Any) -> int | None:
    given = str(text or "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
