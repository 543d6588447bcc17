"""What the fields mean on a case. Plain comparisons of columns where one can, so that an index serves them under row level security.

A condition on rows beside the case is `pk__in` a subquery: it is right under negation, and the planner may start from either side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership
from core.filters.conditions import (
    Anything,
    BadValue,
    Condition,
    Contains,
    Equal,
    FilterContext,
    Mine,
    MyTeam,
    Nothing,
    Span,
)
from core.filters.registry import Build, span_q
from escalations.filters.context import CaseContext
from escalations.filters.limits import LOOKED_UP_WITHIN_S, TooSlow, within
from escalations.filters.references import REFERENCE, queue_ids
from escalations.lifecycle import EntityKind, EvidenceKind, GraphicTier, SecondLookState
from escalations.models import (
    Blob,
    Case,
    CaseEntity,
    CaseTag,
    Comment,
    Draft,
    Entity,
    Evidence,
    Mention,
    Queue,
    SecondLook,
    Watch,
)
from escalations.operations.submission_input import normal_url

NOWHERE = Q(pk__in=[])
MOST_LOOKED_UP = 2000  # more rows of another table than this are left to a subquery
_AFTER_EVERY_LETTER = "\U0010ffff"


def starts_with(path: str, prefix: str) -> Q:
    """A text that begins with `prefix`, as two comparisons: unlike LIKE they may use an index under row level security.

    The database compares text byte by byte (its collation is C.UTF-8), so the last character of all closes the range.
    """
    return Q(**{f"{path}__gte": prefix, f"{path}__lt": prefix + _AFTER_EVERY_LETTER})


def any_of(conditions: Sequence[Condition], one: Callable[[Condition], Q]) -> Q:
    """The alternatives joined by OR; a field has at least one condition."""
    asked = Q()
    for condition in conditions:
        asked |= one(condition)
    return asked


def equal_values(conditions: Sequence[Condition]) -> list[object]:
    """The plain values among the conditions."""
    return [condition.value for condition in conditions if isinstance(condition, Equal)]


def need_person(context: CaseContext) -> int:
    """The id `@me` means. Raises `BadValue` where nobody in particular reads: rules, conditions, keys."""
    if context.user is None:
        raise BadValue(_("there is nobody here whom `@me` could mean; name the person"), code="no_reader")
    return int(context.user.pk)


def need_teams(context: CaseContext) -> list[int]:
    """The team ids `@team` means. Raises `BadValue` where nobody in particular reads."""
    if context.user is None:
        raise BadValue(_("there is nobody here whose team `@team` could mean; name the team"), code="no_reader")
    return sorted(context.user.access.team_ids)


# -- flags -------------------------------------------------------------------------------------------------------------

DIFFERED = (SecondLookState.DIFFERS, SecondLookState.SETTLED)
FLAGS: dict[str, Callable[[CaseContext], Q]] = {
    "open": lambda _c: Q(is_open=True),
    "closed": lambda _c: Q(is_open=False),
    "claimed": lambda _c: Q(assignee__isnull=False),
    "unclaimed": lambda _c: Q(assignee__isnull=True),
    "waiting": lambda _c: Q(status="waiting"),
    "breached": lambda c: Q(is_breached=True) | Q(due_at__lt=c.at),
    "atrisk": lambda c: Q(risk_at__lte=c.at, due_at__gte=c.at),
    "paused": lambda _c: Q(is_paused=True),
    "snoozed": lambda c: Q(snoozed_until__gt=c.at),
    "reopened": lambda _c: Q(reopened_count__gt=0),
    "cluster": lambda _c: Q(cluster_size__gt=0),
    "child": lambda _c: Q(parent__isnull=False),
    "held": lambda _c: Q(is_legal_hold=True),
    "highprofile": lambda _c: Q(is_high_profile=True),
    "draft": lambda _c: Q(pk__in=Draft.objects.values("case_id")),
    # Only once the second look is over: who still looks must not know.
    "contested": lambda _c: Q(pk__in=SecondLook.objects.filter(state__in=DIFFERED).values("case_id")),
    "sandbox": lambda _c: Q(is_sandbox=True),
}
# What a submitter may know of its own cases.
OUTWARD_FLAGS = frozenset({"open", "closed", "waiting", "breached", "atrisk", "paused", "reopened", "sandbox"})


def flags(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`is:`. Raises `BadValue` for a flag the reader may not ask for."""
    asked = Q()
    for name in equal_values(conditions):
        if not context.is_internal and name not in OUTWARD_FLAGS:
            raise BadValue(_("only the team may filter by this"), code="field_not_allowed")
        asked |= FLAGS[str(name)](context)
    return asked


