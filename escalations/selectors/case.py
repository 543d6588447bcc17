"""What the case page shows, read once: at most fifteen queries with everything around them (performance.md P7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization, User
from accounts.roles import Action, Reach
from accounts.shielding import Shield
from audit.models import AccessRecord
from core import markup, rows
from core.clockface import ClockFace
from escalations import permissions
from escalations.enforcement_life import HandOffState
from escalations.lifecycle import ClockState, EntityKind, EntityRole, EvidenceKind, GraphicTier, Metric, OriginalState
from escalations.models import Case, CaseEntity, EnforcementAction, Evidence, Queue
from escalations.selectors import related, timeline
from escalations.selectors.clocks import Promise, promises_of
from escalations.selectors.enforcement import StrikesNow, strikes_now
from policies.lifecycle import ActionType

_CLAUSE = re.compile(r"^([A-Za-z]{2}-[A-Za-z]{2}-\d{1,2}\.\d{1,2})(@v\d+)?$", re.I)
ORIGINAL = "evidence.original"
_TEXT_SHOWN = 1200  # characters of a text item on the case page; its own page has the rest
_FACTS_SHOWN = 6
# Files a browser draws by itself; everything else is taken away by those who may, never opened here.
DRAWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def find_case(viewer: User, ref: str) -> Case:
    """The case of this reference with what the page says beside it, or 404 where `viewer` may not see it. One query."""
    try:
        seen, params = Case.objects.visible_to(viewer).filter(ref=ref.upper()).values("pk").query.sql_with_params()
    except EmptyResultSet:
        raise Http404 from None
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(seen=seen), [viewer.pk, *params])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    whole: list[Any] = []
    start = 0
    for model, less in _FOUND.items():
        end = start + len(model._meta.concrete_fields) - len(less)
        whole.append(rows.read(model, row[start:end], without=less) if row[start] is not None else None)
        start = end
    case: Case = whole[0]
    case.queue, case.organization, case.assignee = whole[1:]
    for name, value in orjson.loads(row[-1]).items():
        setattr(case, name, value)
    return case


# What `find_case` reads whole, and the columns it leaves to whoever asks for them.
_FOUND: dict[type[Model], frozenset[str]] = {
    Case: frozenset(
        {"outward_text", "internal_text", "outward_vector", "internal_vector", "order_terms", "routed_why"}
    ),
    Queue: frozenset(),
    Organization: frozenset(),
    User: frozenset(),
}
_COLUMNS = ", ".join(
    rows.columns(model, table, without=less) for table, (model, less) in zip("cqou", _FOUND.items(), strict=True)
)
# By hand: as querysets these five lists cost 11,000 calls of Python before the first byte was sent.
_FIND = f"""
SELECT {_COLUMNS}, json_build_object(
    'parent_ref', (SELECT p.ref FROM escalations_case p WHERE p.id = c.parent_id),
    'tag_names', (SELECT coalesce(json_agg(t.name ORDER BY t.name), '[]')
      FROM escalations_casetag ct JOIN escalations_tag t ON t.id = ct.tag_id WHERE ct.case_id = c.id),
    'watcher_rows', (SELECT coalesce(json_agg(json_build_object('id', w.user_id, 'name', p.display_name)
        ORDER BY w.since_at, w.id), '[]')
      FROM escalations_watch w JOIN accounts_user p ON p.id = w.user_id WHERE w.case_id = c.id),
    'draft_rows', (SELECT coalesce(json_agg(json_build_object('kind', d.kind, 'data', d.data, 'saved_at', d.saved_at)), '[]')
      FROM escalations_draft d WHERE d.case_id = c.id AND d.user_id = %s),
    'left_drafts', (SELECT coalesce(json_agg(json_build_object('kind', d.kind, 'name', p.display_name) ORDER BY d.saved_at DESC), '[]')
      FROM escalations_draft d JOIN accounts_user p ON p.id = d.user_id
      WHERE d.case_id = c.id AND d.user_id <> c.assignee_id AND d.kind IN ('decision', 'reply')),
    'wording_rows', (SELECT coalesce(json_agg(last.row), '[]') FROM (
      SELECT json_build_object('number', v.number, 'name', p.display_name, 'at', v.written_at) AS row
      FROM escalations_askversion v LEFT JOIN accounts_user p ON p.id = v.written_by_id
      WHERE v.case_id = c.id ORDER BY v.number DESC LIMIT 1) last),
    'hold_rows', (SELECT coalesce(json_agg(json_build_object('basis', h.basis, 'name', p.display_name, 'at', h.set_at,
        'asked_by', h.release_asked_by_id)), '[]')
      FROM escalations_casehold h LEFT JOIN accounts_user p ON p.id = h.set_by_id
      WHERE h.case_id = c.id AND h.released_at IS NULL),
    'provenance_rows', (SELECT coalesce(json_agg(e.data), '[]') FROM audit_event e
      WHERE e.subject_type = 'escalations.case' AND e.subject_id = c.id AND e.kind = 'case.provenance_disputed'),
    'approval_row', (SELECT json_build_object('key', a.public_id, 'state', a.state, 'why', a.why, 'rule', r.name,
        'reason', a.reason, 'asked_by_id', a.asked_by_id, 'asked_at', a.asked_at, 'expires_at', a.expires_at,
        'ended_at', a.ended_at, 'answered_by', p.display_name)
      FROM escalations_approval a LEFT JOIN escalations_approvalrule r ON r.id = a.rule_id
      LEFT JOIN accounts_user p ON p.id = a.answered_by_id
      WHERE a.case_id = c.id AND a.about = 'decision' ORDER BY a.asked_at DESC, a.id DESC LIMIT 1)
  )::text
