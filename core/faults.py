"""Named points at which a test lets this process die, fail or hang (reliability.md, fault tests).

`WF_FAULT=after_claim:kill9` does so at the first passing of the point, `after_claim:kill9:3` at the third; several are
separated by commas. Read in test runs alone (`WATCHFLOOR_ENV=test`); everywhere else a point costs one look at an empty
dictionary.
"""

from __future__ import annotations

import os
import signal
import threading
from functools import cache

POINTS = frozenset(
    {
        "engine_turn",  # a lane's turn begins
        "timers_read",  # due ids are read, nothing is locked
        "timers_locked",  # cases and timers are locked
        "timers_fired",  # marked fired, effects not yet written
        "timers_effects",  # effects written, before commit
        "timers_committed",  # after commit, before the claim answers
        "event_written",  # an event and its outbox rows are written, before commit
        "outbox_claimed",  # messages are locked
        "outbox_handled",  # listeners have run, rows not yet deleted
        "outbox_deleted",  # rows deleted, before commit
        "outbox_committed",  # after commit
        "schedule_claimed",  # a job's slot is locked
        "schedule_done",  # the job ran, before commit
        "lease_taken",  # rows are leased, before anything is sent
        "before_send",  # the lease is checked, nothing sent
        "after_send",  # sent, the result not yet written
        "result_written",  # the result is committed
        "mail_begun",  # a try at a mail that came in is counted, nothing is read
        "export_chunk_written",  # rows stand in an export's file, that they do is not yet noted
    }
)


class FaultAsked(Exception):
    """What `point:raise` raises."""


def _parse(text: str) -> dict[str, tuple[str, int]]:
    found = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, verb, *count = entry.split(":")
        if name not in POINTS or verb not in ("kill9", "raise", "hang"):
            raise SystemExit(f"WF_FAULT: {entry!r} names no point and verb of core.faults.")
        found[name] = (verb, int(count[0]) if count else 1)
    return found


@cache
def _armed() -> dict[str, tuple[str, int]]:
    """What this process is to do; asked at the first point it passes, so that a forked process has its own."""
    return _parse(os.environ.get("WF_FAULT", "")) if os.environ.get("WATCHFLOOR_ENV") == "test" else {}


_passed: dict[str, int] = {}


def point(name: str) -> None:
    """Do here what the test asked for; nothing in ordinary life."""
    armed = _armed()
    if name not in armed:
        return
    verb, count = armed[name]
    _passed[name] = _passed.get(name, 0) + 1
    if _passed[name] != count:
        return
    if verb == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    if verb == "hang":
        threading.Event().wait()
    raise FaultAsked(name)
