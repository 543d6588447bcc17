"""Hangs the pages into the engine: written by a listener, sent to `FAULT_RECEIVER` by a claim of a lane of its own."""

from __future__ import annotations

import http.client
import os
from collections.abc import Sequence

from django.apps import AppConfig
from django.db.models.functions import Now

TIMEOUT_S, LEASE_S, AT_ONCE = 3.0, 6.0, 4


class PagesConfig(AppConfig):
    name = "tests.faults.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from datetime import timedelta

        from audit import doorbell, relay
        from audit.leases import Claimed, Leases
        from audit.models import Event
        from core import engine
        from escalations.events import CLOCK_BREACHED
        from escalations.operations import handing_over
        from tests.faults.pages.models import Page

        if probe_s := os.environ.get("FAULT_PROBE_S"):
            handing_over.PLATFORM.probe_s = float(probe_s)
        leases: Leases[Page] = Leases(Page, lease_s=LEASE_S, timeout_s=TIMEOUT_S)

        def write(event: Event) -> None:
            write_many([event])

        def write_many(events: Sequence[Event]) -> None:
            clocks = [event.data["clock"] for event in events]
            pages = [Page(dedup_key=f"breach:{clock}:duty:page", clock_id=clock) for clock in clocks]
            Page.objects.bulk_create(pages, ignore_conflicts=True)
            doorbell.ring_after_commit("pages")

        def send(limit: int) -> int:
            # A few at a time: a crash costs those their lease and no others.
            taken = leases.claim(AT_ONCE)
            for claimed in taken:
                if leases.may_start(claimed):
                    _send_one(claimed)
            return limit if len(taken) == AT_ONCE else len(taken)

        def _send_one(claimed: Claimed[Page]) -> None:
            page = claimed.row
            connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["FAULT_RECEIVER"]), timeout=TIMEOUT_S)
            try:
                connection.request("POST", f"/{page.clock_id}", headers={"Dedup-Key": page.dedup_key})
                accepted = connection.getresponse().status == 204
            except OSError:
                accepted = False
            finally:
                connection.close()
            if accepted:
                leases.settle(claimed, state="accepted")
            else:
                leases.settle(claimed, state="pending", next_at=Now() + timedelta(seconds=2), last_error="no answer")

        relay.listen("pages", [CLOCK_BREACHED], write, lane="pages", many=write_many)
        engine.register("pages", lane="page", work=send, queue="deliver")
        engine.set_threads("page", 2)
        engine.on_stop(leases.release_own)
