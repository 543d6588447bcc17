"""What the queue console shows: rows of one page by keyset, the header's facts, the preview. Reads only.

A page is one query for its rows and one for its facts, whatever the number of cases (docs/adr/ on the order column).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable, OrderBy, RawSQL
from django.db.models.functions import Left

from accounts.models import User
from core.pagination import RowGreater, decode, encode
from escalations.filters.compiling import CompiledFilter, compile_filter
from escalations.filters.limits import COUNTED_TO, Count, TooSlow, count, estimate, within
from escalations.lifecycle import DecisionState
from escalations.models import Appeal, Case, CaseEntity, CaseTag, Decision, Draft, Evidence
from escalations.operations import bulk
from escalations.querysets import CaseQuerySet
from escalations.selectors import likeness, own_queues
from escalations.selectors.clocks import Promise, promises_of
from escalations.selectors.timeline import Entry, timeline_of

ROWS = 50
DEFAULT_FILTER = "is:open"
SLOW_AFTER_S = 2.0

# Columns of each order, ascending; all but the first two walk an index of open cases in this order.
SORTS: dict[str, tuple[str, ...]] = {
    "order": ("order_at", "id"),
    "sev": ("severity", "order_at", "id"),
    "due": ("due_at", "id"),
    "age": ("received_at", "id"),
    "reach": ("reach", "id"),
    "updated": ("updated_at", "id"),
}
_MAY_BE_NULL = frozenset({"due_at"})


class Row(NamedTuple):
    """One case of a list, as the row printer takes it."""

    id: int
    ref: str
    revision: int
    title: str
    severity: int
    status: str
    resolution: str
    waiting_on: str
    due_metric: str
    due_at: datetime | None
    due_target_s: int | None
    is_paused: bool
    channel: str
    language: str
    surface: str
    reach: int
    assignee_id: int | None
    assignee: str | None
    claimed_at: datetime | None
    cluster_size: int
    parent_id: int | None
    reopened_count: int
    is_legal_hold: bool
    is_high_profile: bool
    graphic_tier: int | None
    snoozed_until: datetime | None
    harm: str
    market: str
    received_at: datetime
    updated_at: datetime
    order_at: datetime
    queue: str
    organization: str
    organization_kind: str
    has_draft: bool
    tags: list[str] | None


_FIELDS = (
    "id",
    "ref",
    "revision",
    "title",
    "severity",
    "status",
    "resolution",
    "waiting_on",
    "due_metric",
    "due_at",
    "due_target_s",
    "is_paused",
    "channel",
    "language",
    "surface",
    "reach",
    "assignee_id",
    "assignee__display_name",
    "claimed_at",
    "cluster_size",
    "parent_id",
    "reopened_count",
    "is_legal_hold",
    "is_high_profile",
    "graphic_tier",
    "snoozed_until",
    "harm",
    "market",
    "received_at",
    "updated_at",
    "order_at",
    "queue__name",
    "organization__name",
    "organization__kind",
    "has_draft",
    "tag_names",
)


@dataclass(frozen=True)
class ListPage:
    """Rows of one page; `newer` and `older` are cursors or empty. `is_too_slow`: the database gave up, and there are none."""

    rows: list[Row]
    newer: str = ""
    older: str = ""
    is_too_slow: bool = False


@dataclass(frozen=True)
class Facts:
    """The header's numbers for one filter. `oldest_at` is when the longest waiting of them came in, where all were counted.

    `total` is every open case the viewer may see; the numbers after it count open cases alone, since nobody waits for a closed one.
    """

    matching: Count
    total: Count
    unclaimed: Count | None
    at_risk: Count | None
    breached: Count | None
    oldest_at: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether every number is there; otherwise the page asks for the rest afterwards."""
        return self.unclaimed is not None


def filtered(text: str, *, viewer: User, at: datetime) -> CompiledFilter:
    """The filter as this viewer reads it, at `at` (aware UTC). See `escalations.filters.compile_filter`."""
    return compile_filter(text, viewer=viewer, at=at)


def in_list(compiled: CompiledFilter, *, viewer: User, at: datetime) -> CaseQuerySet:
    """The cases of a list: matching, visible, not asleep (unless the filter asks for sleepers), without practice cases."""
    found = Case.objects.visible_to(viewer).filter(compiled.q, is_practice_for=None)
    if compiled.asks("is", "snoozed") or compiled.asks("ref"):
        return found
    return found.awake(at=at)