FROM escalations_case c JOIN escalations_queue q ON q.id = c.queue_id
JOIN accounts_organization o ON o.id = c.organization_id LEFT JOIN accounts_user u ON u.id = c.assignee_id
WHERE c.id = ({{seen}})
"""


# After these, once the platform has confirmed them, nobody finds what they were done to.
REMOVING = (ActionType.CONTENT_REMOVE, ActionType.SERVICE_END, ActionType.ACCOUNT_DISABLE)


@dataclass(frozen=True)
class Subject:
    """Something the case is about. `is_masked` hides whom it names until somebody asks, which is recorded.

    `removed_at` is when the platform confirmed that it was removed for this case; None while it was not, or is back. `made_at`,
    `followers` and `flags` are as reported.
    """

    id: int
    role: str
    role_label: str
    kind_label: str
    name: str
    key: str
    url: str
    leave_url: str
    platform: str
    facts: Sequence[tuple[str, str]]
    prior: related.Prior | None
    is_masked: bool
    can_reveal: bool
    removed_at: datetime | None
    strikes: StrikesNow | None
    made_at: datetime | None
    followers: int | None
    flags: Sequence[str]

    @property
    def field_id(self) -> str:
        return f"subject-{self.id}"

    @property
    def needs_reason(self) -> bool:
        """Whether asking whom it names takes a reason (victims, permissions.md §5)."""
        return self.role == EntityRole.VICTIM


@dataclass(frozen=True)
class Fact:
    """One impact fact with where and when it is from (CAS-4)."""

    what: str
    value: str
    source: str
    at: datetime | None


@dataclass(frozen=True)
class Item:
    """One piece of evidence as a list shows it: nothing of it is loaded unless it is harmless text.

    `original` is whether its original was live or removed at `original_at`: as the platform confirmed (`is_confirmed`), or as somebody
    found it since.
    """

    evidence: Evidence
    title: str
    icon: str
    kind_label: str
    tier: GraphicTier
    is_tier_known: bool
    short_hash: str
    text: str
    is_cut: bool
    leave_url: str
    shown_url: str
    seen_by: int
    can_draw: bool
    can_preview: bool
    can_open: bool
    can_download: bool
    corrected_by: int | None
    is_shielded: bool
    size_words: str
    start: str
    seen_through: str
    original: OriginalState | None
    original_at: datetime | None
    is_confirmed: bool

    @property
    def original_words(self) -> str:
        """Whether what stands at the original's address was live or removed when somebody looked, in a word; "" where nobody did."""
        return str(self.original.label) if self.original else ""

    @property
    def number(self) -> int:
        return self.evidence.number

    @property
    def media_type(self) -> str:
        return self.evidence.blob.media_type if self.evidence.blob else ""

    @property
    def is_image(self) -> bool:
        """Whether it may be drawn behind the shield."""
        return self.media_type in DRAWN


