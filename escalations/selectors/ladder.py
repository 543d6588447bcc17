"""The ladder of a clause for one case: which rung its subject stands on, and the steps that belong there."""

from __future__ import annotations

from accounts.models import User
from escalations.enforcement_life import LONGEST_MITIGATION, MITIGATIONS
from escalations.lifecycle import TAKEDOWNS, DecisionState, EntityRole, Verdict
from escalations.models import Case, CaseEntity
from policies.models import PolicyVersion


def action_key(kind: str, days: int | None) -> str:
    """How a decision stores one step of a ladder: `content_remove`, `account_suspend:7`."""
    return f"{kind}:{days}" if days else kind


def rung_of(case: Case, version: PolicyVersion, *, viewer: User) -> int:
    """Where the case's violators stand on the clause's ladder: one more than the cases decided against them under it.

    Counts only cases that `viewer` may see. One query.
    """
    violators = CaseEntity.objects.filter(case=case, role=EntityRole.VIOLATOR).values("entity_id")
    before = (
        Case.objects.visible_to(viewer)
        .exclude(pk=case.pk)
        .filter(
            subjects__entity__in=violators,
            subjects__role=EntityRole.VIOLATOR,
            decisions__state=DecisionState.EFFECTIVE,
            decisions__verdict__in=[verdict.value for verdict in TAKEDOWNS],
            decisions__clause__policy=version.policy_id,
        )
    )
    rungs = len(version.rungs(case.surface))
    return min(before.values("pk").distinct()[: max(rungs, 1)].count() + 1, rungs) if rungs else 0


def steps_at(case: Case, version: PolicyVersion, rung: int) -> tuple[str, ...]:
    """The steps of one rung on the case's surface, as a decision stores them; empty where there is no ladder."""
    rungs = version.rungs(case.surface)
    if not rungs:
        return ()
    return tuple(action_key(one.type.value, one.days) for one in rungs[min(rung or 1, len(rungs)) - 1].actions)


def meanwhile_steps() -> tuple[str, ...]:
    """What may hold until a rule answers a gap: what limits and can be lifted, for as long as a temporary mitigation may last."""
    return tuple(action_key(kind.value, LONGEST_MITIGATION.days) for kind in MITIGATIONS)


def deviates(verdict: Verdict | None, chosen: tuple[str, ...], expected: tuple[str, ...]) -> bool:
    """Whether a verdict that takes something down departs from the ladder (ux.md DEC-7); where a step holds is no departure."""
    plain = {key.partition("@")[0] for key in chosen}
    return verdict in TAKEDOWNS and bool(expected) and plain != set(expected)