# -- time left, age ------------------------------------------------------------------------------------------------------


def time_left(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`sla:` the time until the nearest due clock, negative once overdue; a plain duration means at most that long."""

    def one(condition: Condition) -> Q:
        if isinstance(condition, Nothing):
            return Q(due_at__isnull=True)
        if isinstance(condition, Anything):
            return Q(due_at__isnull=False)
        span = condition if isinstance(condition, Span) else Span(high=cast("Equal", condition).value)
        return span_q("due_at", moved(span, lambda left: context.at + left))

    return any_of(conditions, one)


def age(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`age:` the time since it came in; a plain duration means at least that long."""

    def one(condition: Condition) -> Q:
        span = condition if isinstance(condition, Span) else Span(low=cast("Equal", condition).value)
        # Older means received earlier, so the ends change places.
        turned = Span(span.high, span.low, span.high_open, span.low_open)
        return span_q("received_at", moved(turned, lambda old: context.at - old))

    return any_of(conditions, one)


def moved(span: Span, move: Callable[[timedelta], datetime]) -> Span:
    """A span of durations as a span of instants."""
    low = None if span.low is None else move(cast("timedelta", span.low))
    high = None if span.high is None else move(cast("timedelta", span.high))
    return Span(low, high, span.low_open, span.high_open)


# -- people, teams, queues -------------------------------------------------------------------------------------------------


def assignee(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`who:`"""
    ids: list[object] = [*equal_values(conditions)]
    asked = Q()
    for condition in conditions:
        if isinstance(condition, Mine):
            ids.append(need_person(context))
        elif isinstance(condition, MyTeam):
            teammates = Membership.objects.filter(team_id__in=need_teams(context))
            asked |= Q(assignee_id__in=teammates.values("user_id"))
        elif isinstance(condition, Nothing):
            asked |= Q(assignee__isnull=True)
        elif isinstance(condition, Anything):
            asked |= Q(assignee__isnull=False)
    return asked | one_or_several("assignee_id", ids)


def one_or_several(path: str, ids: Sequence[object]) -> Q:
    """Equality for one value, membership for several, nothing for none (a neutral element under OR)."""
    if not ids:
        return Q()
    return Q(**{path: ids[0]}) if len(ids) == 1 else Q(**{f"{path}__in": list(ids)})


def queues_of_team(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`team:` and `hub:`; values are the ids of the queues."""
    ids = {pk for value in equal_values(conditions) for pk in cast("tuple[int, ...]", value)}
    if any(isinstance(condition, MyTeam) for condition in conditions):
        ids.update(queue_ids(Queue.objects.filter(team_id__in=need_teams(context))))
    asked = one_or_several("queue_id", sorted(ids)) if ids else NOWHERE
    if any(isinstance(condition, Nothing) for condition in conditions):
        asked |= one_or_several("queue_id", queue_ids(Queue.objects.filter(team__isnull=True))) or NOWHERE
    return asked


def organization(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`vendor:`; `none` is a case of our own."""
    asked = one_or_several("organization_id", equal_values(conditions))
    for condition in conditions:
        if isinstance(condition, Nothing):
            asked |= Q(organization__kind="internal")
        elif isinstance(condition, Anything):
            asked |= ~Q(organization__kind="internal")
    return asked


def submitter(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`submitter:` the person who handed it in."""
    ids: list[object] = [*equal_values(conditions)]
    asked = Q()
    for condition in conditions:
        if isinstance(condition, Mine):
            ids.append(need_person(context))
        elif isinstance(condition, Nothing):
            asked |= Q(submitted_by__isnull=True)
        elif isinstance(condition, Anything):
            asked |= Q(submitted_by__isnull=False)
    return asked | one_or_several("submitted_by_id", ids)


def beside(model: type[Model], column: str) -> Build[CaseContext]:
    """A field on rows beside the case (`case_id`), found by one column: watchers, mentions, tags."""

    def build(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
        rows: QuerySet[Model] = model._default_manager.all()
        ids: list[object] = [*equal_values(conditions)]
        if any(isinstance(condition, Mine) for condition in conditions):
            ids.append(need_person(context))
        asked = Q()
        if ids:
            asked |= Q(pk__in=rows.filter(one_or_several(column, ids)).values("case_id"))
        for condition in conditions:
            if isinstance(condition, Anything):
                asked |= Q(pk__in=rows.values("case_id"))
            elif isinstance(condition, Nothing):
                asked |= Q(~Exists(rows.filter(case_id=OuterRef("pk"))))
        return asked

    return build


watchers = beside(Watch, "user_id")
mentions = beside(Mention, "user_id")
tags = beside(CaseTag, "tag_id")


@dataclass(frozen=True)
class Alone:
    """A language tag as it is written (`lang:=pt`): none of its regions."""

    tag: str


def language(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`lang:` a language with all its regions (`pt` finds `pt-BR`), one region alone (`pt-BR`), or the language alone (`=pt`)."""

    def one(condition: Condition) -> Q:
        if isinstance(condition, Nothing):
            return Q(language="")
        if isinstance(condition, Anything):
            return ~Q(language="")
        value = cast("Equal", condition).value
        if isinstance(value, Alone):
            return Q(language=value.tag)
        tag = str(value)
        return Q(language=tag) if "-" in tag else Q(language=tag) | starts_with("language", f"{tag}-")

    return any_of(conditions, one)


# -- subjects and evidence -------------------------------------------------------------------------------------------------

ACCOUNT_KINDS = (EntityKind.ACCOUNT, EntityKind.PAGE, EntityKind.GROUP, EntityKind.ADVERTISER)
AD_KINDS = (EntityKind.AD, EntityKind.LISTING)


def subject(kinds: Sequence[EntityKind]) -> Build[CaseContext]:
    """A field on what the case is about: its normalised id, exactly or with `~` as a part of it."""

    def build(conditions: Sequence[Condition], _context: CaseContext, /) -> Q:
        def one(condition: Condition) -> Q:
            if isinstance(condition, Contains):
                entities = Q(key__icontains=condition.text) | Q(label__icontains=condition.text)
            else:
                entities = Q(key__in=identity_forms(str(cast("Equal", condition).value)))
            return with_entities(entities & Q(kind__in=kinds))

        return any_of(conditions, one)

    return build


def verified(conditions: Sequence[Condition], _context: CaseContext, /) -> Q:
    """`verified:` something the case is about is, or is not, vouched for by its platform, as reported."""
    asked = [value == "yes" for value in equal_values(conditions)]
    return Q(
        pk__in=CaseEntity.objects.filter(is_verified__in=asked).values("case_id")
    )  # uses index: case_entity_by_verified


def identity_forms(text: str) -> list[str]:
    """The forms an identity may be stored in: as written, without `@` and case as handles are, and as an address."""
    bare = text.strip()
    forms = [bare, bare.lstrip("@").casefold(), normal_address(bare)]
    return list(dict.fromkeys(form for form in forms if form))


def normal_address(text: str) -> str:
    """A web address, with or without its scheme, in the form intake stores."""
    try:
        return normal_url(text if "://" in text else f"https://{text}")
    except ValueError:  # not an address: an unbalanced bracket, a port that is no number
        return ""


def address(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`url:` an address and what lies below it; with `~` a part of one."""

    def one(condition: Condition) -> Q:
        if isinstance(condition, Contains):
            return with_entities(Q(key__icontains=condition.text))
        text = str(cast("Equal", condition).value)
        wanted = Q(key__in=identity_forms(text))
        if below := normal_address(text):
            wanted |= starts_with("key", f"{below}/") | starts_with("key", f"{below}?")
        return with_entities(wanted)

    return any_of(conditions, one)


def with_entities(entities: Q) -> Q:
    """Cases with any of these entities; looked up first, since few rows are expected (uses index entity_by_key).

    Raises `BadValue` for a part of a name that takes too long to find.
    """
    known = Entity.objects.filter(entities).values_list("pk", flat=True)
    try:
        ids = within(LOOKED_UP_WITHIN_S, lambda: list(known[: MOST_LOOKED_UP + 1]))
    except TooSlow:
        message = _("too many names contain this; write more of it, or the whole without `~`")
        raise BadValue(message, code="too_slow") from None
    if len(ids) > MOST_LOOKED_UP:
        return Q(pk__in=CaseEntity.objects.filter(entity__in=Entity.objects.filter(entities)).values("case_id"))
    return Q(pk__in=CaseEntity.objects.filter(entity_id__in=ids).values("case_id")) if ids else NOWHERE


def fingerprint(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`hash:` the beginning of a SHA-256 or of a perceptual hash of evidence (indexes evidence_by_sha256, blob_by_perceptual_hash)."""

    def one(condition: Condition) -> Q:
        text = str(cast("Equal", condition).value).lower()
        blobs = Blob.objects.filter(starts_with("perceptual_hash", text)).values_list("pk", flat=True)
        same = Q(blob_id__in=list(blobs[:MOST_LOOKED_UP])) | starts_with("sha256", text)
        return Q(pk__in=Evidence.objects.filter(same).values("case_id"))

    return any_of(conditions, one)


def graphic(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`graphic:` the tier; unknown counts as G2 until known."""
    tiers = {int(tier) for tier in GraphicTier if any(_meets(int(tier), condition) for condition in conditions)}
    asked = Q(graphic_tier__in=sorted(tiers)) if tiers else NOWHERE
    return asked | Q(graphic_tier__isnull=True) if int(GraphicTier.G2) in tiers else asked


def _meets(number: int, condition: Condition) -> bool:
    if isinstance(condition, Equal):
        return number == condition.value
    if not isinstance(condition, Span):
        return False
    low, high = cast("int | None", condition.low), cast("int | None", condition.high)
    above = low is None or number > low or (number == low and not condition.low_open)
    below = high is None or number < high or (number == high and not condition.high_open)
    return above and below


MEDIA: dict[str, Q] = {
    "video": starts_with("blob__media_type", "video/"),
    "image": starts_with("blob__media_type", "image/"),
    "audio": starts_with("blob__media_type", "audio/"),
    "text": Q(kind=EvidenceKind.TEXT) | starts_with("blob__media_type", "text/"),
}


def media(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`media:` a kind of evidence."""
    return any_of(
        conditions,
        lambda condition: Q(
            pk__in=Evidence.objects.filter(MEDIA[str(cast("Equal", condition).value)]).values("case_id")
        ),
    )


def _notes(_context: CaseContext) -> Q:
    notes = Comment.objects.filter(audience="internal", retracted_at__isnull=True)
    return Q(Exists(notes.filter(case_id=OuterRef("pk"))))


def _matching_media(_context: CaseContext) -> Q:
    here = Evidence.objects.filter(case_id=OuterRef("pk"), blob__isnull=False)
    elsewhere = Evidence.objects.filter(blob_id=OuterRef("blob_id")).exclude(case_id=OuterRef("case_id"))
    return Q(Exists(here.filter(Exists(elsewhere))))


HAS: dict[str, Callable[[CaseContext], Q]] = {
    "note": _notes,
    "evidence": lambda _c: Q(Exists(Evidence.objects.filter(case_id=OuterRef("pk")))),
    "description": lambda _c: Q(Exists(Evidence.objects.filter(case_id=OuterRef("pk")).exclude(note=""))),
    "hashmatch": _matching_media,
    "deadline": lambda _c: Q(deadline_at__isnull=False),
}


def has(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`has:`. Raises `BadValue` when the reader may not know."""
    asked = Q()
    for name in equal_values(conditions):
        if name == "note" and not context.reads_notes:
            raise BadValue(_("your role does not read internal notes"), code="field_not_allowed")
        asked |= HAS[str(name)](context)
    return asked


def cluster(conditions: Sequence[Condition], _context: FilterContext, /) -> Q:
    """`cluster:` a parent and its children by the parent's reference; `any` in some cluster, `none` in none."""
    ids = equal_values(conditions)
    asked = (one_or_several("parent_id", ids) | one_or_several("pk", ids)) if ids else Q()
    for condition in conditions:
        if isinstance(condition, Anything):
            asked |= Q(parent__isnull=False) | Q(cluster_size__gt=0)
        elif isinstance(condition, Nothing):
            asked |= Q(parent__isnull=True, cluster_size=0)
    return asked


def reference(conditions: Sequence[Condition], context: CaseContext, /) -> Q:
    """`ref:` our reference, or the submitter's own."""
    ours = [value for value in equal_values(conditions) if REFERENCE.fullmatch(str(value))]
    theirs = [value for value in equal_values(conditions) if value not in ours]
    asked = one_or_several("ref", ours)
    if theirs and context.is_for_one_row:
        return asked | one_or_several("external_ref", theirs)
    if theirs:
        # Looked up apart: an OR over two indexes would use neither (index case_external_ref_once_per_organization).
        found = Case.objects.filter(one_or_several("external_ref", theirs)).values_list("pk", flat=True)
        asked |= Q(pk__in=list(found[:MOST_LOOKED_UP]))
    return asked