@dataclass(frozen=True)
class Abilities:
    """Which controls the page offers; operations check again."""

    note: bool
    reply: bool
    edit: bool
    severity: bool
    assign: bool
    snooze: bool
    claim: bool
    release: bool
    merge: bool
    evidence: bool
    invalid: bool
    reopen: bool
    decide: bool
    preview: bool
    original: bool
    hold: str
    audit: bool


@dataclass(frozen=True)
class Hold:
    """A legal hold as the banner names it."""

    basis: str
    name: str
    at: datetime | None
    asked_by_id: int | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Hold:
        """From `find_case`'s row."""
        return cls(row["basis"], row["name"] or _("the system"), parse_datetime(row["at"]), row["asked_by"])


@dataclass(frozen=True)
class Wording:
    """The wording of the ask in use."""

    number: int
    name: str
    at: datetime | None


@dataclass(frozen=True)
class CasePage:
    """Everything on the page."""

    case: Case
    clocks: Sequence[ClockFace]
    promises: Sequence[Promise]
    subjects: Sequence[Subject]
    impact: Sequence[Fact]
    evidence: Sequence[Item]
    stream: timeline.Timeline
    links: Sequence[related.Related]
    related: Sequence[related.Related]
    cited_alike: Mapping[int, int]  # by policy, decided cases with the same evidence
    tags: Sequence[str]
    watchers: Sequence[Mapping[str, Any]]
    is_watching: bool
    spent: Sequence[timeline.Share]
    drafts: Mapping[str, Mapping[str, Any]]
    left_drafts: Sequence[Mapping[str, str]]
    may: Abilities
    is_child_safety: bool
    has_submitter: bool
    submitter: str

    @property
    def unfinished_by(self) -> str:
        """Who left a decision or a reply unfinished that the holder has not begun; "" for nobody (SLA-8)."""
        return next((left["name"] for left in self.left_drafts if left["kind"] not in self.drafts), "")

    @property
    def clause_key(self) -> str:
        """The clause the submitter claims, where it has the form of one of ours; "" otherwise."""
        found = _CLAUSE.match(self.case.suspected_policy)
        return found.group(1) if found else ""

    @property
    def hold(self) -> Hold | None:
        """The legal hold that stands."""
        rows = self.case.hold_rows  # type: ignore[attr-defined]
        return Hold.of(rows[0]) if rows else None

    @property
    def wording(self) -> Wording | None:
        """Who worded the ask last; None while it stands as it came in."""
        rows = self.case.wording_rows  # type: ignore[attr-defined]
        return Wording(rows[0]["number"], rows[0]["name"] or "", parse_datetime(rows[0]["at"])) if rows else None

    @property
    def missed(self) -> list[Promise]:
        """Clocks that were stopped too late: they run no more, and are no longer shown as time left."""
        return [promise for promise in self.promises if promise.missed_at and promise.stopped_at]

    @property
    def draft_template(self) -> str:
        """The template a kept reply was begun with; "" where there is none."""
        return str(self.drafts.get("reply", {}).get("data", {}).get("template", ""))

    @property
    def draft_language(self) -> str:
        """The language chosen for a kept reply; "" where there is none."""
        return str(self.drafts.get("reply", {}).get("data", {}).get("language", ""))

    @property
    def links_count(self) -> int:
        return len(self.links)

    @property
    def more_watchers(self) -> int:
        """How many watch beyond the three named."""
        return max(0, len(self.watchers) - 3)

    @property
    def spent_words(self) -> str:
        whole = timeline.Share("", "", sum((share.spent for share in self.spent), timedelta()), 0, 0)
        return whole.words

    @property
    def spent_said(self) -> str:
        return ", ".join(f"{share.label} {share.words}" for share in self.spent)


