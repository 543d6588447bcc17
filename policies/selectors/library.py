"""Reading the policy library: search, suggestions for a decision, the tree, a clause's page. No writes.

Nothing here asks who reads: callers show it to internal people only (`permissions.can_read_library`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection
from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from policies.changes import Change, changes_between
from policies.lifecycle import HARM_LABELS, Family, Rung
from policies.models import Policy, PolicyTranslation, PolicyVersion
from policies.querysets import PolicyVersionQuerySet
from policies.shelf import Shelf, in_force

CONFIG = "watchfloor_english"
RECENT = timedelta(days=14)  # how long a change is marked as new
MAX_TEXT = 4000  # characters of a case's text that are looked at
_WORD = re.compile(r"\w+")
_KEY_START = re.compile(r"^(?:CS|AD|CO|PR)(?:-[A-Z]{0,2}(?:-[\d.]*)?)?$")
# Han, kana, Thai, Lao, Khmer, Myanmar: words without spaces between them.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_CITATION = re.compile(r"^(\S+?)(?:@V?(\d{0,4}))?$")


class Found(NamedTuple):
    """A wording and why it was found, in words for people."""

    version: PolicyVersion
    why: str


def search_clauses(
    text: str, *, at: datetime, surface: str | None = None, harm: str | None = None, market: str = "", limit: int = 10
) -> list[Found]:
    """Clauses in force at `at` (aware UTC) that answer `text`, best first: by key, title, synonym, then any of their words.

    The last word may be unfinished. All words are wanted; when no clause has them all, some of them will do; when none has any,
    names that look alike are offered. Empty text finds nothing. A market's variant takes the place of the general wording.
    """
    text = _readable(text)
    if not text:
        return []
    versions = _in_force(at=at, surface=surface, harm=harm, market=market)
    by_key = _by_key(versions, text)
    words = _WORD.findall(text.lower())
    if by_key or not words:
        return by_key[:limit]
    found = _by_words(versions, words, "&", limit)
    found += _in_translation(versions, text, words, limit, known={hit.version.policy_id for hit in found})
    found = found or _by_words(versions, words, "|", limit) or _by_likeness(versions, text, limit)
    return sorted(found, key=lambda hit: _closeness(hit, text))[:limit]


def suggest_clauses(
    *,
    suspected_policy: str,
    harm: str,
    surface: str,
    text: str,
    at: datetime,
    market: str = "",
    limit: int = 3,
    shelf: Shelf | None = None,
    priors: Mapping[int, int] | None = None,
) -> list[Found]:
    """The clauses most likely to be cited for a case, best first, each with a reason in words.

    First what the submitter named (a key, with or without a version, or words), then what cases with the same evidence were decided
    under (`priors`: how many, by policy), then clauses with a ladder on the case's surface:
    those whose synonyms or title stand in its text, then those for its harm, nearest words first. Only what is in force at `at`
    (aware UTC). One query, three for a case that this process has not seen; none for those in force where `shelf` holds them.
    """
    shelf = shelf or in_force(at=at)
    language = get_language() or ""
    before = tuple(sorted((priors or {}).items()))
    return list(_suggested(shelf, suspected_policy, harm, surface, text[:MAX_TEXT], market, limit, language, before))


@lru_cache(maxsize=512)  # a case is opened, refreshed and looked at again; each is the case's text and three answers
def _suggested(
    shelf: Shelf,
    suspected_policy: str,
    harm: str,
    surface: str,
    text: str,
    market: str,
    limit: int,
    language: str,
    before: tuple[tuple[int, int], ...],
) -> tuple[Found, ...]:
    """What `suggest_clauses` answers: it depends on nothing but these, whose reasons are in `language`."""
    versions = {version.policy_id: version for version in _one_per_clause(shelf.for_market(market))}
    cited = _cited(versions, suspected_policy)
    priors = dict(before)
    phrases, nearness = _words_in(text, versions)
    scored: list[tuple[tuple[float, ...], tuple[str, int, int], Found]] = []
    for policy_id, version in versions.items():
        found = phrases.get(policy_id, [])
        fit = _fit(version, harm)
        if not (policy_id in cited or policy_id in priors or found or fit):
            continue
        on_surface = not surface or surface in version.ladder
        words = sum(len(phrase.split()) for phrase in found)
        rank = (
            policy_id in cited,
            priors.get(policy_id, 0),
            on_surface,
            words,
            fit,
            nearness.get(policy_id, 0.0),
        )
        why = _reason(cited.get(policy_id, ""), priors.get(policy_id, 0), found, harm if fit else "")
        scored.append((tuple(-float(part) for part in rank), version.policy.sort_key, Found(version, why)))
    scored.sort(key=lambda entry: entry[:2])
    return tuple(found for _rank, _key, found in scored[:limit])


def _readable(text: str) -> str:
    """What of a typed text is looked at: 200 characters, without NUL, which Postgres takes in no string."""
    return text.replace("\0", "").strip()[:200]


def _fit(version: PolicyVersion, harm: str) -> int:
    """2 where the harm is what the clause is first about, 1 where it is among others, else 0."""
    harms = version.policy.harms
    if not harm or harm not in harms:
        return 0
    return 2 if harms[0] == harm else 1


def _in_force(
    *, at: datetime, surface: str | None = None, harm: str | None = None, market: str = ""
) -> PolicyVersionQuerySet:
    versions: PolicyVersionQuerySet = (
        PolicyVersion.objects.effective(at=at)
        .filter(policy__is_active=True)
        .for_market(market)
        .select_related("policy")
        .defer("search")
    )
    if surface:
        versions = versions.on_surface(surface)
    if harm:
        versions = versions.filter(policy__harms__contains=[harm])
    return versions


def _one_per_clause(versions: Iterable[PolicyVersion]) -> list[PolicyVersion]:
    """In the order given, with a market's variant in place of the general wording."""
    chosen: dict[int, PolicyVersion] = {}
    for version in versions:
        known = chosen.get(version.policy_id)
        if known is None or len(version.market) > len(known.market):
            chosen[version.policy_id] = version
    return list(chosen.values())