def is_in_list(case_id: int, compiled: CompiledFilter, *, viewer: User, at: datetime) -> bool:
    """Whether one case is still in the list."""
    return in_list(compiled, viewer=viewer, at=at).filter(pk=case_id).exists()


def sort_of(compiled: CompiledFilter) -> tuple[str, bool]:
    """The order's name and whether it is turned round: next best of open cases, and newest first where closed ones may be among them.

    "Next best" says nothing of a closed case, and its index holds only open ones.
    """
    if compiled.order is None:
        return ("order", False) if compiled.is_open_only else ("age", True)
    return compiled.order.name, compiled.order.is_descending


def in_order(cases: CaseQuerySet, compiled: CompiledFilter) -> CaseQuerySet:
    """The cases in the order in which their list shows them."""
    name, turned = sort_of(compiled)
    return cases.order_by(*_ordering(SORTS[name], turned=turned))


def page_of(
    compiled: CompiledFilter,
    *,
    viewer: User,
    at: datetime,
    cursor: str = "",
    limit: int = ROWS,
    with_tags: bool = False,
) -> ListPage:
    """One page of the list in the filter's order, by row-value comparison. One query.

    Raises `BadRequest` for a cursor that is not this list's.
    """
    name, is_descending = sort_of(compiled)
    columns = SORTS[name]
    owner = _owner(viewer, compiled)
    values, backward = decode(cursor, owner=owner) if cursor else ([], False)
    turned = is_descending != backward
    # Uses index: case_open_by_order, case_open_by_queue, case_open_by_severity, case_open_by_due, or one led by the rare field.
    cases = in_list(compiled, viewer=viewer, at=at)
    if values:
        cases = cases.filter(_after(columns, _parsed(columns, values), turned=turned))
    ordering = _ordering(columns, turned=turned)
    if name == "order" and compiled.is_open_only and own_queues.sees_some(viewer):
        cases = _nearest(cases, viewer=viewer, ordering=ordering, limit=limit + 1)
    ordered = cases.order_by(*ordering)
    try:
        found = within(SLOW_AFTER_S, lambda: _rows(ordered[: limit + 1], with_tags=with_tags))
    except TooSlow:
        return ListPage([], is_too_slow=True)
    more = len(found) > limit
    found = found[:limit]
    if backward:
        found.reverse()
    if not found:
        return ListPage([])

    def place(row: Row, *, back: bool) -> str:
        return encode([getattr(row, column) for column in columns], owner=owner, backward=back)

    has_older = more or backward
    has_newer = more if backward else bool(values)
    return ListPage(
        found, place(found[0], back=True) if has_newer else "", place(found[-1], back=False) if has_older else ""
    )


def _nearest(cases: CaseQuerySet, *, viewer: User, ordering: Sequence[OrderBy], limit: int) -> CaseQuerySet:
    try:
        first, params = own_queues.first_of_own(cases, viewer=viewer, ordering=ordering, limit=limit, columns=["pk"])
    except EmptyResultSet:
        return cases
    return Case.objects.filter(pk__in=RawSQL(first, params))


def rows_of(case_ids: Sequence[int], *, viewer: User, with_tags: bool = False) -> list[Row]:
    """Rows of named cases that the viewer may see, in the order given."""
    found = {row.id: row for row in _rows(Case.objects.visible_to(viewer).filter(pk__in=case_ids), with_tags=with_tags)}
    return [found[case_id] for case_id in case_ids if case_id in found]


def refs_of(compiled: CompiledFilter, *, viewer: User, at: datetime) -> list[str]:
    """The references of the list's first page, for the pill that counts what came and what left."""
    cases = in_order(in_list(compiled, viewer=viewer, at=at), compiled)
    try:
        return within(SLOW_AFTER_S, lambda: list(cases.values_list("ref", flat=True)[:ROWS]))
    except TooSlow:
        return []


# What an act on many reads of none of them.
_HEAVY = ("ask", "outward_text", "internal_text", "outward_vector", "internal_vector")


