"""The mail of a schedule's slot: its report page, drawn with what the receiver may see at that moment."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from reporting import pages, permissions
from reporting.documents import paper_of, render
from reporting.documents.reports import Printed, report_document, report_workbook
from reporting.lifecycle import ScheduleFormat, ScheduleState, SkipReason
from reporting.models import Mailing, ReportSchedule
from reporting.operations.mailings import Made, Skipped
from reporting.selectors import kept
from reporting.selectors.printing import print_page


def make_report(mailing: Mailing, user: User, at: datetime) -> Made:
    """The report of a slot for its receiver, in the schedule's language or their own. Raises `mailings.Skipped`."""
    schedule = mailing.schedule
    if schedule is None or schedule.state != ScheduleState.ACTIVE:
        raise Skipped(SkipReason.STOPPED)
    if not permissions.can_see_reports(user):
        raise Skipped(SkipReason.NOT_ALLOWED)
    if not schedule.recipients.filter(user=user).exists():
        raise Skipped(SkipReason.STOPPED)
    with translation.override(schedule.language or user.locale):
        printed = _printed(schedule, user, f"RPT-{schedule.pk}@{mailing.slot_at:%Y%m%d}", at)
        stem = f"{printed.page.key}-{mailing.slot_at:%Y-%m-%d}"
        subject = f"{schedule.name} · {printed.page.label}"
        if schedule.format == ScheduleFormat.XLSX:
            return Made(subject, _body(printed), f"{stem}.xlsx", report_workbook(printed))
        return Made(
            subject,
            _body(printed),
            f"{stem}.pdf",
            render(report_document(printed), paper=paper_of(user.time_zone)).content,
        )


def _printed(schedule: ReportSchedule, user: User, name: str, at: datetime) -> Printed:
    """The page or saved report of a schedule, drawn for `user`. Raises `Skipped` where it is gone, or not theirs to read."""
    if schedule.page.startswith(kept.PREFIX):
        report = kept.saved_of(schedule.page, schedule.made_by)
        if report is None:
            raise Skipped(SkipReason.GONE)
        if not kept.can_get(user, report):
            raise Skipped(SkipReason.NOT_ALLOWED)
        return kept.print_saved(report, user, name=name, at=at)
    page = pages.page(schedule.page)
    if page is None or not page.may(user):
        raise Skipped(SkipReason.NOT_ALLOWED)
    return print_page(page, user, {"q": schedule.where, "range": f"{schedule.days}d"}, name=name, at=at)


def _body(printed: Printed) -> str:
    """What the mail says by itself: the question and its figures in words; charts and tables are in the file."""
    lines = [str(printed.page.question), ""]
    lines += [f"{name}: {text}" for name, text in printed.said]
    tiles = [tile for _panel, drawn in printed.drawn for tile in drawn.tiles]
    if tiles:
        lines.append("")
        lines += [f"{tile.label}: {tile.text}" + (f" ({tile.word})" if tile.word else "") for tile in tiles]
    lines += ["", _("The rest is in the file.")]
    return "\n".join(lines)
