"""Rollups: facts counted by hour and day, so that a report of months reads thousands of rows and not a million."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Organization


class RollupDay(models.Model):
    """A day (UTC) that has been counted. While `is_clean`, its rollups say what its facts say; any change of those takes that away.

    `shape` is the state of the definitions it was counted under (`reporting.tallies.SHAPE`).
    """

    day = models.DateField(primary_key=True)
    is_clean = models.BooleanField()
    shape = models.CharField(max_length=16)
    built_at = models.DateTimeField()
    facts = models.PositiveIntegerField(db_default=0)  # how many were counted


class Rollup(models.Model):
    """What is kept of an hour or a day, for a set of labels and some keys (`reporting.tallies.Keys`; the others are null).

    Rows of a family (`reporting.tallies.FAMILIES`, by place) hold its tallies in their order; those of a spread, numbered after them, how many
    values lie in each of `buckets`. Rows of a day stand once whole (`dim` empty) and once for each value of each of the dimensions kept.
    """

    class Grain(models.TextChoices):
        HOUR = "h"
        DAY = "d"

    family = models.PositiveSmallIntegerField(null=True)  # null in rows of the release before this was kept
    keys = models.CharField(max_length=1, db_default="n")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    queue_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    compartments = ArrayField(models.CharField(max_length=32), default=list)
    grain = models.CharField(max_length=1, choices=Grain)
    start_at = models.DateTimeField()
    dim = models.CharField(max_length=10, blank=True)
    value = models.CharField(max_length=40, blank=True)
    buckets = ArrayField(models.SmallIntegerField(), null=True)
    counts = ArrayField(models.IntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["family", "keys", "grain", "dim", "start_at"], name="rollup_of_family"),
            models.Index(fields=["start_at"], name="rollup_by_day"),  # a day that is counted again
        ]