def _key_in(text: str) -> str:
    """The key, or its beginning, that a text is; "" for words."""
    citation = _CITATION.match(text.upper())
    return citation[1] if citation is not None and _KEY_START.match(citation[1]) else ""


def _by_key(versions: PolicyVersionQuerySet, text: str) -> list[Found]:
    """Clauses whose key begins as `text` does: "cs-vi", "AD-FR-2.1@v9"; the version in force, whichever was typed."""
    key = _key_in(text)
    if not key:
        return []
    found = _one_per_clause(versions.filter(policy__key__startswith=key))
    return [Found(version, _("key")) for version in sorted(found, key=lambda v: v.policy.sort_key)]


def _by_words(versions: PolicyVersionQuerySet, words: list[str], operator: str, limit: int) -> list[Found]:
    """By the words' weight in the clause; a section that is called so lifts its clauses. Uses index: policy_version_by_words."""
    query = SearchQuery(f" {operator} ".join(f"{word}:*" for word in words), config=CONFIG, search_type="raw")
    in_section = Q(policy__section__icontains=" ".join(words))
    ranked = (
        versions.filter(Q(search=query) | in_section)
        .annotate(rank=SearchRank(F("search"), query) + Case(When(in_section, then=1.0), default=0.0))
        .order_by("-rank", "id")
    )
    said = _("text match “%(words)s”") % {"words": " ".join(words)}
    return [
        Found(version, _("section “%(name)s”") % {"name": version.policy.section} if version.rank >= 1 else said)  # type: ignore[attr-defined]
        for version in _one_per_clause(ranked[: limit * 2])
    ]


