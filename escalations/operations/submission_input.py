"""What may be submitted: one description that reads the body, says all its faults at once, and documents itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from core import places
from core.errors import FieldProblem, Invalid
from core.shapes import Choice, Flag, Integer, ListOf, Problems, Record, Shape, Text, Url, When, not_after
from escalations.lifecycle import EntityKind, EntityRole, EvidenceKind, GraphicTier, Harm, Severity, Surface
from escalations.operations.severity import ANSWERS, MEANINGS

MOST_SUBJECTS, MOST_EVIDENCE = 50, 50
LONGEST_ASK, LONGEST_TEXT = 20_000, 100_000
MOST_COUNTRIES = 60
FARTHEST_DEADLINE = timedelta(days=730)


class Market(Text):
    """A country, kept in capitals."""

    def read(self, value: Any, pointer: str, problems: Problems) -> str:
        text = super().read(value, pointer, problems).upper()
        if text and text not in places.COUNTRIES:
            detail = "Send a country as two letters of ISO 3166, such as IE."
            problems.append(FieldProblem(pointer, "unknown_country", detail))
            return ""
        return text


class Language(Text):
    def read(self, value: Any, pointer: str, problems: Problems) -> str:
        text = super().read(value, pointer, problems)
        if text and not places.is_language(text):
            detail = "Send a language as its code, such as es or pt-BR (BCP 47)."
            problems.append(FieldProblem(pointer, "unknown_language", detail))
            return ""
        return text


SEVERITIES = {level.name: level for level in Severity}
TIERS = {tier.name: tier for tier in GraphicTier}

SUBJECT = Record(
    {
        "kind": Choice(EntityKind.values, required=True, help="What it is."),
        "platform": Text(60, change=str.lower, help="Where it is; the submission's platform where left out."),
        "id": Text(300, help="Its id or handle on the platform."),
        "url": Url(help="Its address."),
        "role": Choice(EntityRole.values, help="Its part in the case; `violator` where left out."),
        "created_at": When(help="When the account, page or item was made."),
        "followers": Integer(0, 10**11, help="How many follow it."),
        "verified": Flag(help="Whether the platform vouches for whose it is."),
        "high_profile": Flag(help="Whether many know it: say so, and the team looks with more care."),
        "protected": Flag(
            help="Whether it belongs to somebody rules protect: a minor, a candidate, somebody in danger."
        ),
    },
    any_of=[("id", "url")],
)
EVIDENCE = Record(
    {
        "kind": Choice(
            EvidenceKind.values, help="Told from what is sent where left out: upload_id is a file, url an address."
        ),
        "url": Url(help="An address as it was seen. It is noted, never fetched."),
        "text": Text(LONGEST_TEXT, one_line=False, help="Words as they stood; for `data`, the data as text."),
        "upload_id": Text(
            36,
            pattern=r"[0-9a-fA-F-]{36}",
            wanted="Send the id that POST /uploads/ answered.",
            help="A file sent before.",
        ),
        "captured_at": When(help="When it was seen so."),
        "note": Text(500, one_line=False, help="What it shows."),
        "graphic_tier": Choice(TIERS, help="How upsetting it is, G0 to G3; unknown counts as G2."),
    },
    any_of=[("url", "text", "upload_id")],
)
IMPACT = Record(
    {
        "views": Integer(0, 10**15, help="Views so far."),
        "shares": Integer(0, 10**15),
        "views_per_hour": Integer(0, 10**15, help="How fast it grows: views in the hour before `at`."),
        "buyers": Integer(0, 10**11, help="How many people bought, or lost money."),
        "countries": ListOf(Market(2), MOST_COUNTRIES, help="ISO 3166 countries where it is seen."),
        "spend": Integer(0, 10**15, help="Money involved, in whole units of `currency`."),
        "currency": Text(
            3, pattern="[A-Z]{3}", wanted="Send three letters of ISO 4217, such as EUR.", change=str.upper
        ),
        "source": Text(120, help="Who measured it."),
        "at": When(help="When it was measured."),
    }
)
FIELDS: dict[str, Shape] = {
    "external_ref": Text(
        120, help="Your own reference, unique in your organization; a second submission with it is refused with ours."
    ),
    "title": Text(200, required=True, help="One line that says what it is."),
    "ask": Text(LONGEST_ASK, required=True, one_line=False, help="What you want decided or done."),
    "surface": Choice(Surface.values, required=True),
    "platform": Text(60, change=str.lower),
    "harm": Choice(Harm.values, help="The kind of harm. This or suspected_policy is needed."),
    "suspected_policy": Text(
        40,
        change=str.upper,
        pattern=r"[A-Z0-9]+(-[A-Z0-9.]+)*(@V\d+)?",
        wanted="Send a clause such as CS-VI-3.2.",
        help="The clause you think is broken.",
    ),
    "market": Market(2, help="ISO 3166 country. This or language is needed."),
    "language": Language(12, help="BCP 47 language."),
    "severity_inputs": Record(
        {name: Choice(codes, help=MEANINGS[name]) for name, codes in ANSWERS.items()},
        help="Answers the severity is computed from. Leave out what you do not know.",
    ),
    "severity_claimed": Choice(SEVERITIES, help="What you think it is. It may raise the computed level by one."),
    "severity_reason": Text(300, help="Why, if it is to count."),
    "subjects": ListOf(SUBJECT, MOST_SUBJECTS, help="What the case is about: one at least, with an id or an address."),
    "impact": IMPACT,
    "evidence": ListOf(EVIDENCE, MOST_EVIDENCE),
    "deadline_at": When(help="A legal deadline; it starts a clock that never pauses."),
    "deadline_reason": Text(300, help="The obligation behind the deadline."),
    "contact": Text(200, help="Whom to ask."),
    "attach_to": Text(
        16, change=str.upper, help="A case of yours (ESC-…) that this belongs to, instead of a new case."
    ),
}
SUBMISSION = Record(FIELDS, any_of=[("market", "language"), ("suspected_policy", "harm")])


@dataclass(frozen=True)
class Subject:
    """What a case is about, as reported, with its normalised identity (platform, kind, key)."""

    kind: str
    platform: str
    key: str
    id: str = ""
    url: str = ""
    role: str = EntityRole.VIOLATOR
    created_at: datetime | None = None
    followers: int | None = None
    verified: bool | None = None
    high_profile: bool | None = None
    protected: bool | None = None

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.platform, self.kind, self.key

    def reported(self) -> dict[str, Any]:
        """What is kept of it as it was told: of what nobody told, nothing."""
        told = {name: getattr(self, name) for name in ("followers", "verified", "high_profile", "protected")}
        if self.created_at is not None:
            told["created_at"] = self.created_at.isoformat().replace("+00:00", "Z")
        identity = {"kind": self.kind, "platform": self.platform, "id": self.id, "url": self.url, "role": self.role}
        return identity | {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True)
class EvidenceItem:
    kind: str
    url: str = ""
    text: str = ""
    upload_id: str = ""
    captured_at: datetime | None = None
    note: str = ""
    graphic_tier: GraphicTier | None = None

    def sha256(self) -> str:
        """Hash of the words or the address; a file's is its blob's."""
        return hashlib.sha256((self.text or self.url).encode()).hexdigest()


@dataclass(frozen=True)
class SubmissionInput:
    """A submission read and found right. `payload` is what came, word for word."""

    title: str
    ask: str
    surface: str
    payload: dict[str, Any] = field(default_factory=dict)
    external_ref: str = ""
    platform: str = ""
    harm: str = ""
    suspected_policy: str = ""
    market: str = ""
    language: str = ""
    severity_inputs: dict[str, str] = field(default_factory=dict)
    severity_claimed: Severity | None = None
    severity_reason: str = ""
    subjects: tuple[Subject, ...] = ()
    views: int = 0
    impact: tuple[dict[str, Any], ...] = ()
    spend: int = 0
    spend_currency: str = ""
    evidence: tuple[EvidenceItem, ...] = ()
    deadline_at: datetime | None = None
    deadline_reason: str = ""
    contact: str = ""
    attach_to: str = ""

    @property
    def graphic_tier(self) -> GraphicTier | None:
        """The worst tier given; None (shown as G2) while any item's is unknown."""
        tiers = [item.graphic_tier for item in self.evidence]
        if not tiers or None in tiers:
            worst = max((tier for tier in tiers if tier is not None), default=None)
            return worst if worst is not None and worst > GraphicTier.G2 else None
        return max(tier for tier in tiers if tier is not None)

    def warnings(self) -> list[dict[str, str]]:
        """What will probably be sent back."""
        found = []
        if not self.evidence:
            found.append(_warning("no_evidence", "/evidence", "Without evidence a case is often sent back: add some."))
        if not self.severity_inputs:
            found.append(_warning("no_severity_inputs", "/severity_inputs", "Without answers the level is S3."))
        if self.severity_claimed is not None and not self.severity_reason:
            found.append(
                _warning("claim_without_reason", "/severity_reason", "A claimed severity counts only with a reason.")
            )
        if self.deadline_at is not None and not self.deadline_reason:
            found.append(_warning("deadline_without_reason", "/deadline_reason", "Say which obligation sets it."))
        return found


