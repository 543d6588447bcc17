"""What draft rules would do with the cases of the last days, before they are published (ux.md ADM-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from escalations.filters.compiling import compile_filter
from escalations.filters.limits import within
from escalations.models import Case, Queue
from escalations.operations.routing import Rule, current_book

DAYS = 7
MOST_CASES = 2000  # the newest; more would say the same, later
_SECONDS = 4.0
_EXAMPLES = 12


@dataclass(frozen=True)
class Move:
    """Cases that the draft would place in another queue than the rules in force."""

    before: Queue
    after: Queue
    count: int


@dataclass(frozen=True)
class Example:
    """One of them, which the viewer may open."""

    ref: str
    title: str
    before: Queue
    after: Queue


@dataclass(frozen=True)
class DryRun:
    """`taken` counts cases by a rule's position; `left` fell to the default queue."""

    considered: int
    is_capped: bool
    taken: dict[int, int]
    left: int
    moves: list[Move]
    examples: list[Example]

    @property
    def moved(self) -> int:
        return sum(move.count for move in self.moves)


def dry_run(rules: Sequence[Rule], *, viewer: User, at: datetime) -> DryRun:
    """Place the cases received in the last seven days by `rules` and by those in force, and compare.

    Cases are read as they are today, not as they came in; restricted ones that the viewer's transaction cannot see are left
    out, and sandbox cases. One query per different filter text. Raises `TooSlow` when one takes over four seconds.
    """
    rows = Case.objects.filter(received_at__gt=at - timedelta(days=DAYS), received_at__lte=at, is_sandbox=False)
    found = list(rows.order_by("-received_at", "-id").values_list("id", flat=True)[: MOST_CASES + 1])
    ids = found[:MOST_CASES]
    in_force = current_book()
    matched: dict[str, set[int]] = {}

    def matching(text: str) -> set[int]:
        if text not in matched:
            compiled = compile_filter(text, viewer=None, at=at, is_for_one_row=True)
            asked = Case.objects.filter(pk__in=ids).filter(compiled.q).values_list("id", flat=True)
            matched[text] = within(_SECONDS, lambda: set(asked))
        return matched[text]

    def placed(ordered: Sequence[Rule]) -> dict[int, Rule]:
        places: dict[int, Rule] = {}
        for rule in ordered:
            for case_id in matching(rule.filter_text):
                places.setdefault(case_id, rule)
        return places

    def queue_of(rule: Rule | None) -> Queue:
        queue = in_force.queues[in_force.default_queue_id if rule is None else rule.queue_id]
        return queue if queue.is_active else in_force.queues[in_force.default_queue_id]

    after, before = placed(rules), placed(in_force.rules)
    taken = Counter(rule.position for rule in after.values())
    moved = {
        case_id: (was.pk, now.pk)
        for case_id in ids
        if (was := queue_of(before.get(case_id))).pk != (now := queue_of(after.get(case_id))).pk
    }
    moves = [
        Move(in_force.queues[was], in_force.queues[now], count)
        for (was, now), count in Counter(moved.values()).most_common()
    ]
    shown = Case.objects.visible_to(viewer).filter(pk__in=list(moved)).order_by("-received_at", "-id")[:_EXAMPLES]
    examples = [
        Example(case.ref, case.title, in_force.queues[moved[case.pk][0]], in_force.queues[moved[case.pk][1]])
        for case in shown
    ]
    return DryRun(len(ids), len(found) > MOST_CASES, dict(taken), len(ids) - len(after), moves, examples)