def chosen(
    refs: Sequence[str], *, everything: CompiledFilter | None, viewer: User, at: datetime, at_most: int
) -> list[Case]:
    """The cases an act is about: by reference, or all of a filter's. Hidden and unknown references are left out alike.

    Raises `Invalid` when they are more than `at_most`.
    """
    wanted = {ref.strip().upper() for ref in refs}
    if everything is not None:
        cases = in_list(everything, viewer=viewer, at=at)
    else:
        cases = Case.objects.visible_to(viewer).filter(ref__in=list(wanted)[: at_most + 1])
    # Thousands of cases stand in few queues: each is read and made once.
    cases = cases.prefetch_related("queue", "organization", "assignee").defer(*_HEAVY)
    found = list(cases.order_by("order_at", "id")[: at_most + 1])
    if len(found) > at_most or (everything is None and len(wanted) > at_most):
        raise bulk.too_many(at_most)
    return found


def _rows(cases: Any, *, with_tags: bool) -> list[Row]:
    tags = (
        Subquery(
            CaseTag.objects.filter(case=OuterRef("pk"))
            .values("case")
            .annotate(names=ArrayAgg("tag__name"))
            .values("names")
        )
        if with_tags
        else F("required_skills")
    )
    drafts = Draft.objects.filter(case=OuterRef("pk"))
    selected = cases.annotate(has_draft=Exists(drafts), tag_names=tags).values_list(*_FIELDS)
    return [Row._make(values) for values in selected]


def _ordering(columns: Sequence[str], *, turned: bool) -> list[OrderBy]:
    ordering = []
    for column in columns:
        last = True if column in _MAY_BE_NULL else None
        ordering.append(F(column).desc(nulls_last=last) if turned else F(column).asc())
    return ordering


def _after(columns: Sequence[str], values: Sequence[Any], *, turned: bool) -> Q | Combinable:
    """The rows behind a place in the order; those without a value in the first column come last."""
    if columns[0] not in _MAY_BE_NULL:
        return RowGreater(columns, values, descending=turned)
    if values[0] is None:
        rest = {f"{columns[-1]}__{'lt' if turned else 'gt'}": values[-1]}
        return Q(**{f"{columns[0]}__isnull": True}, **rest)
    return Q(RowGreater(columns, values, descending=turned)) | Q(**{f"{columns[0]}__isnull": True})


def _parsed(columns: Sequence[str], values: Sequence[Any]) -> list[Any]:
    fields = [Case._meta.get_field(column) for column in columns]
    return [field.to_python(value) for field, value in zip(fields, values, strict=True)]  # type: ignore[union-attr]


def _owner(viewer: User, compiled: CompiledFilter) -> str:
    """Whose cursor, of which list: another's is refused."""
    return f"queue:{viewer.pk}:{hashlib.sha256(compiled.canonical.encode()).hexdigest()[:16]}"


def facts_of(compiled: CompiledFilter, *, viewer: User, at: datetime, whole: bool = False) -> Facts:
    """The header's numbers, each counted to a thousand. One query while the list is shorter than that.

    A longer list gets its other numbers only with `whole`, in further queries with a time limit: the page asks for them after it
    has shown its rows.
    """
    cases = in_list(compiled, viewer=viewer, at=at)
    default = filtered(DEFAULT_FILTER, viewer=viewer, at=at)
    is_everything = compiled.q == default.q  # whatever its order and columns
    everything = cases if is_everything else in_list(default, viewer=viewer, at=at)
    # In the list's own order, or the planner reads every open case into a bitmap before it stops at a thousand.
    name, turned = sort_of(compiled)
    ordering = _ordering(SORTS[name], turned=turned)
    near = viewer if name == "order" and compiled.is_open_only and own_queues.sees_some(viewer) else None
    inner, inner_params = _capped(
        cases, ordering, "received_at", "assignee_id", "risk_at", "due_at", "is_breached", "is_open", near=near
    )
    total, total_params = ("", ())
    if not is_everything:
        everyone = viewer if own_queues.sees_some(viewer) else None
        total, total_params = _capped(everything, _ordering(SORTS["order"], turned=False), "pk", near=everyone)
    statement = f"""
        SELECT count(*), min(received_at) FILTER (WHERE is_open), count(*) FILTER (WHERE is_open AND assignee_id IS NULL),
          count(*) FILTER (WHERE is_open AND risk_at <= %s AND due_at >= %s),
          count(*) FILTER (WHERE is_open AND (is_breached OR due_at < %s)),
          {f"(SELECT count(*) FROM ({total}) every)" if total else "count(*)"}
        FROM ({inner}) these
    """
    try:
        row = within(SLOW_AFTER_S, lambda: _one(statement, [at, at, at, *total_params, *inner_params]))
    except TooSlow:
        guesses = [Count(estimate(each), is_estimate=True) for each in (cases, everything)]
        return Facts(guesses[0], guesses[1], None, None, None, None)
    matching, oldest_at, unclaimed, at_risk, breached, all_open = row
    if matching <= COUNTED_TO:
        counts = [Count(number) for number in (unclaimed, at_risk, breached)]
        return Facts(Count(matching), _count(all_open), counts[0], counts[1], counts[2], oldest_at)
    if not whole:
        return Facts(_count(matching), _count(all_open), None, None, None, None)
    waiting = cases.filter(is_open=True)
    narrowed = [
        waiting.filter(assignee__isnull=True),
        waiting.filter(risk_at__lte=at, due_at__gte=at),
        waiting.filter(Q(is_breached=True) | Q(due_at__lt=at)),
    ]
    counted = [count(each, seconds=0.5) for each in narrowed]
    return Facts(_count(matching), _count(all_open), counted[0], counted[1], counted[2], None)