def _in_translation(
    versions: PolicyVersionQuerySet, text: str, words: list[str], limit: int, *, known: Collection[int]
) -> list[Found]:
    """Clauses whose words in another language have all of these; of an older version, too, while none is newer.

    Scripts that are written without spaces are looked for as they stand. Uses index: policy_translation_by_words.
    """
    rows = PolicyTranslation.objects.exclude(version__policy__in=known)
    if _UNSPACED.search(text):
        rows = rows.filter(Q(title__icontains=text) | Q(rule__icontains=text) | Q(synonyms__icontains=text))
    else:
        query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="watchfloor", search_type="raw")
        rows = rows.filter(search=query).annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "id")
    said: dict[int, tuple[str, str]] = {}
    for policy_id, language, title in rows.values_list("version__policy_id", "language", "title")[: limit * 3]:
        said.setdefault(policy_id, (language, title))
    if not said:
        return []
    found = {version.policy_id: version for version in _one_per_clause(versions.filter(policy__in=list(said)))}
    return [
        Found(found[policy_id], _("%(language)s: “%(title)s”") % {"language": language, "title": title})
        for policy_id, (language, title) in said.items()
        if policy_id in found
    ][:limit]


def _by_likeness(versions: PolicyVersionQuerySet, text: str, limit: int) -> list[Found]:
    """Titles and synonyms that look like what was typed, for slips of the keyboard."""
    names = Concat("title", Value(" "), Cast("synonyms", TextField()), output_field=TextField())
    alike = (
        versions.annotate(likeness=TrigramWordSimilarity(text, names))
        .filter(likeness__gt=0.45)
        .order_by("-likeness", "id")
    )
    return [Found(version, _("looks like “%(text)s”") % {"text": text}) for version in _one_per_clause(alike[:limit])]


def _closeness(hit: Found, text: str) -> int:
    """Titles that begin with the text come first, then synonyms that are it, then the rest as ranked."""
    wanted = text.lower()
    if hit.version.title.lower().startswith(wanted):
        return 0
    return 1 if wanted in (synonym.lower() for synonym in hit.version.synonyms) else 2


def _cited(versions: Mapping[int, PolicyVersion], suspected: str) -> dict[int, str]:
    """By clause, in words, how the submitter named it: by key, whole or its beginning, or by words it has every one of."""
    suspected = _readable(suspected)
    key = _key_in(suspected)
    by_key = [policy_id for policy_id, version in versions.items() if key and version.policy.key.startswith(key)]
    if by_key:
        return {policy_id: _("cited by the submitter") for policy_id in by_key}
    words = _WORD.findall(suspected.lower())
    known = PolicyVersion.objects.filter(pk__in=[version.pk for version in versions.values()])
    named = _by_words(known.select_related("policy").defer("search"), words, "&", 1)[:1] if words else []
    return {hit.version.policy_id: _("the submitter wrote “%(text)s”") % {"text": suspected} for hit in named}


def _words_in(text: str, versions: Mapping[int, PolicyVersion]) -> tuple[dict[int, list[str]], dict[int, float]]:
    """By clause, those of its synonyms (and its title) that stand in `text`, whatever their endings and accents; and how much
    of the text's words stands in the clause, which breaks ties between clauses of one harm. One statement."""
    text = text.replace("\0", "")
    phrases = [(key, phrase) for key, version in versions.items() for phrase in [version.title, *version.synonyms]]
    if not text.strip() or not phrases:
        return {}, {}
    words = list(dict.fromkeys(word for word in _WORD.findall(text.lower()) if len(word) > 3))[:60]
    found: dict[int, list[str]] = {}
    nearness: dict[int, float] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clause, phrase, 0::real FROM unnest(%s::bigint[], %s::text[]) AS known (clause, phrase),"
            " to_tsvector('public.watchfloor_english', %s) AS said"
            " WHERE said @@ phraseto_tsquery('public.watchfloor_english', phrase)"
            " UNION ALL"
            " SELECT policy_id, NULL, ts_rank(search, wanted) FROM policies_policyversion,"
            " to_tsquery('public.watchfloor_english', %s) AS wanted WHERE id = ANY(%s) AND search @@ wanted",
            [
                [clause for clause, _phrase in phrases],
                [phrase for _clause, phrase in phrases],
                text,
                " | ".join(words),
                [version.pk for version in versions.values()],
            ],
        )
        for clause, phrase, rank in cursor.fetchall():
            if phrase is None:
                nearness[clause] = rank
            else:
                found.setdefault(clause, []).append(phrase)
    return found, nearness


