"""A page to somebody outside, sent under a lease and a fence like any delivery of the product."""

from __future__ import annotations

from django.db import models

from audit.leases import Leased


class Page(Leased):
    """One page for one breach. `dedup_key` is derived from its cause, so a cause that is replayed maps on the same row."""

    state = models.CharField(max_length=12, default="pending")
    dedup_key = models.CharField(max_length=80, unique=True)
    clock_id = models.BigIntegerField()

    class Meta:
        app_label = "pages"
        indexes = [models.Index(fields=["next_at", "id"], name="page_by_next")]
