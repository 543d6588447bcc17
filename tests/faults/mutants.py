"""F46: each safety taken out by itself must turn a test red. Works on a copy of the checkout, never on the checkout.

A mutant is a text in a file, what it becomes, and the tests that must notice.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.databases import BASE


@dataclass(frozen=True)
class Mutant:
    """What is taken out, where, and who must notice."""

    name: str
    path: str
    old: str
    new: str
    tests: str


MUTANTS = (
    Mutant("timers: SKIP LOCKED", "escalations/operations/clock_owners.py", "FOR NO KEY UPDATE SKIP LOCKED", "FOR NO KEY UPDATE",
           "tests/escalations/test_timers.py"),
    Mutant("timers: armed asked again under lock", "escalations/operations/timers.py",
           "WHERE id = ANY(%(ids)s) AND state = 'armed' AND due_at <= %(at)s", "WHERE id = ANY(%(ids)s)",
           "tests/escalations/test_timers.py tests/escalations/test_firing.py"),
    Mutant("timers: epoch of the clock", "escalations/operations/firing.py", "AND k.epoch = t.epoch", "",
           "tests/escalations/test_firing.py"),
    Mutant("timers: quarantine", "escalations/operations/timers.py", "timer.attempts >= QUARANTINE_AFTER", "False",
           "tests/escalations/test_timers.py"),
    Mutant("leases: fence", "audit/leases.py", "filter(pk=claimed.row.pk, fence=claimed.fence, state=self.leased)",
           "filter(pk=claimed.row.pk)", "tests/audit/test_leases.py"),
    Mutant("leases: margin", "audit/leases.py", "claimed.remaining_s() >= self.timeout_s + 1", "True",
           "tests/audit/test_leases.py"),
    Mutant("leases: given back", "audit/leases.py", "self.model._default_manager.filter(state=self.leased, holder=engine.holder()).update(",
           "self.model._default_manager.filter(state=self.leased, holder='').update(", "tests/audit/test_leases.py"),
    Mutant("deliveries: derived key", "notifications/models.py", "dedup_key = models.CharField(max_length=200, unique=True)",
           "dedup_key = models.CharField(max_length=200)", "tests/architecture/test_safety.py"),
    Mutant("engine: watchdog", "core/engine.py", "            os._exit(70)", "            pass", "tests/core/test_engine.py"),
    Mutant("engine: version guard", "core/engine.py", "or not self._fits:\n            return self._pause()", "or False:\n            return self._pause()",
           "tests/core/test_engine.py"),
    Mutant("doorbell: after commit", "audit/doorbell.py", "transaction.on_commit(lambda: ring(name), robust=True)", "ring(name)",
           "tests/architecture/test_safety.py"),
    Mutant("doorbell: silence", "audit/doorbell.py", '_state["silent_until"] = time.monotonic() + _SILENCE_S', "pass",
           "tests/audit/test_leases.py"),
    Mutant("tables: FORCE row level security", "core/rls.py", 'f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",', "",
           "tests/architecture/test_row_level_security.py"),
    Mutant("logs: append only", "audit/migrations/0002_row_security.py", 'AppendOnly("audit_event"),', "",
           "tests/architecture/test_row_level_security.py tests/architecture/test_safety.py"),
    Mutant("dead-man: only while green", "audit/watch.py", "    if reasons:\n        log.error", "    if False:\n        log.error",
           "tests/audit/test_watch.py"),
    Mutant("jobs: a slot runs once", "audit/schedules.py", "                if _is_first(job, slot_at, at):", "                if True:",
           "tests/audit/test_schedules.py"),
    Mutant("repairs: only what is proved", "escalations/operations/clock_repairs.py", " or differences(clock):", ":",
           "tests/escalations/test_clock_repairs.py"),
    Mutant("sending: a place of one's own", "notifications/operations/sending.py",
           "if destination and self._busy[destination] >= most:", "if False:", "tests/notifications/test_sending.py"),
    Mutant("cases: legal hold closes evidence", "escalations/operations/evidence.py",
           "    if case.is_legal_hold:\n        raise EvidenceClosed", "    if False:\n        raise EvidenceClosed",
           "tests/escalations/test_holds_and_wordings.py tests/escalations/test_evidence.py"),
    Mutant("cases: legal hold stops closing", "escalations/operations/closing.py",
           "    if case.is_legal_hold:\n        raise UnderLegalHold", "    if False:\n        raise UnderLegalHold",
           "tests/escalations/test_holds_and_wordings.py tests/escalations/test_views_case.py"),
    Mutant("cases: If-Match", "escalations/operations/cases.py", "    if revision is not None and case.revision != revision:",
           "    if False:", "tests/escalations/test_bad_input.py tests/escalations/test_api_submissions.py"),
    Mutant("tenants: another's is a 404", "escalations/querysets.py",
           'own = Q(**{f"{prefix}organization_id": viewer.organization_id})', "own = Q()",
           "tests/escalations/test_sight.py tests/escalations/test_api_tenants.py"),
    Mutant("tenants: another's submission is a 404", "escalations/querysets.py",
           "own = Q(organization_id=viewer.organization_id)\n        if isinstance", "own = Q()\n        if isinstance",
           "tests/escalations/test_sight.py tests/escalations/test_api_tenants.py"),
    Mutant("outward: private addresses", "core/outward.py", '            if not is_public(ipaddress.ip_address(text.partition("%")[0])):',
           "            if False:", "tests/core/test_outward.py"),
    Mutant("outward: the address that was checked", "core/outward.py", "socket.create_connection((address, place.port), timeout=timeout_s)",
           "socket.create_connection((place.host, place.port), timeout=timeout_s)", "tests/core/test_outward.py"),
    Mutant("access: recorded before it is shown", "escalations/views/evidence.py",
           '        structlog.get_logger(__name__).error("access_record_failed", case=case.ref, number=found.number)\n        return HttpResponse(',
           '        return None\n        return HttpResponse(', "tests/escalations/test_evidence.py"),
)  # fmt: skip


def copy_of_the_checkout(folder: Path) -> Path:
    """What git knows of, and what is new, in `folder`/mutants; data and environments are left behind."""
    target = folder / "mutants"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(
        BASE, target, symlinks=True, ignore=shutil.ignore_patterns(".data", ".git", ".venv", "__pycache__", "*.pyc")
    )
    return target


def noticed_by(mutant: Mutant, checkout: Path) -> str:
    """The test that turns red without that safety; empty where all stay green. `ValueError` when its text is no longer there."""
    path = checkout / mutant.path
    whole = path.read_text(encoding="utf-8")
    if whole.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: its text stands {whole.count(mutant.old)} times in {mutant.path}")
    path.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return run_tests(mutant.tests, checkout, checkout.parent / "mutants-data")
    finally:
        path.write_text(whole, encoding="utf-8")


def run_tests(tests: str, checkout: Path, data: Path) -> str:
    """Run tests of a checkout with servers of their own below `data`; answers the first that fails, empty where none does.

    Raises `RuntimeError` where they could not be run at all.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WATCHFLOOR_", "TEST_", "REDIS"))}
    done = subprocess.run(
        # The test that looks for the mutants' texts would notice each of them, and prove nothing.
        [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-k", "not every_mutant_still", *tests.split()],
        cwd=checkout,
        env=kept | {"WATCHFLOOR_DATA_DIR": str(data)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    if done.returncode == 0:
        return ""
    red = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode != 1 or red is None:
        raise RuntimeError(f"the tests did not run: {done.stdout[-600:]}")
    return red[1]
