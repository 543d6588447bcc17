"""Every field a filter over cases may use: the one table behind parser, completion and `/help/filters/`.

Fields of things that do not exist yet (consults, crises, rosters) are not here, so nothing offers them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Choices
from django.utils.translation import gettext_lazy as _

from core.filters.conditions import Condition, Equal, FilterContext
from core.filters.registry import Field, Registry, Shape, Suggestion, on_column
from core.filters.tree import Compare, Marker, Range, Word
from core.filters.values import Amount, Choice, Code, Duration, Moment, Reference, Text, WholeNumber
from escalations.appeal_life import Outcome
from escalations.filters import conditions, decisions, references
from escalations.filters.context import CaseContext
from escalations.filters.search import free_text
from escalations.lifecycle import (
    CaseStatus,
    Channel,
    GraphicTier,
    Harm,
    Level,
    Metric,
    Resolution,
    Severity,
    Surface,
    Verdict,
)

Suggest = Callable[[str, CaseContext], Sequence[Suggestion]]

NONE, ANY, ME, TEAM = Marker.NONE, Marker.ANY, Marker.ME, Marker.TEAM
TEAM_ONLY = _("only the team may filter by this")
MOST = 12


def is_internal(context: CaseContext) -> bool:
    """Queues, people and notes are the team's own (permissions.md §5, P4 and P5)."""
    return context.is_internal


def knows_submitters(context: CaseContext) -> bool:
    """Who handed a case in is for those who work on it, and for its own organization."""
    return context.knows_submitters


def words_of(choices: type[Choices]) -> dict[str, object]:
    """Each stored word for itself."""
    return {str(value).lower(): value for value in choices.values if value is not None}


def offer(choices: type[Choices], *, prefix: str = "") -> Suggest:
    """Offers every choice with its label; `prefix` is the letter before numbers that may be left out."""

    def suggest(typed: str, _context: CaseContext) -> Sequence[Suggestion]:
        wanted = typed.lower().removeprefix(prefix.lower())
        pairs = [(str(value), label) for value, label in choices.choices if value is not None]
        return [Suggestion(word, label) for word, label in pairs if word.lower().startswith(wanted)]

    return suggest


def offer_names(known: Callable[[FilterContext], Iterable[str]]) -> Suggest:
    """Offers names of rows that contain what was typed, those that begin with it first."""

    def suggest(typed: str, context: CaseContext) -> Sequence[Suggestion]:
        wanted = typed.lower()
        found = [name for name in known(context) if wanted in name.lower()]
        found.sort(key=lambda name: not name.lower().startswith(wanted))
        return [Suggestion(name) for name in found[:MOST]]

    return suggest


def offer_people(typed: str, _context: CaseContext) -> Sequence[Suggestion]:
    """Offers colleagues by handle or name."""
    found = references.people_matching(typed.removeprefix("@"), limit=MOST)
    return [Suggestion(handle, name) for handle, name in found]


FLAG_LABELS = {
    "open": _("Not closed"),
    "closed": _("Closed"),
    "claimed": _("Somebody has it"),
    "unclaimed": _("Nobody has it"),
    "waiting": _("Waiting on somebody"),
    "breached": _("A clock was missed or is overdue"),
    "atrisk": _("The nearest clock is close to its end"),
    "paused": _("A clock is paused"),
    "snoozed": _("Hidden until later"),
    "reopened": _("Was closed before"),
    "cluster": _("Has merged cases below it"),
    "child": _("Is merged into another"),
    "held": _("Under legal hold"),
    "highprofile": _("High profile"),
    "draft": _("Somebody's draft is kept"),
    "contested": _("Two people decided it differently"),
    "sandbox": _("A test submission"),
}
HAS_LABELS = {
    "note": _("An internal note"),
    "evidence": _("Any evidence"),
    "description": _("Evidence with a note"),
    "hashmatch": _("Evidence that another case has too"),
    "deadline": _("A deadline was given"),
}