def _reason(cited: str, priors: int, phrases: list[str], harm: str) -> str:
    reasons = [cited] if cited else []
    if priors:
        reasons.append(ngettext("same evidence: %(n)d prior", "same evidence: %(n)d prior", priors) % {"n": priors})
    if phrases:
        longest = max(phrases, key=lambda phrase: (len(phrase.split()), len(phrase)))
        reasons.append(_("text match “%(phrase)s”") % {"phrase": longest})
    if harm and len(reasons) < 2:
        reasons.append(_("matches harm “%(harm)s”") % {"harm": HARM_LABELS.get(harm, harm)})
    return ", ".join(reasons)


@dataclass(frozen=True)
class CardElement:
    """An element or exception with its tick. `number` is the digit that ticks it (0: none)."""

    number: int
    key: str
    text: str
    is_ticked: bool


@dataclass(frozen=True)
class ClauseCard:
    """A clause as it stands in the decision panel (ux.md DEC-4): `policies/_clause_card.html` prints it as `card`."""

    version: PolicyVersion
    groups: list[tuple[str, list[CardElement]]]  # "all" or "any", with its elements
    exceptions: list[CardElement]
    rungs: list[Rung]
    rung: int  # the subject's present rung; 0 where it is not known
    changed_days: int | None
    variants: list[PolicyVersion]
    is_met: bool
    is_current: bool


def clause_card(
    version: PolicyVersion,
    *,
    at: datetime,
    ticks: Collection[str] = (),
    exceptions: Collection[str] = (),
    surface: str = "",
    rung: int = 0,
    shelf: Shelf | None = None,
) -> ClauseCard:
    """A version with the elements and exceptions that are ticked. `at` is aware UTC; one query, none with the `shelf` of `at`.

    The card's boxes are named `elements` and `exceptions` and carry the keys; `surface` chooses the ladder.
    """
    since = version.effective_from
    return ClauseCard(
        version=version,
        groups=[
            (group.value, [CardElement(n, e["key"], e["text"], e["key"] in ticks) for n, e in elements])
            for group, elements in version.element_groups()
        ],
        exceptions=[CardElement(0, e["key"], e["text"], e["key"] in exceptions) for e in version.exceptions],
        rungs=version.rungs(surface),
        rung=rung,
        changed_days=(at - since).days if since is not None and _is_new(version, at) else None,
        variants=(shelf or in_force(at=at)).variants(version),
        is_met=version.is_met_by(ticks),
        is_current=version.holds_at(at),
    )


@dataclass(frozen=True)
class Row:
    """A clause in a list: its wording in force, whether it changed of late, why it was found."""

    policy: Policy
    version: PolicyVersion
    is_new: bool
    why: str = ""


@dataclass(frozen=True)
class Section:
    name: str
    rows: list[Row]


@dataclass(frozen=True)
class Book:
    """A family with its sections, as the tree shows it."""

    family: Family
    sections: list[Section]

    @property
    def count(self) -> int:
        return sum(len(section.rows) for section in self.sections)


@dataclass(frozen=True)
class Filters:
    """What narrows the library's list; empty values do not."""

    q: str = ""
    family: str = ""
    surface: str = ""
    harm: str = ""
    market: str = ""
    changed_days: int | None = None

    @property
    def is_empty(self) -> bool:
        return self == Filters()


def library_rows(filters: Filters, *, at: datetime) -> list[Row]:
    """The clauses in force at `at` (aware UTC) that pass the filters: found order with words, else by key. Two queries at most."""
    if filters.q:
        found = search_clauses(
            filters.q,
            at=at,
            surface=filters.surface or None,
            harm=filters.harm or None,
            market=filters.market,
            limit=100,
        )
    else:
        versions = _in_force(at=at, surface=filters.surface or None, harm=filters.harm or None, market=filters.market)
        found = [Found(v, "") for v in sorted(_one_per_clause(versions), key=_shelf)]
    rows = [Row(hit.version.policy, hit.version, _is_new(hit.version, at), hit.why) for hit in found]
    return [row for row in rows if _passes(row, filters, at)]


