"""What to escalate, why things come back, what changed: read by people who have no time (VPO-1, ux.md §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from policies.lifecycle import Family
from policies.shelf import in_force
from portal import plain
from portal.views.gate import VendorRequest


@dataclass(frozen=True)
class Guide:
    """One page of the guides."""

    slug: str
    title: str | Promise
    about: str | Promise


GUIDES: tuple[Guide, ...] = (
    Guide("what-to-escalate", _("What to escalate"), _("When to send it to us, and when to decide yourselves.")),
    Guide("evidence", _("Evidence"), _("What we need to see, by kind of case.")),
    Guide("reasons", _("Why things come back"), _("Every reason code, and what to do instead.")),
    Guide("rules", _("The rules in a sentence"), _("Each rule’s key, name and public reason.")),
    Guide("changes", _("What changed"), _("In these guides and in the portal, newest first.")),
)


@dataclass(frozen=True)
class Change:
    """Something that vendors should know since a day."""

    on: date
    text: str | Promise
    guide: str = ""


CHANGES: tuple[Change, ...] = (
    Change(date(2026, 11, 22), _("The portal is open: send, follow, answer and appeal here, also by phone.")),
    Change(
        date(2026, 11, 20),
        _("Evidence for fraud: add the page an ad leads to, with the time you saw it in UTC."),
        "evidence",
    ),
    Change(date(2026, 11, 16), _("Every reason code now says what to do instead."), "reasons"),
)


@require_GET
def guides(request: VendorRequest) -> HttpResponse:
    """All guides and the newest changes."""
    context = {"guides": GUIDES, "changes": CHANGES[:3], "here": "guides"}
    return render(request, "portal/guides/list.html", context)


@require_GET
def guide(request: VendorRequest, slug: str) -> HttpResponse:
    """One guide."""
    found = next((one for one in GUIDES if one.slug == slug), None)
    if found is None:
        raise Http404
    context: dict[str, Any] = {"guide": found, "guides": GUIDES, "here": "guides"}
    if slug == "reasons":
        context["reasons"] = plain.REASONS.values()
    elif slug == "changes":
        context["changes"] = CHANGES
    elif slug == "rules":
        context["families"] = _rules(request)
    return render(request, f"portal/guides/{slug}.html", context)


def _rules(request: VendorRequest) -> Sequence[tuple[str, list[Any]]]:
    """Every rule in force by its book: key, title and public reason, which is all that leaves the house."""
    books: dict[str, list[Any]] = {}
    versions = [one for one in in_force(at=request.at).versions.values() if one.policy.is_active and not one.market]
    for version in sorted(versions, key=lambda one: one.policy.sort_key):
        books.setdefault(version.policy.family, []).append(
            {"key": version.policy.key, "title": version.title, "why": version.public_rationale}
        )
    return [(str(Family(family).label), rows) for family, rows in books.items()]