def offer_flags(typed: str, context: CaseContext) -> Sequence[Suggestion]:
    """Offers the flags this reader may ask for."""
    shown = FLAG_LABELS if context.is_internal else {name: FLAG_LABELS[name] for name in conditions.OUTWARD_FLAGS}
    return [
        Suggestion(name, label)
        for name, label in FLAG_LABELS.items()
        if name in shown and name.startswith(typed.lower())
    ]


def offer_has(typed: str, context: CaseContext) -> Sequence[Suggestion]:
    """Offers what a case may have, notes only to those who read them."""
    shown = [name for name in HAS_LABELS if name != "note" or context.reads_notes]
    return [Suggestion(name, HAS_LABELS[name]) for name in shown if name.startswith(typed.lower())]


def tag_form(text: str) -> str:
    """A language tag as it is stored: `pt-BR`, `zh-Hant`."""
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])


@dataclass(frozen=True)
class LanguageTag(Code):
    """A language with its regions, and after `=` without them: figures by language count each tag for itself."""

    def condition(self, value: Word | Compare | Range, context: FilterContext) -> Condition:
        """As for any code; `=` asks for this very tag."""
        if isinstance(value, Compare) and value.op == "=":
            return Equal(conditions.Alone(self.read(value.text, context)))
        return super().condition(value, context)


STATE, URGENCY, PEOPLE, SOURCE = "state", "urgency", "people", "source"
SUBJECT, POLICY, PLACE, LINKS, CONTENT, TIME = "subject", "policy", "place", "links", "content", "time"
GROUPS = {
    STATE: _("State"),
    URGENCY: _("Urgency"),
    PEOPLE: _("People"),
    SOURCE: _("Source"),
    SUBJECT: _("Subject"),
    POLICY: _("Policy"),
    PLACE: _("Place and language"),
    LINKS: _("Links"),
    CONTENT: _("Content"),
    TIME: _("Time"),
}

_APPEALS: dict[str, object] = {"open": "open"} | words_of(Outcome)
_VERDICTS: dict[str, object] = {str(verdict.digit): verdict.value for verdict in Verdict} | words_of(Verdict)

