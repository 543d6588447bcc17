"""Reports that are mailed by themselves, to whom, and each mail that was made."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organization
from core.ids import new_id
from reporting.lifecycle import MailingState, ScheduleFormat, SchedulePace, ScheduleState, SkipReason
from reporting.models.briefs import BriefVersion
from reporting.querysets import MailingQuerySet, ReportScheduleQuerySet


class ReportSchedule(models.Model):
    """A report page that is mailed every week or month, at a time of day in each recipient's own zone (ux.md REP-8).

    `weekday` is ISO (1 Monday), `day` of the month at most 28 so that every month has it, `local_at` a local wall time. `days` is how
    far back its figures reach; `where` a filter in the language of ux.md §9. An empty `language` means the recipient's own.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    page = models.CharField(max_length=40)
    where = models.CharField(max_length=1000, blank=True)
    days = models.PositiveSmallIntegerField(default=28)
    pace = models.CharField(max_length=7, choices=SchedulePace, default=SchedulePace.WEEKLY)
    weekday = models.PositiveSmallIntegerField(default=1)
    day = models.PositiveSmallIntegerField(default=1)
    local_at = models.TimeField(default="08:00")
    format = models.CharField(max_length=4, choices=ScheduleFormat, default=ScheduleFormat.PDF)
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=7, choices=ScheduleState, default=ScheduleState.ACTIVE)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="report_schedules")
    created_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects: ClassVar[ReportScheduleQuerySet] = ReportScheduleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="report_schedule_of_organization"),
            models.CheckConstraint(condition=~Q(name=""), name="report_schedule_has_a_name"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="report_schedule_weekday_1_to_7"),
            models.CheckConstraint(condition=Q(day__range=(1, 28)), name="report_schedule_day_1_to_28"),
            models.CheckConstraint(condition=Q(days__range=(1, 366)), name="report_schedule_days_1_to_366"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return self.name[:64]


class ScheduleRecipient(models.Model):
    """Somebody who gets a scheduled report; `next_at` (aware UTC) is their next slot, by their own clock."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="recipients")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "user"], name="schedule_recipient_once")]
        indexes = [
            # "Whose slot has come?"
            models.Index(fields=["next_at", "id"], name="schedule_recipient_by_next"),
        ]


class Mailing(models.Model):
    """One document for one person: of a schedule's slot, or of a brief's version. One row is one mail at most.

    Made by the engine with what its receiver may read at that moment. `content` is kept until `forget_old_mailings`;
    `access` is what the receiver could reach when it was made: if that changed before it left, it is made anew.
    """

    public_id = models.UUIDField(default=new_id, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, null=True, related_name="mailings")
    version = models.ForeignKey(BriefVersion, on_delete=models.CASCADE, null=True, related_name="mailings")
    is_forward_safe = models.BooleanField(default=False)
    slot_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=MailingState, default=MailingState.WAITING)
    skipped_for = models.CharField(max_length=12, choices=SkipReason, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    content = models.BinaryField(null=True)
    access = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects: ClassVar[MailingQuerySet] = MailingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "user", "slot_at"], name="mailing_once_per_slot"),
            models.UniqueConstraint(fields=["version", "user"], name="mailing_once_per_version"),
            models.CheckConstraint(
                condition=Q(schedule__isnull=True, version__isnull=False)
                | Q(schedule__isnull=False, version__isnull=True),
                name="mailing_of_one_thing",
            ),
            models.CheckConstraint(
                condition=(Q(state="skipped") & ~Q(skipped_for="")) | (~Q(state="skipped") & Q(skipped_for="")),
                name="mailing_says_why_skipped",
            ),
        ]
        indexes = [
            # "What is to be made next?"
            models.Index(fields=["next_at", "id"], condition=Q(state="waiting"), name="mailing_waiting_by_next"),
            # "What became of this schedule?", newest first.
            models.Index(fields=["schedule", "-slot_at", "-id"], name="mailing_of_schedule"),
        ]

    @property
    def ref(self) -> str:
        """What the log prints for it."""
        return str(self.public_id)[-12:]
