"""Numbers about clauses: those other apps registered, and the open gaps that this one knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from policies import registry
from policies.models import Policy
from policies.registry import Text
from policies.selectors.life import open_gaps_by_policy


@dataclass(frozen=True)
class Numbers:
    """A clause's numbers in the order of `registry.figures()`; a dash where there is none."""

    figures: list[tuple[Text, str]]
    gaps: int


def figures_of(policy_ids: Collection[int], *, viewer: User, at: datetime) -> Mapping[int, Numbers]:
    """Numbers of those clauses by id. One query beside what the registered figures ask."""
    gaps = open_gaps_by_policy(viewer)
    answers = [(figure.label, figure.by_policy(policy_ids, at)) for figure in registry.figures()]
    return {
        pk: Numbers([(label, answer.get(pk, "–")) for label, answer in answers], gaps.get(pk, 0)) for pk in policy_ids
    }


def health_of(policy: Policy, *, viewer: User, at: datetime) -> list[tuple[Text, str, Text]]:
    """A clause's numbers with how each is counted."""
    return [
        (figure.label, figure.by_policy([policy.pk], at).get(policy.pk, "–"), figure.about)
        for figure in registry.figures()
    ]