def read(body: Any, *, at: datetime) -> SubmissionInput:
    """Values from a parsed JSON body; `at` (aware UTC) is now. Raises `Invalid` with every fault and where it stands."""
    problems: Problems = []
    found = SUBMISSION.read(body, "", problems)
    if isinstance(body, dict):
        _check_together(found, body, at, problems)
    if problems:
        raise Invalid(errors=sorted(problems, key=lambda problem: problem.pointer))
    subjects = tuple(_subject(item, found.get("platform", "")) for item in found.get("subjects", ()))
    impact = found.get("impact", {})
    return SubmissionInput(
        payload=body,
        subjects=tuple({(s.identity, s.role): s for s in subjects}.values()),
        evidence=tuple(_evidence(item) for item in found.get("evidence", ())),
        views=impact.get("views") or 0,
        impact=_facts(impact, at),
        spend=impact.get("spend") or 0,
        spend_currency=impact.get("currency") or "",
        **{
            name: found[name]
            for name in FIELDS
            if name not in ("subjects", "evidence", "impact") and found.get(name) is not None
        },
    )


def _check_together(found: Mapping[str, Any], body: Mapping[str, Any], at: datetime, problems: Problems) -> None:
    """Rules over several fields, and over the present time."""
    items = body.get("evidence") if isinstance(body.get("evidence"), list) else []
    addresses = [item for item in items or [] if isinstance(item, dict) and item.get("url")]
    if not body.get("subjects") and not addresses:
        detail = "Send one subject with an id or an address, or one evidence item with an address."
        problems.append(FieldProblem("/subjects", "required", detail))
    deadline_at = found.get("deadline_at")
    if deadline_at is not None and deadline_at <= at:
        problems.append(FieldProblem("/deadline_at", "in_the_past", "The deadline has passed: send one to come."))
    if deadline_at is not None and deadline_at > at + FARTHEST_DEADLINE:
        problems.append(FieldProblem("/deadline_at", "out_of_range", "The deadline must lie within two years."))
    impact = found.get("impact", {})
    not_after(impact.get("at"), at, "/impact/at", problems)
    if impact.get("spend") and not impact.get("currency"):
        problems.append(FieldProblem("/impact/currency", "required", "Send the currency of the spend."))
    for number, item in enumerate(found.get("subjects", ())):
        not_after(item.get("created_at"), at, f"/subjects/{number}/created_at", problems)
    for number, item in enumerate(found.get("evidence", ())):
        not_after(item.get("captured_at"), at, f"/evidence/{number}/captured_at", problems)
        _check_kind(item, f"/evidence/{number}", problems)


