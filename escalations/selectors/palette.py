"""What a text in the palette may mean: a key, a clause, an address, a handle, a hash, or words (IA-2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Action
from core.filters.parser import quote
from core.references import CASE_REFERENCE
from escalations.filters.compiling import compile_filter
from escalations.filters.limits import count
from escalations.models import Case, CaseEntity, SavedView
from policies.selectors import search_clauses

SHOWN = 6
_URL = re.compile(r"^https?://\S+$", re.IGNORECASE)
_HASH = re.compile(r"^[0-9a-f]{64}$", re.IGNORECASE)
_CLAUSE = re.compile(r"^[A-Z]{2,4}-[A-Z0-9]{1,6}(-[A-Z0-9.]+)?(@v?\d*)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Option:
    """One thing the text may mean: where it leads, an icon, a key in mono, words, and what stands at its end."""

    url: str
    icon: str
    key: str
    text: str | Promise
    detail: str = ""
    severity: int | None = None


@dataclass(frozen=True)
class Answer:
    """Options under two headings. `only` is the one meant beyond doubt: Enter in a plain form goes there."""

    go_to: tuple[Option, ...]
    do: tuple[Option, ...]

    @property
    def only(self) -> str:
        """The address of an exact meaning, or empty."""
        return self.go_to[0].url if len(self.go_to) == 1 and self.go_to[0].detail == "exact" else ""


def meanings(text: str, *, viewer: User, at: datetime) -> Answer:
    """What `text` may mean to this viewer. Keys, addresses and hashes are tried before words; hidden things never show."""
    text = text.strip()[:300].replace("\x00", "")
    if not viewer.is_internal:
        return Answer((), ())
    if not text:
        return Answer(tuple(_recent(viewer)), ())
    found: list[Option] = []
    for look in (_by_key, _by_identity, _by_clause, _by_view):
        found += look(text, viewer, at)
    return Answer(tuple(_unique(found)[:SHOWN]), tuple(_always(text, viewer, at)))


def _unique(options: list[Option]) -> list[Option]:
    return list({option.url: option for option in options}.values())


def _recent(viewer: User) -> list[Option]:
    """Before anything is typed: the cases one holds."""
    mine = Case.objects.visible_to(viewer).real().open().filter(assignee=viewer).order_by("order_at", "id")[:SHOWN]
    return [_case(case, _("yours")) for case in mine]


def _case(case: Case, detail: str = "") -> Option:
    return Option(f"/c/{case.ref}/", "queue", case.ref, case.title, detail, case.severity)


def _by_key(text: str, viewer: User, _at: datetime) -> list[Option]:
    if not CASE_REFERENCE.match(text) and not re.fullmatch(r"\d{5,12}", text):
        return []
    ref = text.upper() if text.upper().startswith("ESC-") else f"ESC-{text}"
    return [_case(case, "exact") for case in Case.objects.visible_to(viewer).filter(ref=ref)]


def _by_identity(text: str, viewer: User, _at: datetime) -> list[Option]:
    """Cases about the address, handle or id, or with evidence of these bytes."""
    if _HASH.match(text):
        seen = Case.objects.visible_to(viewer).filter(evidence__sha256=text.lower()).distinct()
    else:
        plain = text.removeprefix("@").lower().rstrip("/")
        keys = {text, text.lower(), plain, f"@{plain}"} | (
            {re.sub(r"^https?://(www\.)?", "", plain)} if _URL.match(text) else set()
        )
        about = CaseEntity.objects.filter(Q(entity__key__in=keys) | Q(entity__url=text)).values("case_id")
        seen = Case.objects.visible_to(viewer).filter(Q(pk__in=about) | Q(external_ref=text))
    return [_case(case) for case in seen.order_by("-is_open", "order_at", "id")[:SHOWN]]


def _by_clause(text: str, viewer: User, at: datetime) -> list[Option]:
    if not can(viewer, Action.POLICY_READ) or not (_CLAUSE.match(text) or len(text) > 2):
        return []
    hits = search_clauses(text.split("@")[0], at=at, limit=3)
    return [
        Option(
            hit.version.policy.get_absolute_url(),
            "book",
            hit.version.policy.key,
            hit.version.title,
            f"@v{hit.version.number}",
        )
        for hit in hits
    ]


def _by_view(text: str, viewer: User, _at: datetime) -> list[Option]:
    mine = Q(owner=viewer) | Q(audience="shared") | Q(audience="team", team_id__in=viewer.access.team_ids)
    found = SavedView.objects.filter(mine, name__icontains=text).order_by("position", "name", "id")[:3]
    return [
        Option(reverse("escalations:queue-view", args=[view.slug]), "filter", "", view.name, _("view"))
        for view in found
    ]


def _always(text: str, viewer: User, at: datetime) -> list[Option]:
    """What can be done with any text: search for it; make a case from an address."""
    options = []
    if can(viewer, Action.CASE_READ):
        asked = f"url:{quote(text)}" if _URL.match(text) else f"hash:{text}" if _HASH.match(text) else quote(text)
        compiled = compile_filter(f"is:open {asked}", viewer=viewer, at=at)
        if compiled.is_valid:
            number = count(compiled.cases(), seconds=0.2)
            words = ngettext("%(n)s open", "%(n)s open", number.number) % {"n": number}
            url = f"{reverse('escalations:queue')}?{urlencode({'q': compiled.canonical})}"
            options.append(Option(url, "search", "", _("Search cases for “%(text)s”") % {"text": text[:60]}, words))
    new = _address("escalations:case-new")
    if new and can(viewer, Action.CASE_CREATE) and _URL.match(text):
        options.append(Option(f"{new}?{urlencode({'url': text})}", "plus", "", _("Create a case from this address")))
    return options


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
