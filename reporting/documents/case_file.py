"""A case on paper, for Legal (ux.md §16, “Case file”): the ask, facts, the register of evidence with its hashes, decisions with the
clause as it read then, the timeline, an extract of the log. No picture unless somebody asked for them and said why (PRT-2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Compartment
from escalations.lifecycle import DecisionState
from escalations.models import Decision
from escalations.selectors.audit_trail import Line
from escalations.selectors.case import CasePage, Item
from escalations.selectors.clocks import Promise
from escalations.selectors.timeline import Noise
from reporting.documents.brief import both, utc
from reporting.documents.parts import (
    Document,
    Facts,
    Heading,
    Items,
    Paragraph,
    Part,
    PictureOf,
    Quiet,
    TableOf,
)


@dataclass(frozen=True)
class CaseFile:
    """What one reader takes out of a case: the page as they see it at `at` (aware UTC), in `zone`. `log` is None where their role
    reads no log; `pictures` are shielded ones (PNG) by number of the evidence, with `why` they are in it.
    """

    page: CasePage
    decisions: Sequence[Decision]
    log: Sequence[Line] | None
    is_log_cut: bool
    by: str
    zone: str
    at: datetime
    pictures: Mapping[int, bytes]
    why: str = ""

    @property
    def name(self) -> str:
        """Its id and version: the case's revision."""
        return f"{self.page.case.ref}@r{self.page.case.revision}"


def case_file_document(file: CaseFile) -> Document:
    """The document in the active language: a draft until a decision took effect (PRT-5). It carries the hash of what it says."""
    case = file.page.case
    labels = [str(Compartment(label).label) for label in case.compartments]
    header = [
        (_("Received"), both(case.received_at, file.zone)),
        (_("Submitted by"), file.page.submitter + (f" · {case.external_ref}" if case.external_ref else "")),
        (_("Status"), f"S{case.severity} · {case.get_status_display()}" + _resolution(file)),
        (_("Queue"), case.queue.name),
        (_("Times in"), f"UTC, {file.zone}"),
    ]
    if case.is_legal_hold:
        header.append((_("Legal hold"), _("Nothing of this case may be deleted.")))
    if file.why:
        header.append((_("Pictures"), _("Shielded, because: %(why)s") % {"why": file.why}))
    document = Document(
        title=case.title or case.ref,
        kind=f"{settings.PRODUCT_NAME} · {_('Case file')} {case.ref}",
        parts=_parts(file),
        classification=" · ".join([_("Strictly confidential"), *labels]) if labels else _("Confidential"),
        name=file.name,
        made=_("Generated %(when)s by %(who)s") % {"when": utc(file.at), "who": file.by},
        as_of=_("Figures as of %(when)s") % {"when": utc(file.at)},
        header=header,
        language=get_language() or "en",
        is_draft=not any(one.state == DecisionState.EFFECTIVE for one in file.decisions),
        author=file.by,
    )
    seal = _("SHA-256 of what this document says: %(hash)s") % {"hash": said_hash(document)}
    told = _("The hash of the file itself stands in the log of accesses, with who made it and when.")
    return replace(document, parts=[*document.parts, Heading(_("Integrity")), Paragraph(seal), Paragraph(told, True)])


def said_hash(document: Document) -> str:
    """SHA-256 (hex) over the document's words and pictures in reading order, whoever prints it on whatever paper."""
    told = {"title": document.title, "header": document.header, "parts": [_plain(part) for part in document.parts]}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(part: Part) -> dict[str, object]:
    values = asdict(part)
    for name, value in values.items():
        if isinstance(value, bytes):
            values[name] = hashlib.sha256(value).hexdigest()
        elif isinstance(value, frozenset):
            values[name] = sorted(value)
    return {"part": type(part).__name__, **values}


def _resolution(file: CaseFile) -> str:
    case = file.page.case
    return f" · {case.get_resolution_display()}" if case.resolution else ""


def _parts(file: CaseFile) -> list[Part]:
    page = file.page
    parts: list[Part] = [Heading(_("The ask")), Paragraph(page.case.ask or "–")]
    parts += [Heading(_("Subjects")), _listed([_subject(one) for one in page.subjects])]
    if page.impact:
        rows = [(fact.what, fact.value, _source(fact, file.zone)) for fact in page.impact]
        parts += [Heading(_("Impact")), TableOf([_("What"), _("Value"), _("Source")], rows)]
    if page.promises:
        parts += [Heading(_("Clocks")), _clocks(page.promises, file.zone)]
    parts += [Heading(_("Register of evidence")), *_register(file)]
    if file.decisions:
        parts += [Heading(_("Decisions")), *(part for one in file.decisions for part in _decision(one, file.zone))]
    parts += [Heading(_("Timeline")), *_timeline(file)]
    parts += [Heading(_("Extract of the log")), *_log(file)]
    return parts


def _listed(rows: Sequence[tuple[str, str]]) -> Part:
    return Items(rows) if rows else Quiet(_("none"))