def _capped(
    cases: CaseQuerySet, ordering: Sequence[OrderBy], *columns: str, near: User | None
) -> tuple[str, tuple[Any, ...]]:
    """The first thousand and one, read queue by queue for a viewer `near` their queues."""
    most = COUNTED_TO + 1
    try:
        if near is not None:
            sql, params = own_queues.first_of_own(cases, viewer=near, ordering=ordering, limit=most, columns=columns)
            return f"{sql} LIMIT {most}", params
        sql, params = cases.order_by(*ordering).values(*columns)[:most].query.sql_with_params()
        return sql, params
    except EmptyResultSet:  # a condition that can hold for no case, such as a subject nobody ever named
        return f"SELECT {', '.join(columns).replace('pk', 'id')} FROM escalations_case WHERE false", ()


def _one(statement: str, params: Sequence[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _count(number: int) -> Count:
    return Count(min(number, COUNTED_TO), is_capped=number > COUNTED_TO)


def oldest_elsewhere(*, viewer: User, at: datetime) -> Case | None:
    """The open case that comes first over all the viewer's queues, for a list in which nothing waits."""
    open_cases = Case.objects.visible_to(viewer).real().open().awake(at=at).filter(assignee__isnull=True)
    return open_cases.select_related("queue").order_by("order_at", "id").first()


def clauses_of(case_ids: Sequence[int]) -> dict[int, str]:
    """The clause each case was decided under, else the one its submitter suspects; cases without either are left out. Two queries."""
    suspected = Case.objects.filter(pk__in=case_ids).exclude(suspected_policy="").values_list("pk", "suspected_policy")
    decided = _standing(case_ids).filter(clause__isnull=False).values_list("case_id", "clause__policy__key")
    return dict(suspected) | dict(decided)


def confidence_of(case_ids: Sequence[int]) -> dict[int, str]:
    """How sure the standing decision of each case was; undecided cases are left out. One query."""
    return dict(_standing(case_ids).values_list("case_id", "confidence"))


def appeals_of(case_ids: Sequence[int]) -> dict[int, str]:
    """Of each case with an appeal the outcome of its newest, or its state while there is none. One query."""
    found = Appeal.objects.filter(case_id__in=case_ids).order_by("filed_at", "pk")
    return {case_id: outcome or state for case_id, outcome, state in found.values_list("case_id", "outcome", "state")}


def _standing(case_ids: Sequence[int]) -> QuerySet[Decision]:
    return Decision.objects.filter(case_id__in=case_ids, state__in=(DecisionState.HELD, DecisionState.EFFECTIVE))


@dataclass(frozen=True)
class Group:
    """Rows that are one story: the first of them stands for all."""

    first: Row
    others: tuple[Row, ...]


def grouped(rows: Sequence[Row]) -> list[Group]:
    """Rows that share an entity, an address or the bytes of a piece of evidence, or whose words or pictures are nearly the same,
    under the one that comes first (QUE-11).

    Three queries for a page. What is shared by more than half of a long page says nothing and joins nobody.
    """
    shared: dict[tuple[str, object], list[int]] = {}
    ids = [row.id for row in rows]
    for entity_id, case_id in CaseEntity.objects.filter(case_id__in=ids).values_list("entity_id", "case_id"):
        shared.setdefault(("entity", entity_id), []).append(case_id)
    pictures: list[tuple[str, int]] = []
    for sha256, picture, case_id in Evidence.objects.filter(case_id__in=ids, blob__isnull=False).values_list(
        "sha256", "blob__perceptual_hash", "case_id"
    ):
        shared.setdefault(("bytes", sha256), []).append(case_id)
        pictures.append((picture or "", case_id))
    asks = Case.objects.filter(pk__in=ids).values_list("pk", "title", Left("ask", likeness.LONGEST))
    texts = {case_id: likeness.normal_text(title, ask) for case_id, title, ask in asks}
    for pair in (*likeness.near_pictures(pictures), *likeness.near_texts(texts)):
        shared[("alike", pair)] = list(pair)
    leader = {case_id: case_id for case_id in ids}

    def root(case_id: int) -> int:
        while leader[case_id] != case_id:
            case_id = leader[case_id]
        return case_id

    place = {case_id: index for index, case_id in enumerate(ids)}
    for members in shared.values():
        for one, other in pairwise(members):
            first, second = sorted((root(one), root(other)), key=place.__getitem__)
            leader[second] = first
    together: dict[int, list[Row]] = {}
    for row in rows:
        together.setdefault(root(row.id), []).append(row)
    return [Group(members[0], tuple(members[1:])) for members in together.values()]


@dataclass(frozen=True)
class Preview:
    """A case's text for the pane beside the list: never media, and looking claims nothing (QUE-1)."""

    case: Case
    clocks: list[Promise]
    evidence: list[Evidence]
    events: list[Entry]
    similar: list[tuple[Case, str]]
    similar_more: bool


SIMILAR_SHOWN = 5
EVENTS_SHOWN = 3


def preview_of(case: Case, *, viewer: User, at: datetime) -> Preview:
    """Everything the pane shows; about eight queries."""
    similar = similar_to(case, viewer=viewer, at_most=SIMILAR_SHOWN + 1)
    return Preview(
        case,
        waiting_clocks(case, at=at),
        list(Evidence.objects.filter(case=case).order_by("number")[:6]),
        [line for line in timeline_of(case, viewer=viewer, at=at).lines if isinstance(line, Entry)][-EVENTS_SHOWN:],
        similar[:SIMILAR_SHOWN],
        len(similar) > SIMILAR_SHOWN,
    )


def waiting_clocks(case: Case, *, at: datetime) -> list[Promise]:
    """The clocks of a case that are not settled at `at` (aware UTC)."""
    return [promise for promise in promises_of(case, at=at) if promise.state in ("pending", "running", "paused")]


def similar_to(case: Case, *, viewer: User, at_most: int) -> list[tuple[Case, str]]:
    """Open cases the viewer may see that share an entity or evidence with this one, and what they share. One query."""
    entities = CaseEntity.objects.filter(case=case).values("entity_id")
    hashes = Evidence.objects.filter(case=case, blob__isnull=False).values("sha256")
    by_entity = CaseEntity.objects.filter(case=OuterRef("pk"), entity_id__in=entities)
    by_bytes = Evidence.objects.filter(case=OuterRef("pk"), sha256__in=hashes)
    candidates = CaseEntity.objects.filter(entity_id__in=entities).values("case_id")
    same_bytes = Evidence.objects.filter(sha256__in=hashes).values("case_id")
    found = (
        Case.objects.visible_to(viewer)
        .open()
        .filter(Q(pk__in=candidates) | Q(pk__in=same_bytes))
        .exclude(pk=case.pk)
        .annotate(
            shared=Subquery(by_entity.values("entity__label")[:1]),
            shared_key=Subquery(by_entity.values("entity__key")[:1]),
            is_same_file=Exists(by_bytes),
        )
        .order_by("order_at", "id")[:at_most]
    )
    return [
        (case, "" if same_file else (label or key or ""))
        for case, label, key, same_file in ((each, *shared_of(each)) for each in found)
    ]


def shared_of(case: Case) -> tuple[str, str, bool]:
    """What `similar_to` noted on a case: the shared entity's label and key, whether a file is shared."""
    return getattr(case, "shared", ""), getattr(case, "shared_key", ""), bool(getattr(case, "is_same_file", False))
