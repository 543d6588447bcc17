"""`.ci/run` before the tests: it installs a browser only where none is, as root or by sudo, and goes on when it cannot."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parent.parent.parent
# What the script itself needs; everything else of PATH is left out, so that each test says what the machine has.
NEEDED = ("sh", "dirname", "env")


class Machine:
    """A PATH of stand-ins that write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bin"
        self.folder.mkdir()
        self.checkout = folder / "checkout"
        (self.checkout / ".ci").mkdir(parents=True)
        shutil.copy(BASE / ".ci" / "run", self.checkout / ".ci" / "run")
        self.journal = folder / "journal"
        self.journal.touch()
        for name in NEEDED:
            found = shutil.which(name)
            assert found is not None
            (self.folder / name).symlink_to(found)
        self.has("make")
        self.is_somebody(0)

    def has(self, name: str, *, answers: int = 0, then: str = "") -> None:
        """Give it a program that notes its arguments, does `then` and ends with `answers`."""
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{self.journal}"\n{then}\nexit {answers}\n')
        path.chmod(0o755)

    def is_somebody(self, uid: int) -> None:
        path = self.folder / "id"
        path.write_text(f"#!/bin/sh\necho {uid}\n")
        path.chmod(0o755)

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.checkout / ".ci" / "run")],
            env={"PATH": str(self.folder), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )

    def did(self) -> list[str]:
        return self.journal.read_text().splitlines()


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_that_is_there_is_used(machine, name):
    machine.has(name)
    machine.has("apt-get")

    done = machine.run()

    assert done.returncode == 0
    assert machine.did() == ["make test"]


def test_a_browser_that_is_named_is_used(machine):
    machine.has("apt-get")

    machine.run(WATCHFLOOR_CHROMIUM="/opt/browser")

    assert machine.did() == ["make test"]


def test_root_installs_one_from_debians_packages(machine):
    browser = machine.folder / "chromium"
    machine.has("apt-get", then=f'case "$*" in *install*) : > {browser}; {shutil.which("chmod")} +x {browser};; esac')

    done = machine.run()

    first, second, last = machine.did()
    assert first.startswith("apt-get ")
    assert first.endswith("update -q")
    assert "install -q -y --no-install-recommends chromium fonts-dejavu-core fonts-noto-core" in second
    assert last == "make test"
    assert done.stderr == ""


def test_somebody_else_installs_one_by_sudo_without_being_asked_anything(machine):
    machine.is_somebody(1000)
    machine.has("apt-get")
    machine.has("sudo")

    machine.run()

    assert machine.did()[0].startswith("sudo -n ")
    assert machine.did()[-1] == "make test"


@pytest.mark.parametrize("what", ["no packages", "no rights", "packages refuse", "packages without one"])
def test_without_one_the_tests_run_and_it_says_that_the_browser_tests_are_skipped(machine, what):
    if what == "no rights":
        machine.is_somebody(1000)
    if what != "no packages":
        machine.has("apt-get", answers=100 if what == "packages refuse" else 0)

    done = machine.run()

    assert done.returncode == 0
    assert machine.did()[-1] == "make test"
    assert "the browser tests will be skipped" in done.stderr


def test_the_tests_outcome_is_its_own(machine):
    machine.has("chromium")
    machine.has("make", answers=2)

    assert machine.run().returncode == 2
