"""What `make test` and CI run, each check shown with its outcome; the tests come last, so that their line closes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# Checks that read settings but no database.
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.settings", "WATCHFLOOR_ENV": "test"}


def apps() -> list[str]:
    """The product's packages: folders at the root with Python modules of ours."""
    return sorted(
        path.parent.name for path in BASE.glob("*/__init__.py") if path.parent.name not in {"tests", "benchmarks"}
    )


def checks() -> list[tuple[str, list[str]]]:
    """Name and command of each check before the tests."""
    found = [
        ("format", ["-m", "ruff", "format", "--check", "."]),
        ("lint", ["-m", "ruff", "check", "."]),
        ("imports", ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
        ("settings", ["-m", "django", "check", "--fail-level", "WARNING"]),
        ("migrations", ["-W", "ignore::RuntimeWarning", "-m", "django", "makemigrations", "--check", "--dry-run"]),
    ]
    if (BASE / "scripts" / "generated.py").exists():
        found.append(("generated files", ["scripts/generated.py", "--check"]))
    found.append(("translations", ["scripts/translations.py", "--check"]))
    found.append(("types", ["-m", "mypy", *apps()]))
    return found


def outcome(name: str, command: list[str]) -> tuple[str, bool, str]:
    """Run one check; answers its name, whether it passed, and the words to print."""
    began = time.monotonic()
    done = subprocess.run(
        [PYTHON, *command],
        cwd=BASE,
        env=os.environ | SETTINGS | {"PYTHONPATH": str(BASE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    ok = done.returncode == 0
    words = f"{'ok    ' if ok else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)"
    return name, ok, words if ok else f"{words}\n{done.stdout}"


def main() -> int:
    """Run everything; answers 0 only when all of it passed."""
    failed = []
    # Two at a time, the longest (the last) first: most of them load the settings and use one core.
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = [pool.submit(outcome, name, command) for name, command in reversed(checks())]
        for told in as_completed(outcomes):
            name, ok, words = told.result()
            print(words, flush=True)
            if not ok:
                failed.append(name)
    print("tests", flush=True)
    os.chdir(BASE)
    tests = [PYTHON, "-m", "pytest", "-n", "3", *sys.argv[1:]]
    if not failed:
        os.execv(PYTHON, tests)  # so that signals reach it, and its closing line is the last
    subprocess.run(tests)
    print(f"Failed before the tests: {', '.join(failed)}.", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