def _subject(one: object) -> tuple[str, str]:
    names = ("role_label", "kind_label", "name", "key", "platform")
    role, kind, name, key, platform = (str(getattr(one, attribute)) for attribute in names)
    return f"{role}: {kind} {name}".strip(), " · ".join(part for part in (key, platform) if part)


def _source(fact: object, zone: str) -> str:
    at = getattr(fact, "at", None)
    return " · ".join(part for part in (str(getattr(fact, "source", "")), both(at, zone) if at else "") if part)


def _clocks(promises: Sequence[Promise], zone: str) -> TableOf:
    rows = [
        (
            f"{one.metric} {one.label}" + (f" {one.cycle}" if one.cycle > 1 else ""),
            _clock_state(one),
            utc(one.started_at),
            utc(one.due_at) if one.due_at else "–",
        )
        for one in promises
    ]
    return TableOf([_("Clock"), _("State"), _("Started"), _("Due")], rows)


def _clock_state(one: Promise) -> str:
    if one.missed_at is not None:
        said = _("missed")
    else:
        words = {"met": _("met"), "paused": _("paused"), "cancelled": _("cancelled")}
        said = words.get(one.state, _("running"))
    return f"{said}, {utc(one.stopped_at)}" if one.stopped_at else said


def _register(file: CaseFile) -> list[Part]:
    parts: list[Part] = []
    for item in file.page.evidence:
        row = item.evidence
        tier = f"G{int(item.tier)}" if item.is_tier_known else _("not rated")
        kind = ", ".join(part for part in (item.kind_label, row.blob.media_type if row.blob else "", tier) if part)
        facts = [(_("Kind"), kind), ("SHA-256", row.sha256), (_("Added"), both(row.added_at, file.zone))]
        if row.captured_at is not None:
            facts.append((_("Captured"), both(row.captured_at, file.zone)))
        if item.shown_url:
            facts.append((_("Address"), item.shown_url))
        if row.note and row.note != item.title:
            facts.append((_("Note"), row.note))
        parts += [Heading(f"{row.number}. {item.title}", 3), Facts(facts)]
        if item.text and not item.is_shielded:
            parts.append(Quiet(item.text))
        parts += _picture(item, file)
    return parts or [Quiet(_("none"))]


def _picture(item: Item, file: CaseFile) -> list[Part]:
    found = file.pictures.get(item.evidence.number)
    if found is not None:
        alt = _("Evidence %(number)d of %(ref)s, shielded") % {
            "number": item.evidence.number,
            "ref": file.page.case.ref,
        }
        return [PictureOf(found, alt, alt)]
    if item.evidence.blob is None or item.can_draw is False:
        return []
    words = _("Picture left out: evidence %(number)d of %(ref)s.")
    return [Paragraph(words % {"number": item.evidence.number, "ref": file.page.case.ref}, is_meta=True)]


def _decision(one: Decision, zone: str) -> list[Part]:
    head = f"{one.get_verdict_display()} · {one.get_state_display()}"
    parts: list[Part] = [
        Heading(head, 3),
        Facts([(_("Decided by"), one.decided_by.display_name), (_("Decided"), both(one.decided_at, zone))]),
    ]
    clause = one.clause
    if clause is not None:
        parts.append(Paragraph(f"{clause.citation} {clause.title}: {clause.rule}"))
        ticked = set(one.elements)
        rows = [
            (f"{'☑' if element['key'] in ticked else '☐'} {number}. {element['text']}", "")
            for _logic, elements in clause.element_groups()
            for number, element in elements
        ]
        if rows:
            parts.append(Items(rows))
        when = clause.effective_from
        if when is not None:
            words = _("As it read then: %(citation)s, in force since %(when)s.")
            parts.append(Paragraph(words % {"citation": clause.citation, "when": utc(when)}, is_meta=True))
    if one.rationale:
        parts.append(Quiet(one.rationale))
    return parts


def _timeline(file: CaseFile) -> list[Part]:
    rows = []
    for line in file.page.stream.lines:
        for entry in line.entries if isinstance(line, Noise) else (line,):
            said = f"{entry.who} {entry.text}".strip()
            rows.append((said + (f"\n{_bare(entry.body)}" if entry.body else ""), utc(entry.at)))
    parts: list[Part] = [_listed(rows)]
    if file.page.stream.older:
        parts.append(Quiet(_("The newest entries; the extract of the log goes further back.")))
    return parts


def _bare(markup: str) -> str:
    """The words of a comment that is kept as markup."""
    return strip_tags(markup).strip()


def _log(file: CaseFile) -> list[Part]:
    if file.log is None:
        return [Quiet(_("Left out: the role of who made this file reads no log."))]
    rows = [(f"{utc(line.at)} · {line.code} · {line.who or _('the system')}", line.detail) for line in file.log]
    parts: list[Part] = [_listed(rows)]
    if file.is_log_cut:
        parts.append(Quiet(_("The newest %(n)d lines. All of it is exported from the log’s page.") % {"n": len(rows)}))
    return parts
