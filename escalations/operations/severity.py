"""How bad it is: one pure function from answers to a level and the sentences that explain it (compliance.md §3.2).

The answers are stored with the case, so the level can be computed again and argued about. A rule names the level its condition
alone earns; the worst rule that holds wins. A person may override the result with a reason (`cases.change_severity`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from escalations.lifecycle import Harm, Severity, Surface

# Answers a submitter may give, each with its codes from harmless to worst.
ANSWERS: dict[str, tuple[str, ...]] = {
    "imminence": ("none", "days", "hours", "now"),
    "physical_harm": ("none", "possible", "serious", "lethal"),
    "vulnerable": ("none", "at_risk_group", "minor"),
    "velocity": ("flat", "growing", "viral"),
    "reversibility": ("reversible", "hard", "irreversible"),
    "actor_profile": ("ordinary", "public_figure", "organized", "state"),
    "attention": ("none", "local", "national", "government"),
    "confidence": ("low", "medium", "high"),
}
MEANINGS: dict[str, str] = {
    "imminence": "How soon harm is expected.",
    "physical_harm": "The worst bodily harm that is credible.",
    "vulnerable": "Whether those harmed are minors or a group at risk.",
    "velocity": "How fast it spreads.",
    "reversibility": "Whether the harm can be undone.",
    "actor_profile": "Who is behind it, or who it is about.",
    "attention": "Press or government attention.",
    "confidence": "How sure the submitter is of these answers.",
}
MASS, LARGE, SMALL = 1_000_000, 100_000, 1_000  # people or views; whole units of money for spend


@dataclass(frozen=True)
class Inputs:
    """Everything the level depends on. `legal_hours` counts from receipt to the legal deadline, when there is one."""

    surface: str = ""
    harm: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    reach: int = 0
    spend: int = 0
    legal_hours: float | None = None

    def said(self, name: str, *codes: str) -> bool:
        return self.answers.get(name) in codes

    def as_json(self) -> dict[str, Any]:
        """The form stored on the case."""
        return {**self.answers, "reach": self.reach, "spend": self.spend, "legal_hours": self.legal_hours}


@dataclass(frozen=True)
class Result:
    """The level, and each rule that held as `{"level": "S1", "because": "…"}`, worst first."""

    severity: Severity
    why: list[dict[str, str]]


@dataclass(frozen=True)
class Rule:
    level: Severity
    because: str
    holds: Callable[[Inputs], bool]


S0, S1, S2, S3, S4 = Severity
RULES: tuple[Rule, ...] = (
    Rule(
        S0,
        "a life or serious injury is at stake now",
        lambda i: i.said("imminence", "now") and i.said("physical_harm", "serious", "lethal"),
    ),
    Rule(
        S0,
        "a life is at stake within hours",
        lambda i: i.said("imminence", "hours") and i.said("physical_harm", "lethal"),
    ),
    Rule(
        S0,
        "a minor faces bodily harm within hours",
        lambda i: (
            i.said("vulnerable", "minor")
            and i.said("imminence", "hours", "now")
            and i.said("physical_harm", "possible", "serious", "lethal")
        ),
    ),
    Rule(
        S0,
        "lethal harm is spreading to a mass audience",
        lambda i: i.said("physical_harm", "lethal") and i.said("velocity", "viral") and i.reach >= MASS,
    ),
    Rule(S1, "serious bodily harm is credible", lambda i: i.said("physical_harm", "serious", "lethal")),
    Rule(
        S1,
        "bodily harm is possible within hours",
        lambda i: i.said("physical_harm", "possible") and i.said("imminence", "hours", "now"),
    ),
    Rule(
        S1,
        "a minor is sexually exploited or abused",
        lambda i: i.said("vulnerable", "minor") and i.harm in (Harm.CHILD_SAFETY, Harm.SEXUAL_EXPLOITATION),
    ),
    Rule(S1, "a legal deadline ends within two hours", lambda i: i.legal_hours is not None and i.legal_hours <= 2),
    Rule(S1, "it is viral before a mass audience", lambda i: i.said("velocity", "viral") and i.reach >= MASS),
    Rule(S1, "seven figures of money are involved", lambda i: i.spend >= MASS),
    Rule(
        S1,
        "people at risk face harm that cannot be undone",
        lambda i: i.said("vulnerable", "at_risk_group", "minor") and i.said("reversibility", "irreversible"),
    ),
    Rule(S2, "bodily harm is possible", lambda i: i.said("physical_harm", "possible")),
    Rule(S2, "harm is expected within hours", lambda i: i.said("imminence", "hours", "now")),
    Rule(S2, "a minor or a group at risk is harmed", lambda i: i.said("vulnerable", "at_risk_group", "minor")),
    Rule(S2, "the harm is to a child", lambda i: i.harm == Harm.CHILD_SAFETY),
    Rule(S2, "it reaches 100,000 people or more", lambda i: i.reach >= LARGE),
    Rule(S2, "it is viral", lambda i: i.said("velocity", "viral")),
    Rule(S2, "six figures of money are involved", lambda i: i.spend >= LARGE),
    Rule(S2, "the harm cannot be undone", lambda i: i.said("reversibility", "irreversible")),
    Rule(
        S2,
        "an organized or state actor, or a public figure, is involved",
        lambda i: i.said("actor_profile", "public_figure", "organized", "state"),
    ),
    Rule(S2, "national press or a government is watching", lambda i: i.said("attention", "national", "government")),
    Rule(S2, "a legal deadline ends within a day", lambda i: i.legal_hours is not None and i.legal_hours <= 24),
)


def _nothing_at_stake(inputs: Inputs) -> bool:
    """Questions about the product, and cases whose submitter answered that nobody is harmed and nothing spreads."""
    return inputs.surface == Surface.PRODUCT or (
        inputs.said("physical_harm", "none")
        and inputs.said("imminence", "none")
        and inputs.said("reversibility", "reversible")
        and inputs.reach < SMALL
        and inputs.spend < SMALL
    )


def compute(inputs: Inputs) -> Result:
    """The level these answers earn, explained.

    Unsure answers (`confidence` low) cost one level, except where a life is at stake: there, doubt counts for the person.
    """
    held = [rule for rule in RULES if rule.holds(inputs)]
    if not held:
        if _nothing_at_stake(inputs):
            return Result(S4, [_line(S4, "nobody is harmed and nothing spreads")])
        return Result(S3, [_line(S3, "the ordinary level: no answer raises it")])
    level = min(rule.level for rule in held)
    why = [_line(rule.level, rule.because) for rule in sorted(held, key=lambda rule: rule.level)]
    if inputs.said("confidence", "low") and level in (S1, S2) and not inputs.said("physical_harm", "serious", "lethal"):
        level = Severity(level + 1)
        why.insert(0, _line(level, "one level lower, since the submitter is not sure"))
    return Result(level, why)


def claim(result: Result, *, claimed: Severity | None, reason: str, may_raise: bool) -> Result:
    """What a submitter's own claim changes: it may raise the level by one with a reason, never to S0 and never down.

    S0 is earned by answers alone, since it wakes people. The claim stands in the why lines either way.
    """
    if claimed is None or claimed == result.severity:
        return result
    if claimed > result.severity:
        note = _line(result.severity, f"the submitter claimed {claimed.name}; the answers say more")
        return Result(result.severity, [*result.why, note])
    if not may_raise or not reason:
        note = _line(result.severity, f"{claimed.name} was claimed without a reason")
        return Result(result.severity, [*result.why, note])
    raised = Severity(max(claimed, result.severity - 1, S1))
    if raised >= result.severity:
        note = _line(result.severity, f"{claimed.name} was claimed; S0 needs answers that say so")
        return Result(result.severity, [*result.why, note])
    return Result(raised, [_line(raised, f"raised by the submitter: {reason}"), *result.why])


def legal_hours(deadline_at: datetime | None, at: datetime) -> float | None:
    """Hours from `at` to a legal deadline, None without one."""
    return None if deadline_at is None else round((deadline_at - at).total_seconds() / 3600, 2)


def _line(level: Severity, because: str) -> dict[str, str]:
    return {"level": level.name, "because": because}