def case_page(
    case: Case, *, viewer: User, at: datetime, shown: str = "all", before: int = 0, is_document: bool = False
) -> CasePage:
    """What `viewer` sees of a case found by `find_case`, at `at` (aware UTC). A document names its reader like everybody."""
    promises = promises_of(case, at=at)
    struck = strikes_now(OuterRef("entity_id"), case.surface, at=at)
    entities = list(subjects_of(case).annotate(strike_rows=struck))
    entity_ids = [row.entity_id for row in entities]
    items = list(case.evidence.select_related("blob", "added_by", "added_by_key").order_by("number"))
    hashes = list({item.sha256 for item in items})
    around = related.surroundings_of(case, viewer=viewer, entity_ids=entity_ids, hashes=hashes)
    stream = timeline.timeline_of(case, viewer=viewer, at=at, shown=shown, before=before, is_document=is_document)
    watchers = case.watcher_rows  # type: ignore[attr-defined]
    return CasePage(
        case=case,
        clocks=faces(promises, is_mine=case.assignee_id == viewer.pk),
        promises=promises,
        subjects=[_subject(row, case, viewer, around) for row in entities],
        impact=_impact(case),
        evidence=evidence_items(case, items, viewer=viewer, subjects=entities),
        stream=stream,
        related=around.related,
        cited_alike=around.cited,
        links=around.links,
        tags=case.tag_names,  # type: ignore[attr-defined]
        watchers=watchers,
        is_watching=any(row["id"] == viewer.pk for row in watchers),
        spent=timeline.time_spent_on(case, at=at, stream=stream),
        left_drafts=case.left_drafts if case.assignee_id == viewer.pk and case.is_open else (),  # type: ignore[attr-defined]
        drafts={row["kind"]: row for row in case.draft_rows},  # type: ignore[attr-defined]
        may=abilities(case, viewer=viewer, at=at),
        is_child_safety=permissions.is_child_safety(case),
        has_submitter=case.organization.kind != Organization.Kind.INTERNAL,
        submitter=case.organization.name,
    )


def subjects_of(case: Case) -> QuerySet[CaseEntity]:
    """What the case is about, each with `removed_at`: since when the platform has confirmed its removal for this case."""
    removals = EnforcementAction.objects.filter(
        case=case,
        entity=OuterRef("entity_id"),
        state=HandOffState.ACCEPTED,
        type__in=REMOVING,
        ended_at__isnull=True,
        reverses__isnull=True,
    )
    since = Subquery(removals.order_by("-settled_at").values("settled_at")[:1])
    return case.subjects.select_related("entity").annotate(removed_at=since).order_by("pk")


def abilities(case: Case, *, viewer: User, at: datetime) -> Abilities:
    """Which verbs the page offers to `viewer`. No query."""

    def can(action: Action) -> bool:
        return permissions.can_act(viewer, action, case)

    is_mine = case.assignee_id == viewer.pk
    has_submitter = case.organization.kind != Organization.Kind.INTERNAL
    hold = "set" if can(Action.HOLD_SET) else "ask" if can(Action.HOLD_ASK) and not case.is_legal_hold else ""
    return Abilities(
        note=can(Action.NOTE_WRITE),
        reply=has_submitter and can(Action.MESSAGE_SUBMITTER),
        edit=case.is_open and can(Action.CASE_EDIT),
        severity=case.is_open and (can(Action.SEVERITY_RAISE) or can(Action.SEVERITY_LOWER)),
        assign=case.is_open and can(Action.CASE_ASSIGN),
        snooze=case.is_open and can(Action.CASE_EDIT),
        claim=case.is_open and not is_mine and not case.has_live_lease(at=at) and can(Action.CASE_CLAIM),
        release=case.is_open and (is_mine or (case.assignee_id is not None and can(Action.CASE_ASSIGN))),
        merge=case.is_open and not case.is_legal_hold and can(Action.CASE_MERGE),
        evidence=case.is_open and not case.is_legal_hold and can(Action.EVIDENCE_UPLOAD),
        invalid=case.is_open and not case.is_legal_hold and can(Action.CASE_CLOSE),
        reopen=not case.is_open and can(Action.CASE_REOPEN),
        decide=case.is_open and can(Action.CASE_DECIDE),
        preview=permissions.can_preview(viewer, case),
        original=permissions.can_open_original(viewer, case),
        hold=hold,
        audit=viewer.reach(Action.AUDIT_READ) is not Reach.NO,
    )