_CARRIES = {"file": "upload_id", "url": "url", "text": "text", "data": "text"}


def _check_kind(item: Mapping[str, Any], pointer: str, problems: Problems) -> None:
    kind = item.get("kind")
    if kind and not item.get(_CARRIES[kind]) and any(item.get(name) for name in ("url", "text", "upload_id")):
        detail = f"Evidence of the kind {kind} needs {_CARRIES[kind]}."
        problems.append(FieldProblem(f"{pointer}/{_CARRIES[kind]}", "required", detail))


def _evidence(item: Mapping[str, Any]) -> EvidenceItem:
    kind = item.get("kind") or ("file" if item.get("upload_id") else "text" if item.get("text") else "url")
    return EvidenceItem(kind=kind, **{name: item[name] for name in item if name != "kind" and item[name] is not None})


def _facts(impact: Mapping[str, Any], at: datetime) -> tuple[dict[str, Any], ...]:
    measured_at = (impact.get("at") or at).isoformat().replace("+00:00", "Z")
    facts = []
    for what in ("views", "shares", "views_per_hour", "buyers", "spend"):
        if impact.get(what) is not None:
            fact = {"what": what, "value": impact[what], "source": impact.get("source", ""), "at": measured_at}
            facts.append(fact | ({"currency": impact["currency"]} if what == "spend" and "currency" in impact else {}))
    if countries := list(dict.fromkeys(impact.get("countries") or ())):
        value = ", ".join(countries)
        facts.append({"what": "countries", "value": value, "source": impact.get("source", ""), "at": measured_at})
    return tuple(facts)


def _subject(item: Mapping[str, Any], platform: str) -> Subject:
    url, given = item.get("url", ""), item.get("id", "")
    where = item.get("platform") or platform or (urlsplit(url).hostname or "" if url else "")
    return Subject(
        kind=item["kind"],
        platform=where[:60],
        key=entity_key(item["kind"], given, url),
        id=given,
        url=url,
        role=item.get("role") or EntityRole.VIOLATOR,
        **{name: item.get(name) for name in ("created_at", "followers", "verified", "high_profile", "protected")},
    )


def entity_key(kind: str, given: str, url: str) -> str:
    """The normalised identity of something: its id, else its address. Two spellings of one thing come out equal."""
    if given:
        key = given.strip()
        key = key.lstrip("@").casefold() if kind in (EntityKind.ACCOUNT, EntityKind.PAGE) else key
        key = key.lower().removeprefix("www.") if kind == EntityKind.DOMAIN else key
    else:
        key = normal_url(url)
    if len(key) > 300:
        key = f"{key[:235]}#{hashlib.sha256(key.encode()).hexdigest()}"
    return key


_TRACKING = re.compile(r"^(utm_[a-z]+|fbclid|gclid|igshid|mc_[ce]id)=", re.IGNORECASE)


def normal_url(url: str) -> str:
    """An address without what does not name the thing: scheme, `www.`, fragment, tracking, closing slash."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if parts.port not in (None, 80, 443):
        host = f"{host}:{parts.port}"
    query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
    return urlunsplit(("", host, parts.path.rstrip("/"), query, "")).removeprefix("//")


def _warning(code: str, pointer: str, detail: str) -> dict[str, str]:
    return {"code": code, "pointer": pointer, "detail": detail}
