"""Vendors' own review decisions: read from files and calls, tried row by row, kept once per id.

A row's `external_id` is the vendor's own, unique in the organization: sent again with the same values nothing happens, with other
values the row takes them. Rows that are wrong are refused with what is wrong; the others are kept.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organization, ServiceKey, User
from accounts.permissions import check_can
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, NotPermitted
from core.shapes import Choice, Integer, Problems, Record, Shape, Text, When
from core.sheets import FileRefused, read_table
from escalations.operations.evidence_store import clean_name
from escalations.operations.submission_input import entity_key
from reporting import events
from reporting.lifecycle import ReviewDecision, ReviewKind
from reporting.models import ReviewImport, VendorReview

MOST_ROWS = 5_000  # in a file
MOST_AT_ONCE = 500  # in a call
_EARLY = timedelta(minutes=5)  # how far a vendor's clock may be ahead of ours
_DAY_S = 86_400

FIELDS: Mapping[str, Shape] = {
    "external_id": Text(120, required=True, help="Your own id of this decision: sent again, it replaces the first."),
    "kind": Choice(ReviewKind.values, required=True, help="What was looked at."),
    "item": Text(300, required=True, help="Its id or address on the platform."),
    "reviewer": Text(80, required=True, help="An alias of your reviewer; send no names."),
    "decision": Choice(ReviewDecision.values, required=True, help="What was decided."),
    "clause": Text(40, help="The clause it was decided under, such as AD-FR-2.1."),
    "decided_at": When(required=True, help="When, with its zone, such as 2026-11-20T14:51:00Z."),
    "handle_s": Integer(0, _DAY_S, help="How long it took, in seconds."),
    "escalation": Text(120, help="The case it led to: our ESC reference, or your external_ref of the submission."),
}
REVIEW = Record(FIELDS)
# A call is taken row by row: each item is read by itself, so that one that is wrong keeps no other back.
NEEDED = [name for name, shape in FIELDS.items() if shape.required]
_SAME = ("kind", "item", "reviewer", "decision", "clause", "decided_at", "handle_s", "escalation")


class RowState(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class Row:
    """One row with its number (as the spreadsheet counts, or the place in the list from 0), what becomes of it and why."""

    number: int
    external_id: str
    state: RowState
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True)
class Report:
    """A file or call, row by row. `brought` is None where nothing was kept: it was a try, or no row was new or changed."""

    rows: tuple[Row, ...]
    brought: ReviewImport | None = None

    def count(self, state: RowState) -> int:
        """How many rows are in a state."""
        return sum(row.state is state for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """All four, by the state's word."""
        return {state.value: self.count(state) for state in RowState}


@dataclass
class _Found:
    rows: list[Row] = field(default_factory=list)
    reviews: list[VendorReview] = field(default_factory=list)


def check_may_bring(by: User | ServiceKey, vendor: Organization) -> None:
    """Raises `NotPermitted`: a vendor's lead and keys bring in their own; of the team, whoever looks after vendors."""
    if by.is_internal:
        check_can(by, Action.VENDORS_EDIT)
    elif by.organization_id != vendor.pk:
        raise NotPermitted(_("These decisions are another vendor’s."), rule="vendor_reviews.own")
    elif isinstance(by, ServiceKey):
        check_can(by, Action.CASE_CREATE)
    else:
        check_can(by, Action.KEYS_EDIT)
    if vendor.kind != Organization.Kind.VENDOR:
        raise NotPermitted(_("Only vendors have reviewers of their own."), rule="vendor_reviews.own")


def bring_file(
    *, content: bytes, name: str, vendor: Organization, is_try: bool, by: User | ServiceKey, at: datetime
) -> Report:
    """Read a CSV or XLSX file of decisions; keep what is right, or with `is_try` nothing. `at` is aware UTC.

    Records `vendor_reviews.imported`. Raises `FileRefused` with what to send instead, `NotPermitted`.
    """
    check_may_bring(by, vendor)
    table = read_table(content, most_rows=MOST_ROWS)
    places = _places(table.headers)
    if not table.rows:
        raise FileRefused(_("There are no rows below the names of the columns."))
    given = [
        (number, {name: cells[place] for name, place in places.items() if place < len(cells) and cells[place]})
        for number, cells in table.rows
    ]
    return bring(
        given=[(number, _typed(cells)) for number, cells in given],
        name=clean_name(name)[:200] or "table.csv",
        vendor=vendor,
        is_try=is_try,
        by=by,
        at=at,
    )