def faces(promises: Sequence[Promise], *, is_mine: bool) -> list[ClockFace]:
    """The header's chips: of every metric its newest clock, as letter and time left."""
    newest: dict[str, Promise] = {}
    for promise in promises:
        if promise.metric not in newest or promise.cycle > newest[promise.metric].cycle:
            newest[promise.metric] = promise
    shown = []
    for metric in Metric.values:
        latest = newest.get(metric)
        if latest is None or latest.state == ClockState.CANCELLED:
            continue
        face = _face(latest, is_mine)
        if face is not None:
            shown.append(face)
    return shown


def _face(promise: Promise, is_mine: bool) -> ClockFace | None:
    due = promise.due_at or promise.due_if_resumed_at or promise.stopped_at
    if due is None:
        return None
    left = timedelta(seconds=promise.remaining_s)
    target = timedelta(seconds=promise.target_s)
    name = Metric(promise.metric).label
    if promise.stopped_at is not None and promise.missed_at is None:
        took = timedelta(seconds=promise.consumed_s)
        return ClockFace(promise.metric, name, due, target, "met", left=took)
    if promise.stopped_at is not None:
        return None  # answered late: the timeline and the list of clocks say so; it no longer runs
    state = "paused" if promise.state == ClockState.PAUSED else "running"
    return ClockFace(promise.metric, name, due, target, state, left if state == "paused" else None, is_mine)  # type: ignore[arg-type]


# -- Subjects and impact -----------------------------------------------------------------------------------------------
MASKED_ROLES = frozenset({EntityRole.VICTIM, EntityRole.REPORTER})


_FLAGS = {
    ("verified", True): gettext_lazy("verified"),
    ("verified", False): gettext_lazy("not verified"),
    ("high_profile", True): gettext_lazy("high profile"),
    ("protected", True): gettext_lazy("protected"),
}


def _subject(row: CaseEntity, case: Case, viewer: User, around: related.Surroundings) -> Subject:
    entity, told = row.entity, row.reported
    is_masked = row.role in MASKED_ROLES or entity.kind == EntityKind.PAYMENT_INSTRUMENT
    return Subject(
        id=row.pk,
        role=row.role,
        role_label=str(EntityRole(row.role).label),
        kind_label=str(EntityKind(entity.kind).label),
        name=_("withheld") if is_masked else entity.label or entity.key,
        key=mask(entity.key) if is_masked else entity.key,
        url="" if is_masked else entity.url,
        leave_url="" if is_masked else markup.leave_url(entity.url),
        platform=entity.platform,
        facts=() if is_masked else _facts(entity.facts),
        prior=around.priors.get(row.entity_id),
        is_masked=is_masked,
        can_reveal=is_masked and permissions.can_reveal_identity(viewer, case, row.role),
        removed_at=row.removed_at,  # type: ignore[attr-defined]
        strikes=StrikesNow.of(row.strike_rows, seen=around.seen | {case.pk}),  # type: ignore[attr-defined]
        made_at=None if is_masked else _instant(told.get("created_at")),
        followers=None if is_masked else told.get("followers"),
        flags=[str(label) for (name, value), label in _FLAGS.items() if told.get(name) is value],
    )


def _facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name.replace("_", " ").capitalize(), str(value))
        for name, value in list(facts.items())[:_FACTS_SHOWN]
        if isinstance(value, (str, int, float))
    ]


def mask(text: str) -> str:
    """A personal value with only its shape left: `a…@e….com`, `••••`."""
    if not text:
        return ""
    name, at_sign, host = text.partition("@")
    if at_sign and host:
        return f"{name[:1]}•••@{host[:1]}•••"
    return f"••••{text[-4:]}" if len(text) > 8 and text[-4:].isdigit() else "••••••"


_IMPACTS = {
    "views": gettext_lazy("Views"),
    "shares": gettext_lazy("Shares"),
    "views_per_hour": gettext_lazy("Views per hour"),
    "buyers": gettext_lazy("Buyers affected"),
    "spend": gettext_lazy("Spend"),
    "countries": gettext_lazy("Countries"),
}


def _impact(case: Case) -> list[Fact]:
    return [
        Fact(
            what=str(_IMPACTS.get(str(fact.get("what")), str(fact.get("what", "")).replace("_", " ").capitalize())),
            value=_amount(fact),
            source=str(fact.get("source", "")),
            at=_instant(fact.get("at")),
        )
        for fact in case.impact
        if isinstance(fact, dict)
    ]