def _shelf(version: PolicyVersion) -> tuple[int, tuple[str, int, int]]:
    """The order of the list: families as their books stand, then keys."""
    return list(Family).index(Family(version.policy.family)), version.policy.sort_key


def _passes(row: Row, filters: Filters, at: datetime) -> bool:
    since = row.version.effective_from
    return (
        (not filters.family or row.policy.family == filters.family)
        and (not filters.market or row.version.market == filters.market)
        and (not filters.changed_days or (since is not None and since >= at - timedelta(days=filters.changed_days)))
    )


def library_tree(*, at: datetime) -> list[Book]:
    """All clauses in force at `at` by family and section. One query."""
    books: dict[str, dict[str, list[Row]]] = {family: {} for family in Family.values}
    for row in library_rows(Filters(), at=at):
        books[row.policy.family].setdefault(row.policy.section, []).append(row)
    return [
        Book(Family(family), [Section(name, rows) for name, rows in sorted(sections.items())])
        for family, sections in books.items()
        if sections
    ]


def markets_with_variants(*, at: datetime) -> list[str]:
    """Countries with a wording of their own in force at `at` (aware UTC)."""
    markets = PolicyVersion.objects.effective(at=at).exclude(market="").values_list("market", flat=True)
    return sorted(set(markets))


def _is_new(version: PolicyVersion, at: datetime) -> bool:
    """Whether it came into force of late as a change; a first version is no change."""
    since = version.effective_from
    return since is not None and version.number > 1 and at - RECENT <= since <= at


@dataclass(frozen=True)
class ClausePage:
    """What a clause's page shows."""

    policy: Policy
    version: PolicyVersion
    versions: list[PolicyVersion]  # of the shown market, newest first
    variants: list[PolicyVersion]  # in force now, other markets (the general wording among them)
    current: PolicyVersion | None  # what binds now in the shown market
    is_pinned: bool
    changed_days: int | None  # days since it came into force, where that is of late
    changes: list[Change]  # against the version before
    before: PolicyVersion | None
    related: list[PolicyVersion]  # in force now in the same section

    @property
    def is_current(self) -> bool:
        return self.current is not None and self.current.pk == self.version.pk


def clause_page(policy: Policy, *, at: datetime, number: int | None = None) -> ClausePage | None:
    """A clause as it binds at `at` (aware UTC), or its version `number` whenever that held; None when there is none.

    Three queries. A clause whose every version has ended is shown in its last one.
    """
    rows = policy.versions.published().select_related("author", "published_by")
    every = list(rows.defer("search").order_by("-number"))
    for each in every:
        each.policy = policy
    general = [each for each in every if not each.market]
    version: PolicyVersion | None
    if number is None:
        version = next((v for v in general if v.holds_at(at)), None) or next(iter(general), None)
    else:
        version = next((v for v in every if v.number == number), None)
    if version is None:
        return None
    line = [v for v in every if v.market == version.market]
    before = next((v for v in line if v.number < version.number), None)
    if before is None and version.market:
        before = next((v for v in general if v.holds_at(at)), None)  # a variant is read against the general wording
    since = version.effective_from
    related = (
        PolicyVersion.objects.effective(at=at)
        .filter(policy__section=policy.section, policy__family=policy.family, policy__is_active=True, market="")
        .exclude(policy=policy)
        .select_related("policy")
        .defer("search")
    )
    return ClausePage(
        policy=policy,
        version=version,
        versions=line,
        variants=[v for v in every if v.market != version.market and v.holds_at(at)],
        current=next((v for v in line if v.holds_at(at)), None),
        is_pinned=number is not None,
        changed_days=(at - since).days if since is not None and before and _is_new(version, at) else None,
        changes=changes_between(before, version) if before else [],
        before=before,
        related=sorted(related, key=lambda v: v.policy.sort_key),
    )
