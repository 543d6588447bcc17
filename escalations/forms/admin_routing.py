"""Routing rules as an ordered form: rows that move by buttons, each with its own errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from core.errors import FieldProblem, Invalid
from escalations.lifecycle import Severity
from escalations.models import RoutingRule
from escalations.operations.routing import MOST_RULES, RuleInput

_TEXTS = {"name": 120, "filter_text": 512, "queue": 50, "floor": 1, "skills": 1000}


@dataclass(frozen=True)
class RuleRow:
    """A rule as typed. `errors` are sentences by field; `shadowed_by` names the earlier rule that leaves it nothing."""

    name: str = ""
    filter_text: str = ""
    queue: str = ""
    floor: str = ""
    skills: str = ""
    is_active: bool = True
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shadowed_by: str = ""
    takes: int | None = None

    def as_input(self) -> RuleInput:
        """What the operations take; a floor that is no level becomes one that they refuse."""
        floor = None if not self.floor else int(self.floor) if self.floor in set("01234") else -1
        skills = tuple(self.skills.lower().replace(",", " ").split())
        return RuleInput(self.name.strip(), self.filter_text.strip(), self.queue, floor, skills, self.is_active)

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors)


def rows_of(rules: Iterable[RoutingRule]) -> list[RuleRow]:
    """Published rules as rows; each needs its queue."""
    return [
        RuleRow(
            rule.name,
            rule.filter_text,
            rule.queue.slug,
            "" if rule.severity_floor is None else str(rule.severity_floor),
            " ".join(rule.skills),
            rule.is_active,
        )
        for rule in rules
    ]


def read_rows(posted: Mapping[str, str]) -> list[RuleRow]:
    """The rows of a sent form, in its order, cut to what a rule may hold and one character more."""
    count = posted.get("count", "")
    number = min(int(count), MOST_RULES + 1) if count.isascii() and count.isdigit() and len(count) < 6 else 0
    rows = []
    for index in range(number):
        texts = {
            name: posted.get(f"{name}-{index}", "").replace("\x00", "")[: longest + 1]
            for name, longest in _TEXTS.items()
        }
        rows.append(
            RuleRow(
                texts["name"],
                texts["filter_text"],
                texts["queue"],
                texts["floor"],
                texts["skills"],
                is_active=f"is_active-{index}" in posted,
            )
        )
    return rows


def moved(rows: list[RuleRow], what: str) -> tuple[list[RuleRow], str]:
    """The rows after `up-2`, `down-0`, `remove-1` or `add`, and the id of the control that should have the focus."""
    if what == "add":
        return [*rows, RuleRow()], f"name-{len(rows)}"
    verb, _dash, given = what.partition("-")
    index = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else -1
    if not 0 <= index < len(rows):
        return rows, ""
    changed = list(rows)
    row = changed.pop(index)
    if verb == "remove":
        return changed, f"name-{min(index, len(changed) - 1)}" if changed else "add"
    to = max(index - 1, 0) if verb == "up" else min(index + 1, len(changed))
    changed.insert(to, row)
    # At an end the button that was pressed is gone: its neighbour takes the focus.
    verb = "down" if to == 0 else "up" if to == len(changed) - 1 else verb
    return changed, f"{verb}-{to}"


def length_problems(rows: Sequence[RuleRow]) -> list[FieldProblem]:
    """What is longer than a rule may hold."""
    return [
        FieldProblem(f"/rules/{index}/{name}", "too_long", _("At most %(most)d characters.") % {"most": longest})
        for index, row in enumerate(rows)
        for name, longest in _TEXTS.items()
        if len(getattr(row, name)) > longest
    ] + [
        FieldProblem(f"/rules/{index}/skills", "too_long", _("A skill has at most 60 characters."))
        for index, row in enumerate(rows)
        if any(len(skill) > 60 for skill in row.skills.split())
    ]


def with_errors(rows: Sequence[RuleRow], error: Invalid) -> tuple[list[RuleRow], list[str]]:
    """The rows with the refusals that point at them, and the sentences that point at none."""
    by_row: dict[int, dict[str, list[str]]] = {}
    rest = []
    for problem in error.errors:
        parts = problem.pointer.strip("/").split("/")
        if len(parts) == 3 and parts[1].isdigit() and int(parts[1]) < len(rows):
            name = {"severity_floor": "floor"}.get(parts[2], parts[2])
            by_row.setdefault(int(parts[1]), {}).setdefault(name, []).append(problem.detail)
        else:
            rest.append(problem.detail)
    if not error.errors:
        rest.append(error.detail)
    return [replace(row, errors=by_row.get(index, {})) for index, row in enumerate(rows)], rest


LEVELS = [(str(level.value), level.name) for level in Severity]
