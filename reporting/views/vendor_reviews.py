"""What a vendor's own reviewers decided, beside what became of their escalations; and bringing such decisions in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organization, User
from accounts.permissions import can
from accounts.roles import Action
from core.errors import NotPermitted
from core.sheets import MOST_BYTES, FileRefused
from core.types import AtRequest
from escalations.lifecycle import Verdict
from escalations.models import Case
from reporting import permissions
from reporting.lifecycle import ReviewDecision, ReviewKind
from reporting.models import ReviewImport
from reporting.operations import vendor_reviews
from reporting.operations.vendor_reviews import FIELDS, NEEDED, Report, Row, RowState
from reporting.pages.asking import asked_by
from reporting.selectors.figures import Window, scope_of
from reporting.selectors.vendor_reviews import Flip, Line, reviewing

DAYS = 56
_ROWS = 200  # of a file's report
_IMPORTS = 10
_FLIP_CASES = 5
STATE_WORDS = {
    RowState.NEW: gettext_lazy("new"),
    RowState.CHANGED: gettext_lazy("changed"),
    RowState.KNOWN: gettext_lazy("known already"),
    RowState.REFUSED: gettext_lazy("refused"),
}


class BringForm(forms.Form):
    """A file of decisions."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or .xlsx, at most 5,000 rows and 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        allow_empty_file=True,
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: AtRequest, slug: str) -> HttpResponse:
    """Volumes, error patterns and validity of the last eight weeks; whoever looks after vendors may bring a file in."""
    viewer = cast("User", request.user)
    permissions.check_can_see_reports(viewer)
    vendor = get_object_or_404(Organization, slug=slug, kind=Organization.Kind.VENDOR)
    scope = scope_of(viewer)
    if scope.is_empty:
        permissions.refuse_empty_scope()
    if scope.queue_ids is not None:
        raise NotPermitted(
            _("What vendors decide themselves belongs to no queue: leads and those who see all reports read it."),
            rule=Action.REPORTS.value,
        )
    ask = asked_by(viewer, request.GET, at=request.at).ask
    form, report = BringForm(), None
    if request.method == "POST":
        form, report = bring(request, vendor)
    read = reviewing(
        vendor, scope=scope, window=Window.last(days=DAYS, at=request.at, zone=ask.zone), zone=ask.zone.key
    )
    context: dict[str, Any] = {
        "vendor": vendor,
        "ask": ask,
        "read": read,
        "tables": [
            (_("Week by week"), _("Week of"), [(line.key, line) for line in read.weeks]),
            (_("By clause"), _("Clause"), _named(read.clauses, {"": _("none said")})),
            (_("By what was looked at"), _("Kind"), _named(read.kinds, dict(ReviewKind.choices))),
            (_("By reviewer"), _("Reviewer"), _named(read.reviewers, {})),
        ],
        "flips": _flips(read.flips, viewer),
        "may_edit": can(viewer, Action.VENDORS_EDIT),
        **brought(vendor, viewer, form, report),
    }
    return render(request, "reporting/vendors/reviewing.html", context, status=422 if form.errors else 200)


def brought(vendor: Organization, viewer: User, form: BringForm, report: Report | None) -> dict[str, Any]:
    """What the parts of a page around the form show: the file's report, the columns, what came in lately."""
    return {
        "imports": ReviewImport.objects.visible_to(viewer)
        .filter(organization=vendor)
        .select_related("person__organization", "key")
        .order_by("-at", "-id")[:_IMPORTS],
        "is_outward": not viewer.is_internal,  # our people have no names there
        "form": form,
        "report": report,
        "counts": [(word, report.count(state)) for state, word in STATE_WORDS.items()] if report else [],
        "told": _told(report) if report else [],
        "columns": [(name, shape.help, name in NEEDED) for name, shape in FIELDS.items()],
    }


def bring(request: AtRequest, vendor: Organization) -> tuple[BringForm, Report | None]:
    """Try or keep the posted file; a file that cannot be read stands as the form's error. Raises `NotPermitted`."""
    viewer = cast("User", request.user)
    vendor_reviews.check_may_bring(viewer, vendor)
    form = BringForm(request.POST, request.FILES)
    if not form.is_valid():
        return form, None
    file = form.cleaned_data["file"]
    try:
        if file.size > MOST_BYTES:
            raise FileRefused(
                _("The file is larger than %(most)d MB: split it into several.") % {"most": MOST_BYTES >> 20}
            )
        report = vendor_reviews.bring_file(
            content=file.read(),
            name=file.name or "",
            vendor=vendor,
            is_try=request.POST.get("act") != "keep",
            by=viewer,
            at=request.at,
        )
    except FileRefused as error:
        form.add_error("file", error.detail)
        return form, None
    return BringForm(), report


@login_required
@require_safe
def template(request: AtRequest) -> HttpResponse:
    """The columns as a CSV file with one row as an example."""
    permissions.check_can_see_reports(cast("User", request.user))
    return template_file()


def template_file() -> HttpResponse:
    """The answer that carries the template."""
    response = HttpResponse(vendor_reviews.template_csv(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="reviews.csv"'
    return response


def _told(report: Report) -> list[tuple[Row, Any]]:
    """The rows worth reading with what becomes of each: what was refused first, so that nothing hides it."""
    rows = [row for row in report.rows if row.state is not RowState.KNOWN]
    rows.sort(key=lambda row: (row.state is not RowState.REFUSED, row.state is not RowState.CHANGED, row.number))
    return [(row, STATE_WORDS[row.state]) for row in rows[:_ROWS]]


def _named(lines: Iterable[Line], words: dict[str, Any]) -> list[tuple[object, Line]]:
    return [(words.get(str(line.key), line.key), line) for line in lines]


def _flips(flips: Iterable[Flip], viewer: User) -> list[dict[str, Any]]:
    """Patterns with some of their cases, as far as the viewer may open them: two statements in all."""
    flips = list(flips)
    ids = [case_id for flip in flips for case_id in flip.case_ids[-_FLIP_CASES:]]
    refs = dict(Case.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "ref"))
    theirs, ours = dict(ReviewDecision.choices), dict(Verdict.choices)
    return [
        {
            "flip": flip,
            "theirs": theirs.get(flip.theirs, flip.theirs),
            "ours": ours.get(flip.ours, flip.ours),
            "refs": [refs[case_id] for case_id in flip.case_ids[-_FLIP_CASES:] if case_id in refs],
        }
        for flip in flips
    ]
