"""A filter text and a reader to a condition on cases, its order and its layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from core.errors import FieldProblem, Invalid
from core.filters.compiler import Compiled, Order, Resolved, compile_text
from core.filters.errors import FilterError, Problem
from core.filters.tree import Query
from escalations.filters.context import CaseContext, Viewer, context_for
from escalations.filters.fields import CASES
from escalations.filters.search import by_index
from escalations.models import Case

NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class CompiledFilter:
    """What a filter text came to. With `errors`, `q` matches nothing: show the errors and keep the last good rows.

    `q` does not hold who may see what: apply it to `Case.objects.visible_to(viewer)`. `canonical` is the text to store and compare.
    `order` is None where the text names no sort. `resolved` are the times as they were understood (FIL-4).
    """

    text: str
    canonical: str
    q: Q
    query: Query
    context: CaseContext
    order: Order | None = None
    group: str | None = None
    columns: tuple[str, ...] = ()
    resolved: tuple[Resolved, ...] = ()
    errors: tuple[Problem, ...] = ()
    compiled: Compiled | None = field(default=None, repr=False)

    @property
    def is_valid(self) -> bool:
        """Whether the text is a filter this reader may use."""
        return not self.errors

    @property
    def sentences(self) -> list[str]:
        """Each error as a sentence that quotes the place."""
        return [problem.sentence(self.text) for problem in self.errors]

    @property
    def ranges_in_words(self) -> list[tuple[str, str]]:
        """Field and absolute range of every time, in the reader's zone."""
        return [(resolved.term, resolved.words(self.context.zone)) for resolved in self.resolved]

    @property
    def is_open_only(self) -> bool:
        """Whether only open cases can match, by a condition of their own: the list may then be walked in queue order."""
        return ("is_open", True) in self.q.children

    def asks(self, name: str, word: str | None = None) -> bool:
        """Whether the text uses this field (with this value) anywhere."""
        return self.compiled is not None and self.compiled.asks(name, word)

    def cases(self) -> QuerySet[Case]:
        """The matching cases this reader may see, in no order. The system sees every case."""
        cases = Case.objects.all() if self.context.viewer is None else Case.objects.visible_to(self.context.viewer)
        return cases.filter(self.q)

    def raise_for_errors(self, pointer: str = "/q") -> CompiledFilter:
        """Itself, or `Invalid` (422) with every error, for the API; `pointer` names the parameter or member."""
        if self.errors:
            raise Invalid(
                errors=[FieldProblem(pointer, problem.code, problem.sentence(self.text)) for problem in self.errors]
            )
        return self


def compile_filter(text: str, *, viewer: Viewer, at: datetime, is_for_one_row: bool = False) -> CompiledFilter:
    """Understand `text` as `viewer` reads it at `at` (aware UTC). Never raises for what a person typed: see `errors`.

    Sandbox cases are left out unless the text asks for them (`is:sandbox`) or a sandbox key reads. Names are looked up in the
    database, so call it where the tenant is set.
    """
    context = context_for(viewer, at=at, is_for_one_row=is_for_one_row)
    try:
        compiled = compile_text(text, CASES, context)
    except FilterError as error:
        return CompiledFilter(text, text, NOTHING, Query(), context, errors=error.problems)
    return CompiledFilter(
        text=text,
        canonical=compiled.text,
        q=_whole(compiled, context),
        query=compiled.query,
        context=context,
        order=compiled.order,
        group=compiled.group,
        columns=compiled.columns,
        resolved=compiled.resolved,
        compiled=compiled,
    )


# Says nothing, and lets the planner use the indexes of open and of closed cases where a filter asks for both.
EITHER = Q(is_open=True) | Q(is_open=False)


def _whole(compiled: Compiled, context: CaseContext) -> Q:
    """The condition with what every list adds: sandbox cases apart, text by index."""
    q = compiled.q & _sandbox(compiled, context)
    if context.is_for_one_row:
        return q
    if not any(isinstance(child, tuple) and child[0] == "is_open" for child in q.children):
        q &= EITHER
    return by_index(q, context)


def _sandbox(compiled: Compiled, context: CaseContext) -> Q:
    is_sandbox_key = bool(getattr(context.viewer, "is_sandbox", False))
    if is_sandbox_key:
        return Q(is_sandbox=True)
    if context.is_for_one_row or compiled.asks("is", "sandbox"):
        return Q()
    return Q(is_sandbox=False)
