"""F46: each safety taken out by itself must turn a test red. Works on a copy of the checkout, never on the checkout.

A mutant is a text in a file, what it becomes, and the tests that must notice.
"""

from __future__ import annotations

import os
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
)  # fmt: skip


def copy_of_the_checkout(folder: Path) -> Path:
    """What git knows of, and what is new, in `folder`/mutants; data and environments are left behind."""
    target = folder / "mutants"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(
        BASE, target, symlinks=True, ignore=shutil.ignore_patterns(".data", ".git", ".venv", "__pycache__", "*.pyc")
    )
    return target


def survives(mutant: Mutant, checkout: Path) -> bool:
    """Whether the tests stay green without that safety. Raises `ValueError` when its text is no longer there."""
    path = checkout / mutant.path
    whole = path.read_text(encoding="utf-8")
    if whole.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: its text stands {whole.count(mutant.old)} times in {mutant.path}")
    path.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WATCHFLOOR_", "TEST_", "REDIS"))}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n0", *mutant.tests.split()],
            cwd=checkout,
            env=kept | {"WATCHFLOOR_DATA_DIR": str(checkout.parent / "mutants-data")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
        )
    finally:
        path.write_text(whole, encoding="utf-8")
    return done.returncode == 0
