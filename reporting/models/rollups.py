"""Rollups: facts counted by hour and day, so that a report of months reads thousands of rows and not a million."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reporting.models.facts import OfFactsModel


class RollupDay(models.Model):
    """A day (UTC) that has been counted. While `is_clean`, its rollups say what its facts say; any change of those takes that away.

    `shape` is the state of the definitions it was counted under (`reporting.tallies.SHAPE`).
    """

    day = models.DateField(primary_key=True)
    is_clean = models.BooleanField()
    shape = models.CharField(max_length=16)
    built_at = models.DateTimeField()


class Rollup(OfFactsModel):
    """The tallies (`reporting.tallies.TALLIES`, in their order) of an hour or a day, for an organization, a queue and a set of labels.

    Those of a day stand once whole (`dim` empty) and once for each value of each of the dimensions kept.
    """

    class Grain(models.TextChoices):
        HOUR = "h"
        DAY = "d"

    grain = models.CharField(max_length=1, choices=Grain)
    start_at = models.DateTimeField()
    queue_id = models.BigIntegerField()
    team_id = models.BigIntegerField(null=True)
    compartments = ArrayField(models.CharField(max_length=32), default=list)
    dim = models.CharField(max_length=10, blank=True)
    value = models.CharField(max_length=40, blank=True)
    counts = ArrayField(models.IntegerField())

    class Meta:
        indexes = [models.Index(fields=["grain", "dim", "start_at"], name="rollup_by_time")]