def _instant(text: Any) -> datetime | None:
    try:
        at = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


def _amount(fact: Mapping[str, Any]) -> str:
    from core.templatetags.ui import compact

    value = fact.get("value", "")
    shown = compact(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
    return f"{shown} {fact['currency']}" if fact.get("currency") else shown


# -- Evidence ----------------------------------------------------------------------------------------------------------
def evidence_items(
    case: Case, rows: Sequence[Evidence], *, viewer: User, subjects: Iterable[CaseEntity] = ()
) -> list[Item]:
    """The items of a case for `viewer`; `subjects` as `subjects_of` has them. One query, for how many colleagues have seen each."""
    files = [row.pk for row in rows if row.kind == EvidenceKind.FILE]
    seen: dict[int, int] = {}
    if files:
        # Uses index: access_of_subject
        counts = AccessRecord.objects.filter(
            subject_type="escalations.evidence", subject_id__in=files, what=ORIGINAL
        ).exclude(actor_id=viewer.pk)
        seen = dict(counts.values_list("subject_id").annotate(people=Count("actor_id", distinct=True)))
    corrected = {row.corrects_id: row.number for row in rows if row.corrects_id}
    shield = viewer.shield
    removed = {
        row.entity.url: row.removed_at  # type: ignore[attr-defined]
        for row in subjects
        if row.entity.url and row.removed_at  # type: ignore[attr-defined]
    }
    return [
        _item(row, case, viewer, shield, seen.get(row.pk, 0), corrected.get(row.pk), removed.get(row.original_url))
        for row in rows
    ]


def _item(
    row: Evidence,
    case: Case,
    viewer: User,
    shield: Shield,
    seen_by: int,
    corrected_by: int | None,
    removed_at: datetime | None,
) -> Item:
    original = OriginalState(row.original_state) if row.original_state else None
    original_at = row.original_seen_at
    is_confirmed = removed_at is not None and (original_at is None or original_at <= removed_at)
    if is_confirmed:
        original, original_at = OriginalState.REMOVED, removed_at
    media_type = row.blob.media_type if row.blob else ""
    can_draw = media_type in DRAWN and row.state == Evidence.State.AVAILABLE
    has_preview = row.blob is not None and row.blob.preview_state == "ready"
    return Item(
        evidence=row,
        title=row.name or row.note or _default_title(row),
        icon=_icon(row.kind, media_type),
        kind_label=str(EvidenceKind(row.kind).label),
        tier=row.effective_tier,
        is_tier_known=row.graphic_tier is not None,
        short_hash=f"{row.sha256[:4]}…{row.sha256[-4:]}",
        text=row.text[:_TEXT_SHOWN],
        is_cut=len(row.text) > _TEXT_SHOWN,
        leave_url=markup.leave_url(row.original_url),
        shown_url=markup.defanged(row.original_url),
        seen_by=seen_by,
        can_draw=can_draw,
        can_preview=has_preview and permissions.can_preview(viewer, case),
        can_open=can_draw and permissions.can_open_original(viewer, case),
        can_download=row.blob is not None and permissions.can_download_original(viewer, case),
        corrected_by=corrected_by,
        is_shielded=row.kind in (EvidenceKind.TEXT, EvidenceKind.DATA)
        and row.effective_tier >= GraphicTier.G2
        and row.graphic_tier is not None,
        size_words=_size(row.blob.size) if row.blob else "",
        start=shield.start_of(row.effective_tier, is_known=row.graphic_tier is not None),
        seen_through=shield.filters(row.effective_tier, is_known=row.graphic_tier is not None),
        original=original,
        original_at=original_at,
        is_confirmed=is_confirmed,
    )


def _default_title(row: Evidence) -> str:
    return str(EvidenceKind(row.kind).label)


def _icon(kind: str, media_type: str) -> str:
    if kind == EvidenceKind.URL:
        return "page"
    if kind == EvidenceKind.DATA:
        return "table"
    if kind == EvidenceKind.TEXT:
        return "text"
    return {"image": "image", "video": "video"}.get(media_type.partition("/")[0], "file")


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