FIELDS: tuple[Field[CaseContext], ...] = (
    # -- state
    Field(
        "is",
        STATE,
        _("State of the case"),
        Choice({name: name for name in conditions.FLAGS}),
        conditions.flags,
        examples=("is:open", "-is:claimed"),
        suggest=offer_flags,
    ),
    Field(
        "status",
        STATE,
        _("Status"),
        Choice(words_of(CaseStatus)),
        on_column("status"),
        aliases=("state",),
        examples=("status:new,in_review",),
        suggest=offer(CaseStatus),
    ),
    Field(
        "res",
        STATE,
        _("Resolution"),
        Choice(words_of(Resolution)),
        on_column("resolution", is_text=True),
        aliases=("resolution",),
        markers=frozenset({NONE, ANY}),
        examples=("res:duplicate",),
        suggest=offer(Resolution),
    ),
    Field(
        "queue",
        STATE,
        _("Queue"),
        Reference(_("a queue"), references.queue, references.queue_names),
        on_column("queue_id"),
        examples=("queue:ads-emea",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_names(references.queue_names),
    ),
    Field(
        "level",
        STATE,
        _("Level it was escalated to"),
        WholeNumber(1, 5, prefix="L"),
        on_column("level"),
        examples=("level:>=2",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer(Level, prefix="L"),
    ),
    Field(
        "ref",
        STATE,
        _("Reference, ours or the submitter's"),
        Reference(_("a reference such as `ESC-10423`"), references.case_ref),
        conditions.reference,
        aliases=("key", "id"),
        examples=("ref:ESC-10423",),
    ),
    # -- urgency
    Field(
        "sev",
        URGENCY,
        _("Severity"),
        WholeNumber(0, 4, prefix="S", example="1"),
        on_column("severity"),
        aliases=("s", "severity"),
        examples=("sev:0..1", "sev:2"),
        suggest=offer(Severity, prefix="S"),
    ),
    Field(
        "sla",
        URGENCY,
        _("Time left on the nearest clock"),
        Duration(signed=True),
        conditions.time_left,
        markers=frozenset({NONE, ANY}),
        examples=("sla:<2h", "sla:<0"),
    ),
    Field(
        "clock",
        URGENCY,
        _("The nearest clock"),
        Choice({metric.value: metric.value for metric in Metric}),
        on_column("due_metric", is_text=True),
        markers=frozenset({NONE, ANY}),
        examples=("clock:F is:breached",),
        suggest=offer(Metric),
    ),
    Field(
        "age",
        URGENCY,
        _("Time since it came in"),
        Duration(),
        conditions.age,
        examples=("age:>2d",),
    ),
    Field(
        "due",
        URGENCY,
        _("When the nearest clock is due"),
        Moment(),
        on_column("due_at"),
        markers=frozenset({NONE, ANY}),
        examples=("due:today", "due:<+4h"),
    ),
    Field(
        "order", URGENCY, _("Place in the next best order"), Moment(), on_column("order_at"), examples=("order:<now",)
    ),
    # -- people
    Field(
        "who",
        PEOPLE,
        _("Assignee"),
        Reference(_("a person"), references.person, references.people_names),
        conditions.assignee,
        aliases=("assignee",),
        markers=frozenset({NONE, ANY, ME, TEAM}),
        examples=("who:@me,none",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_people,
    ),
    Field(
        "by",
        PEOPLE,
        _("Who decided"),
        Reference(_("a person"), references.person, references.people_names),
        decisions.decider,
        markers=frozenset({NONE, ANY, ME}),
        examples=("by:@me",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_people,
    ),
    Field(
        "team",
        PEOPLE,
        _("Team of the queue"),
        Reference(_("a team"), references.team, references.team_names),
        conditions.queues_of_team,
        markers=frozenset({TEAM, NONE}),
        examples=("team:ads", "team:@team"),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_names(references.team_names),
    ),
    Field(
        "hub",
        PEOPLE,
        _("Hub of the queue's team"),
        Reference(_("a hub"), references.hub, references.hub_names),
        conditions.queues_of_team,
        examples=("hub:dublin",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_names(references.hub_names),
    ),
    Field(
        "watch",
        PEOPLE,
        _("Who watches it"),
        Reference(_("a person"), references.person, references.people_names),
        conditions.watchers,
        markers=frozenset({NONE, ANY, ME}),
        examples=("watch:@me",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_people,
    ),
    Field(
        "mention",
        PEOPLE,
        _("Who is mentioned in it"),
        Reference(_("a person"), references.person, references.people_names),
        conditions.mentions,
        markers=frozenset({NONE, ANY, ME}),
        examples=("mention:@me",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_people,
    ),
    # -- source
    Field(
        "vendor",
        SOURCE,
        _("Organization that sent it"),
        Reference(_("a vendor"), references.vendor, references.vendor_names),
        conditions.organization,
        markers=frozenset({NONE, ANY}),
        examples=("vendor:northgate",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_names(references.vendor_names),
    ),
    Field(
        "from",
        SOURCE,
        _("How it came in"),
        Choice(words_of(Channel)),
        on_column("channel"),
        aliases=("channel",),
        examples=("from:api",),
        suggest=offer(Channel),
    ),
    Field(
        "platform",
        SOURCE,
        _("Platform"),
        Text(example="photoshare", max_length=60, change=str.lower),
        on_column("platform", is_text=True),
        markers=frozenset({NONE, ANY}),
        examples=("platform:photoshare",),
    ),
    Field(
        "submitter",
        SOURCE,
        _("Person who sent it"),
        Reference(_("a person of the submitting organization"), references.submitter),
        conditions.submitter,
        markers=frozenset({NONE, ANY, ME}),
        examples=("submitter:@me",),
        may_use=knows_submitters,
        why_not=_("your role does not see who sent a case in"),
    ),
    # -- subject
    Field(
        "surface",
        SUBJECT,
        _("Surface"),
        Choice(words_of(Surface)),
        on_column("surface"),
        examples=("surface:ads",),
        suggest=offer(Surface),
    ),
    Field(
        "harm",
        SUBJECT,
        _("Harm"),
        Choice(words_of(Harm)),
        on_column("harm", is_text=True),
        markers=frozenset({NONE, ANY}),
        examples=("harm:fraud_scam",),
        suggest=offer(Harm),
    ),
    Field(
        "acct",
        SUBJECT,
        _("Account, page, group or advertiser"),
        Text(example="broker_4411", max_length=300),
        conditions.subject(conditions.ACCOUNT_KINDS),
        aliases=("account",),
        examples=("acct:broker_4411", "acct:~broker"),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    Field(
        "ad",
        SUBJECT,
        _("Ad or listing"),
        Text(example="998812", max_length=300),
        conditions.subject(conditions.AD_KINDS),
        examples=("ad:998812",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    Field(
        "url",
        SUBJECT,
        _("Web address or domain"),
        Text(example='"https://example.org/a"', max_length=300),
        conditions.address,
        examples=('url:"https://example.org/a"', "url:~example.org"),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    Field(
        "hash",
        SUBJECT,
        _("Fingerprint of evidence, or its beginning"),
        Code("[0-9a-f]{6,64}", _("at least 6 characters of a hash, such as `9f86d0`")),
        conditions.fingerprint,
        examples=("hash:9f86d081",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    Field(
        "verified",
        SUBJECT,
        _("Whether what it is about is verified, as reported"),
        Choice({"yes": "yes", "no": "no"}),
        conditions.verified,
        examples=("verified:yes",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    Field("reach", SUBJECT, _("People reached"), Amount(), on_column("reach"), examples=("reach:>100k",)),
    Field("spend", SUBJECT, _("Money spent on it"), Amount(), on_column("spend"), examples=("spend:>10k",)),
    # -- policy
    Field(
        "clause",
        POLICY,
        _("Clause decided under, or suspected"),
        Text(example="CS-VI", max_length=40),
        decisions.clause,
        markers=frozenset({NONE, ANY}),
        examples=("clause:CS-VI", "clause:CS-VI-3.2@v14"),
    ),
    Field(
        "ver",
        POLICY,
        _("Version of the clause decided under"),
        WholeNumber(1, 999_999, prefix="v", example="14"),
        decisions.version,
        examples=("clause:CS-VI-3.2 ver:14",),
    ),
    Field(
        "verdict",
        POLICY,
        _("Verdict, by number or word"),
        Choice(_VERDICTS),
        decisions.verdict,
        markers=frozenset({NONE, ANY}),
        examples=("verdict:1,2",),
        suggest=offer(Verdict),
    ),
    Field(
        "appeal",
        POLICY,
        _("Whether the decision was appealed, and how that ended"),
        Choice(_APPEALS),
        decisions.appeal,
        markers=frozenset({NONE, ANY}),
        examples=("appeal:overturned",),
        suggest=offer_names(lambda _context: _APPEALS),
    ),
    Field(
        "action",
        POLICY,
        _("Action decided"),
        Code("[a-z][a-z_]{1,39}", _("a kind of action such as `remove_content`")),
        decisions.action,
        examples=("action:remove_content",),
    ),
    Field(
        "gap",
        POLICY,
        _("Policy gap it was decided under"),
        Reference(_("the reference of a policy gap, such as `GAP-12`"), references.gap),
        decisions.gap,
        markers=frozenset({NONE, ANY}),
        examples=("gap:GAP-12", "gap:any"),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    # -- place and language
    Field(
        "lang",
        PLACE,
        _("Language"),
        LanguageTag(
            "[a-z]{2,3}(-[a-z]{4})?(-[a-z]{2}|-[0-9]{3})?",
            _("a language code such as `es` or `pt-BR`"),
            change=tag_form,
        ),
        conditions.language,
        aliases=("language",),
        markers=frozenset({NONE, ANY}),
        examples=("lang:es,pt", "lang:=pt"),
    ),
    Field(
        "market",
        PLACE,
        _("Market"),
        Code("[a-z]{2}|[a-z]{4,8}", _("a country code such as `BR`"), change=str.upper),
        on_column("market", is_text=True),
        aliases=("country",),
        markers=frozenset({NONE, ANY}),
        examples=("market:BR",),
    ),
    # -- links
    Field(
        "cluster",
        LINKS,
        _("Cluster, by the reference of its parent"),
        Reference(_("the reference of a case you may see, such as `ESC-10423`"), references.cluster_parent),
        conditions.cluster,
        markers=frozenset({NONE, ANY}),
        examples=("cluster:ESC-10423",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    Field(
        "tag",
        LINKS,
        _("Tag"),
        Reference(_("a tag"), references.tag, references.tag_names),
        conditions.tags,
        markers=frozenset({NONE, ANY}),
        examples=("tag:urgent-press",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_names(references.tag_names),
    ),
    # -- content
    Field(
        "graphic",
        CONTENT,
        _("Graphic tier; unknown counts as 2"),
        WholeNumber(0, 3, prefix="G", example="1"),
        conditions.graphic,
        examples=("graphic:<=1",),
        suggest=offer(GraphicTier, prefix="G"),
    ),
    Field(
        "media",
        CONTENT,
        _("Kind of evidence"),
        Choice({name: name for name in conditions.MEDIA}),
        conditions.media,
        examples=("media:video",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
    ),
    Field(
        "has",
        CONTENT,
        _("What the case has"),
        Choice({name: name for name in conditions.HAS}),
        conditions.has,
        examples=("has:note",),
        may_use=is_internal,
        why_not=TEAM_ONLY,
        suggest=offer_has,
    ),
    # -- time
    Field(
        "created",
        TIME,
        _("When it came in"),
        Moment(),
        on_column("received_at"),
        aliases=("received",),
        examples=("created:>-24h",),
    ),
    Field(
        "closed",
        TIME,
        _("When it was closed"),
        Moment(),
        on_column("closed_at"),
        markers=frozenset({NONE, ANY}),
        examples=("closed:-7d",),
    ),
    Field(
        "decided",
        TIME,
        _("When it was decided"),
        Moment(),
        on_column("decided_at"),
        markers=frozenset({NONE, ANY}),
        examples=("decided:today",),
    ),
    Field("updated", TIME, _("Last change"), Moment(), on_column("updated_at"), examples=("updated:-2w..-1w",)),
)

SORTS = (
    Shape("order", _("Next best")),
    Shape("due", _("Due first")),
    Shape("age", _("Oldest first")),
    Shape("sev", _("Most severe first")),
    Shape("reach", _("Smallest reach first")),
    Shape("updated", _("Longest untouched first")),
)
GROUPINGS = (
    Shape("none", _("No groups")),
    Shape("cluster", _("Cluster")),
    Shape("clause", _("Clause")),
    Shape("vendor", _("Vendor")),
)
COLUMNS = (
    Shape("sev", _("Severity")),
    Shape("due", _("Due")),
    Shape("summary", _("Summary")),
    Shape("source", _("Source")),
    Shape("lang", _("Language")),
    Shape("surface", _("Surface")),
    Shape("reach", _("Reach")),
    Shape("who", _("Assignee")),
    Shape("key", _("Reference")),
    Shape("age", _("Age")),
    Shape("harm", _("Harm")),
    Shape("market", _("Country")),
    Shape("vendor", _("Vendor")),
    Shape("queue", _("Queue")),
    Shape("graphic", _("Graphic tier")),
    Shape("reopened", _("Times reopened")),
    Shape("cluster", _("Cluster size")),
    Shape("created", _("Created")),
    Shape("updated", _("Updated")),
    Shape("confidence", _("Confidence")),
    Shape("appeal", _("Appeal")),
    Shape("tags", _("Tags")),
)
DEFAULT_COLUMNS = ("sev", "due", "summary", "source", "lang", "surface", "reach", "who")

CASES: Registry[CaseContext] = Registry(
    fields=FIELDS,
    free=free_text,
    sorts=SORTS,
    groups=GROUPINGS,
    columns=COLUMNS,
    group_labels=dict(GROUPS),
)
