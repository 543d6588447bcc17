"""What the library and reporting themselves keep in lists, as sources: clauses, drafts, guidance, notes, briefs, schedules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from policies.forms import LibraryFilter
from policies.models import Guidance
from policies.permissions import can_read_drafts, can_read_library
from policies.selectors import library_rows, markets_with_variants
from policies.selectors.life import drafts_for
from reporting import permissions, rights
from reporting.exports import Column, Holds, Params
from reporting.models import Annotation, Brief, ReportSchedule
from reporting.sources.listing import Joined, Listing, problem, text_of

_W, _T, _N, _AT, _YN = Holds.WORD, Holds.TEXT, Holds.INTEGER, Holds.TIME, Holds.YES_NO
_LIBRARY = ("q", "family", "surface", "harm", "market", "changed")


# -- The library ------------------------------------------------------------------------------------------------------------
def _library_form(params: Params, at: datetime) -> LibraryFilter:
    form = LibraryFilter({name: text_of(params, name) for name in _LIBRARY}, markets=markets_with_variants(at=at))
    form.is_valid()
    return form


def _check_library(params: Params, viewer: User, at: datetime) -> None:
    for name, errors in _library_form(params, at).errors.items():
        raise problem(name, str(errors[0]))


def _clauses(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    form = _library_form(params, at)
    for row in library_rows(form.filters(), at=at) if form.is_valid() else ():
        version = row.version
        yield [
            row.policy.key,
            row.policy.family,
            row.policy.section,
            version.title,
            version.rule,
            version.number,
            version.market,
            version.effective_from,
            ", ".join(row.policy.harms),
        ]


def _drafts(params: Params, viewer: User, at: datetime) -> Iterator[Sequence[Any]]:
    for row in drafts_for(viewer, at=at):
        version = row.version
        yield [
            version.policy.key,
            version.number,
            version.market,
            version.title,
            version.label,
            version.state,
            version.author.display_name if version.author else "",
            version.effective_from,
            row.is_for_reader,
        ]


def _guidance(params: Params, viewer: User, at: datetime) -> QuerySet[Guidance]:
    return Guidance.objects.visible_to(viewer).annotate(read=Count("acknowledgements"))


def _may_library(viewer: User) -> bool:
    return rights.can_export(viewer) and can_read_library(viewer)


CLAUSES = Listing(
    key="clauses",
    title=_("Policies"),
    may=_may_library,
    lines=_clauses,
    check=_check_library,
    takes=_LIBRARY,
    columns=[
        Column("clause", _W, _("The clause’s key.")),
        Column("family", _W, _("The book it stands in.")),
        Column("section", _T, _("The section of that book.")),
        Column("title", _T, _("What it is called.")),
        Column("rule", _T, _("The rule in one line.")),
        Column("version", _N, _("The version in force.")),
        Column("market", _W, _("The country of a variant; empty: all.")),
        Column("in_force_since_utc", _AT, _("Since when it holds.")),
        Column("harms", _T, _("The harms it answers.")),
    ],
)
DRAFTS = Listing(
    key="drafts",
    title=_("Drafts and scheduled versions"),
    may=lambda viewer: _may_library(viewer) and can_read_drafts(viewer),
    lines=_drafts,
    columns=[
        Column("clause", _W, _("The clause’s key.")),
        Column("version", _N, _("The version’s number.")),
        Column("market", _W, _("The country of a variant; empty: all.")),
        Column("title", _T, _("What it is called.")),
        Column("change", _W, _("Editorial, clarification or substantive.")),
        Column("state", _W, _("Where it stands.")),
        Column("author", _T, _("Who writes it.")),
        Column("holds_from_utc", _AT, _("From when it holds, where that is set.")),
        Column("waits_for_you", _YN, _("Whether it waits for who took this out.")),
    ],
)
GUIDANCE = Listing(
    key="guidance",
    title=_("Interim guidance"),
    may=_may_library,
    rows=_guidance,
    fields=[
        (Column("number", _N, _("The number behind IG-.")), "number"),
        (Column("edition", _N, _("Its edition.")), "edition"),
        (Column("title", _T, _("What it is called.")), "title"),
        (Column("text", _T, _("What it tells people who decide.")), "text"),
        (Column("scope", _T, _("The cases it is for, as a filter; empty: all.")), "scope"),
        (Column("clauses", _T, _("The clauses it is about.")), Joined("policy_keys")),
        (Column("issuer", _T, _("Who issued it.")), "issuer__display_name"),
        (Column("issued_at_utc", _AT, _("When it was issued.")), "issued_at"),
        (Column("from_utc", _AT, _("From when it holds.")), "starts_at"),
        (Column("until_utc", _AT, _("Until when, at the latest.")), "expires_at"),
        (Column("ended_at_utc", _AT, _("When it was ended before that.")), "ended_at"),
        (Column("ended_because", _W, _("Why it was ended.")), "end_cause"),
        (Column("needs_reading", _YN, _("Whether people say that they read it.")), "needs_acknowledgement"),
        (Column("read_by", _N, _("How many said so.")), "read"),
    ],
)  # fmt: skip


# -- Notes, briefs, schedules ---------------------------------------------------------------------------------------------------
def _notes(params: Params, viewer: User, at: datetime) -> QuerySet[Annotation]:
    return Annotation.objects.visible_to(viewer)


def _briefs(params: Params, viewer: User, at: datetime) -> QuerySet[Brief]:
    return Brief.objects.filter(pk__in=Brief.objects.visible_to(viewer).values("pk"))


def _schedules(params: Params, viewer: User, at: datetime) -> QuerySet[ReportSchedule]:
    seen = ReportSchedule.objects.visible_to(viewer).kept()
    return ReportSchedule.objects.filter(pk__in=seen.values("pk")).annotate(people=Count("recipients"))


NOTES = Listing(
    key="notes",
    title=_("Notes on the time line"),
    may=lambda viewer: viewer.is_internal and rights.can_export(viewer) and permissions.can_see_reports(viewer),
    rows=_notes,
    fields=[
        (Column("from_utc", _AT, _("When it happened, or began.")), "starts_at"),
        (Column("until_utc", _AT, _("When it ended.")), "ends_at"),
        (Column("kind", _W, _("What kind of thing happened.")), "kind"),
        (Column("text", _T, _("What happened.")), "text"),
        (Column("vendor", _T, _("The vendor it concerns.")), "vendor__name"),
        (Column("queue", _T, _("The queue it concerns.")), "queue__name"),
        (Column("new_baseline", _YN, _("Whether limits are computed anew from then on.")), "is_new_baseline"),
        (Column("written_by", _T, _("Who wrote it.")), "created_by__display_name"),
        (Column("written_at_utc", _AT, _("When.")), "created_at"),
    ],
)  # fmt: skip
BRIEFS = Listing(
    key="briefs",
    title=_("Briefs"),
    may=lambda viewer: rights.can_export(viewer) and permissions.can_read_briefs(viewer),
    rows=_briefs,
    fields=[
        (Column("number", _N, _("The number behind BRF-.")), "pk"),
        (Column("title", _T, _("What it is called.")), "title"),
        (Column("kind", _W, _("What kind of brief it is.")), "kind"),
        (Column("classification", _W, _("Who may read it.")), "classification"),
        (Column("surface", _W, _("The surface it is about; empty: all.")), "surface"),
        (Column("region", _W, _("The region it is about; empty: everywhere.")), "region"),
        (Column("language", _W, _("What it is written in.")), "language"),
        (Column("state", _W, _("Where it stands.")), "state"),
        (Column("author", _T, _("Who writes it.")), "author__display_name"),
        (Column("changed_at_utc", _AT, _("When it last changed.")), "changed_at"),
    ],
)  # fmt: skip
SCHEDULES = Listing(
    key="schedules",
    title=_("Scheduled reports"),
    may=lambda viewer: viewer.is_internal and rights.can_export(viewer) and permissions.can_see_reports(viewer),
    rows=_schedules,
    fields=[
        (Column("name", _T, _("What it is called.")), "name"),
        (Column("page", _W, _("The report.")), "page"),
        (Column("filter", _T, _("What it counts.")), "where"),
        (Column("days", _N, _("How far back it reaches.")), "days"),
        (Column("pace", _W, _("Weekly or monthly.")), "pace"),
        (Column("format", _W, _("What is attached.")), "format"),
        (Column("state", _W, _("Active or paused.")), "state"),
        (Column("people", _N, _("How many get it.")), "people"),
        (Column("made_by", _T, _("Who made it.")), "made_by__display_name"),
        (Column("made_at_utc", _AT, _("When.")), "created_at"),
    ],
)  # fmt: skip
ALL = (CLAUSES, DRAFTS, GUIDANCE, NOTES, BRIEFS, SCHEDULES)
