"""Names in a filter that stand for rows: people, teams, queues, organizations, tags, cases.

Each is looked up once, by an index, before the cases are; the answer is ids, so that the condition on the case is a plain comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Organization, Team, User
from core.filters.conditions import BadValue, FilterContext
from escalations.filters.context import CaseContext
from escalations.models import Case, Queue, Tag
from policies.models import Gap

REFERENCE = re.compile(r"ESC-\d{1,12}", re.IGNORECASE | re.ASCII)


def colleagues() -> QuerySet[User]:
    """People of the internal organization, whom a case can be assigned to."""
    return User.objects.filter(organization__kind=Organization.Kind.INTERNAL)


def handle(user: User) -> str:
    """The short name a person is written with in a filter: the e-mail up to the at sign."""
    return user.email.partition("@")[0].lower()


def person(text: str, _context: FilterContext) -> object | None:
    """The id of a colleague by e-mail, handle or display name, whatever the case. Raises `BadValue` when several fit."""
    return _one_person(text, colleagues())


def submitter(text: str, context: FilterContext) -> object | None:
    """The id of a person who hands cases in; a vendor finds its own people only."""
    people = User.objects.exclude(organization__kind=Organization.Kind.INTERNAL)
    viewer = context.viewer if isinstance(context, CaseContext) else None
    if viewer is not None and not viewer.is_internal:
        people = people.filter(organization_id=viewer.organization_id)
    return _one_person(text, people)


def _one_person(text: str, people: QuerySet[User]) -> int | None:
    wanted = text.strip().removeprefix("@")
    spaced = re.sub(r"[._-]+", " ", wanted)
    found = people.annotate(lowered=Lower("email")).filter(
        Q(lowered=wanted.lower())
        | Q(lowered__startswith=f"{wanted.lower()}@")
        | Q(display_name__iexact=wanted)
        | Q(display_name__iexact=spaced)
    )
    ids = list(found.order_by("pk").values_list("pk", "email")[:3])
    if len(ids) > 1:
        message = _("several people are called this; write the whole e-mail address")
        raise BadValue(message, code="ambiguous", replacement=ids[0][1])
    return ids[0][0] if ids else None


def people_names(_context: FilterContext) -> Iterable[str]:
    """Handles of active colleagues, for guesses and completion."""
    return [email.partition("@")[0].lower() for email in _active_colleagues().values_list("email", flat=True)[:2000]]


def _active_colleagues() -> QuerySet[User]:
    return colleagues().filter(is_active=True).order_by("display_name", "pk")


def people_matching(prefix: str, *, limit: int) -> list[tuple[str, str]]:
    """Handle and display name of active colleagues whose handle or name begins so."""
    found = _active_colleagues().filter(Q(email__istartswith=prefix) | Q(display_name__icontains=prefix))[:limit]
    return [(handle(user), user.display_name) for user in found]


def team(text: str, _context: FilterContext) -> object | None:
    """The ids of the queues of a team, by its slug or name."""
    found = Team.objects.filter(Q(slug=text.lower()) | Q(name__iexact=text)).values_list("pk", flat=True).first()
    return None if found is None else queue_ids(Queue.objects.filter(team_id=found))


def team_names(_context: FilterContext) -> Iterable[str]:
    """Slugs of the active teams."""
    return Team.objects.filter(is_active=True).order_by("slug").values_list("slug", flat=True)


def hub(text: str, _context: FilterContext) -> object | None:
    """The ids of the queues whose team sits in a hub."""
    if not Team.objects.filter(hub__iexact=text).exclude(hub="").exists():
        return None
    return queue_ids(Queue.objects.filter(team__hub__iexact=text))


def hub_names(_context: FilterContext) -> Iterable[str]:
    """The hubs that have a team."""
    return Team.objects.exclude(hub="").order_by("hub").values_list("hub", flat=True).distinct()


def queue_ids(queues: QuerySet[Queue]) -> tuple[int, ...]:
    """Their ids, ordered."""
    return tuple(queues.order_by("pk").values_list("pk", flat=True))


def queue(text: str, _context: FilterContext) -> object | None:
    """The id of a queue by slug or name."""
    return Queue.objects.filter(Q(slug=text.lower()) | Q(name__iexact=text)).values_list("pk", flat=True).first()


def queue_names(_context: FilterContext) -> Iterable[str]:
    """Slugs of the active queues."""
    return Queue.objects.filter(is_active=True).order_by("position", "slug").values_list("slug", flat=True)


def vendor(text: str, _context: FilterContext) -> object | None:
    """The id of an organization that submits, by slug (with or without `VND-`) or name."""
    slug = text.lower().removeprefix("vnd-")
    found = Organization.objects.exclude(kind=Organization.Kind.INTERNAL).filter(Q(slug=slug) | Q(name__iexact=text))
    return found.values_list("pk", flat=True).first()


def vendor_names(_context: FilterContext) -> Iterable[str]:
    """Slugs of vendors and partners."""
    outside = Organization.objects.exclude(kind=Organization.Kind.INTERNAL).filter(is_active=True)
    return outside.order_by("slug").values_list("slug", flat=True)


def gap(text: str, context: FilterContext) -> object | None:
    """The id of a policy gap by its reference (`GAP-12` or `12`), if the reader may know of it."""
    number = text.upper().removeprefix("GAP-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    viewer = context.viewer if isinstance(context, CaseContext) else None
    known = Gap.objects.all() if viewer is None else Gap.objects.none()
    if isinstance(viewer, User):
        known = Gap.objects.visible_to(viewer)
    return known.filter(pk=int(number)).values_list("pk", flat=True).first()


def tag(text: str, _context: FilterContext) -> object | None:
    """The id of a tag by name, whatever its case."""
    return Tag.objects.filter(name__iexact=text).values_list("pk", flat=True).first()


def tag_names(_context: FilterContext) -> Iterable[str]:
    """The names of the tags, most used first is not worth a count here: by name."""
    return Tag.objects.order_by("name").values_list("name", flat=True)[:500]


def case_ref(text: str, _context: FilterContext) -> object | None:
    """The reference in the way it is stored, for `ESC-10423` however typed; anything else is an outside reference as it is."""
    return text.upper() if REFERENCE.fullmatch(text) else text


def cluster_parent(text: str, context: FilterContext) -> object | None:
    """The id of a case the reader may see, by its reference."""
    if REFERENCE.fullmatch(text) is None:
        return None
    cases = Case.objects.all()
    viewer = context.viewer if isinstance(context, CaseContext) else None
    if viewer is not None:
        cases = cases.visible_to(viewer)
    return cases.filter(ref=text.upper()).values_list(F("pk"), flat=True).first()