@transaction.atomic
def bring(
    *,
    given: Sequence[tuple[int, Any]],
    name: str,
    vendor: Organization,
    is_try: bool,
    by: User | ServiceKey,
    at: datetime,
) -> Report:
    """Keep the rows that are right (with `is_try` none of them), and say of each what became of it. `at` is aware UTC.

    `given` are numbered values as a call sends them. Locks the vendor, so that two files with one id follow each other. Records
    `vendor_reviews.imported`. Raises `NotPermitted`.
    """
    check_may_bring(by, vendor)
    Organization.objects.select_for_update(no_key=True).get(pk=vendor.pk)
    found = _read(given, vendor, at)
    report = Report(tuple(sorted(found.rows, key=lambda row: row.number)))
    if is_try or not found.reviews:
        return report
    brought = ReviewImport.objects.create(
        organization=vendor,
        name=name,
        at=at,
        person=by if isinstance(by, User) else None,
        key=by if isinstance(by, ServiceKey) else None,
        **report.counts,
    )
    for review in found.reviews:
        review.brought_by = brought
    VendorReview.objects.bulk_create(
        found.reviews,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["organization", "external_id"],
        update_fields=[*_SAME, "item_key", "brought_by"],
    )
    record(events.REVIEWS_IMPORTED, subject=brought, by=by, at=at, data=report.counts, organization_id=vendor.pk)
    return Report(report.rows, brought)


def _read(given: Sequence[tuple[int, Any]], vendor: Organization, at: datetime) -> _Found:
    found, read, seen = _Found(), [], dict[str, int]()
    for number, value in given:
        problems: Problems = []
        values = REVIEW.read(value, "", problems)
        key = str(values.get("external_id") or "")
        decided = values.get("decided_at")
        if decided is not None and decided > at + _EARLY:
            problems.append(FieldProblem("/decided_at", "in_the_future", _("This has not come yet.")))
        if key in seen:
            detail = _("Row %(row)d has the same id: keep one.") % {"row": seen[key]}
            problems.append(FieldProblem("/external_id", "twin_in_batch", detail))
        if problems:
            found.rows.append(Row(number, key, RowState.REFUSED, tuple(problems)))
            continue
        seen[key] = number
        read.append((number, _review(values, vendor)))
    known = {
        row.external_id: row for row in VendorReview.objects.filter(organization=vendor, external_id__in=list(seen))
    }
    for number, review in read:
        before = known.get(review.external_id)
        state = RowState.NEW
        if before is not None:
            is_same = all(getattr(before, name) == getattr(review, name) for name in _SAME)
            state = RowState.KNOWN if is_same else RowState.CHANGED
        found.rows.append(Row(number, review.external_id, state))
        if state is not RowState.KNOWN:
            found.reviews.append(review)
    return found


def _review(values: Mapping[str, Any], vendor: Organization) -> VendorReview:
    item = values["item"]
    return VendorReview(
        organization=vendor,
        external_id=values["external_id"],
        kind=values["kind"],
        item=item,
        item_key=_key(item),
        reviewer=values["reviewer"],
        decision=values["decision"],
        clause=values.get("clause") or "",
        decided_at=values["decided_at"],
        handle_s=values.get("handle_s"),
        escalation=values.get("escalation") or "",
    )


def _key(item: str) -> str:
    """An item as `Entity.key` spells it: an address normalised, anything else as it stands."""
    if "://" not in item:
        return item
    try:
        return entity_key("", "", item)
    except ValueError:  # no address after all: `http://[`, a port that is no number
        return item


def _places(headers: Sequence[str]) -> dict[str, int]:
    """Which column of the file is which of ours. Raises `FileRefused`."""
    found: dict[str, int] = {}
    for place, given in enumerate(headers):
        word = "_".join(given.casefold().replace("-", " ").split())
        if not word:
            continue
        if word not in FIELDS:
            raise FileRefused(
                _("The first row names the columns, and there is none called “%(word)s”. There are: %(names)s.")
                % {"word": given[:60], "names": ", ".join(FIELDS)}
            )
        if word in found:
            raise FileRefused(_("Two columns are called %(name)s: keep one.") % {"name": word})
        found[word] = place
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise FileRefused(
            _("The first row must name the columns; these are missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    return found


def _typed(cells: Mapping[str, str]) -> dict[str, Any]:
    """A spreadsheet's texts as a call would send them: seconds as a number, code words in lower case."""
    values: dict[str, Any] = dict(cells)
    seconds = cells.get("handle_s", "")
    if seconds.removesuffix(".0").isascii() and seconds.removesuffix(".0").isdigit() and len(seconds) < 12:
        values["handle_s"] = int(seconds.removesuffix(".0"))
    for name in ("kind", "decision"):
        if name in cells:
            values[name] = "_".join(cells[name].casefold().split())
    return values


EXAMPLE: Mapping[str, str | int] = {
    "external_id": "NG-R-88120",
    "kind": "ad",
    "item": "https://vid.example/ads/7731",
    "reviewer": "ng-reviewer-14",
    "decision": "no_violation",
    "clause": "AD-FR-2.1",
    "decided_at": "2026-11-20T02:14:00Z",
    "handle_s": 74,
    "escalation": "NG-20931",
}


def template_csv() -> bytes:
    """The columns with one row as an example, for spreadsheets: CSV in UTF-8 with a byte order mark."""
    out = io.StringIO()
    csv.writer(out).writerows([list(FIELDS), [EXAMPLE[name] for name in FIELDS]])
    return out.getvalue().encode("utf-8-sig")
