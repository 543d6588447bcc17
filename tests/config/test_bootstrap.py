"""The set-up behind `make run` and `make test`: what it says, and when it works again or leaves things alone."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

BASE = Path(__file__).resolve().parent.parent.parent
SCRIPT = BASE / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path, monkeypatch) -> ModuleType:
    """The script as a module, with an empty checkout of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    for name, value in {
        "BASE": tmp_path,
        "VENV": venv,
        "VENV_PYTHON": venv / "bin" / "python",
        "STAMP": venv / "installed.json",
    }.items():
        monkeypatch.setattr(module, name, str(value))
    for lock in module.LOCKS.values():
        (tmp_path / lock).write_text("one==1 \\\n    --hash=sha256:00\n")
    monkeypatch.chdir(tmp_path)
    return module


def _pip(bootstrap: ModuleType, script: str) -> None:
    python = Path(bootstrap.VENV_PYTHON)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def test_an_old_python_can_read_the_script():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_only_the_standard_library_is_imported():
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(SCRIPT.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }

    assert imported <= sys.stdlib_module_names


def test_an_unknown_command_gets_the_usage():
    done = subprocess.run([sys.executable, SCRIPT, "dance"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "run|test|faults" in done.stderr


def test_a_second_start_finds_the_environment_ready(bootstrap, capsys):
    _pip(bootstrap, 'echo "Collecting one"; exit 0')

    bootstrap.install("run")

    assert bootstrap.is_installed("run")
    assert not bootstrap.is_installed("test")
    assert "The environment is ready" in capsys.readouterr().out


def test_the_test_environment_serves_both(bootstrap):
    _pip(bootstrap, "exit 0")

    bootstrap.install("test")

    assert bootstrap.is_installed("run")
    assert bootstrap.is_installed("test")


def test_a_changed_lock_is_installed_again(bootstrap):
    _pip(bootstrap, "exit 0")
    bootstrap.install("run")

    Path(bootstrap.LOCKS["run"]).write_text("one==2\n")

    assert not bootstrap.is_installed("run")


def test_a_moved_checkout_is_installed_again(bootstrap):
    _pip(bootstrap, "exit 0")
    bootstrap.install("run")
    stamp = Path(bootstrap.STAMP)

    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"folder": "/elsewhere/.venv"}))

    assert not bootstrap.is_installed("run")


def test_packages_that_do_not_install_end_with_what_pip_said(bootstrap, capsys):
    _pip(bootstrap, 'echo "ERROR: hashes do not match"; exit 1')

    with pytest.raises(SystemExit):
        bootstrap.install("run")

    said = capsys.readouterr().err
    assert "ERROR: hashes do not match" in said
    assert "start again" in said
    assert not bootstrap.is_installed("run")


def test_a_half_made_environment_is_made_anew(bootstrap):
    assert not bootstrap.venv_works()


def test_a_python_without_venv_is_named_with_its_package(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "candidates", lambda: ["/usr/bin/python3"])
    monkeypatch.setattr(bootstrap, "ask", lambda python: ((3, 12), False))

    with pytest.raises(SystemExit):
        bootstrap.find_python()

    assert "apt install python3.12-venv" in capsys.readouterr().err


def test_a_newer_python_on_path_is_used_when_this_one_is_too_old(bootstrap, monkeypatch):
    versions = {"/old/python3": ((3, 9), True), "/new/python3.13": ((3, 13), True)}
    monkeypatch.setattr(bootstrap, "candidates", lambda: versions)
    monkeypatch.setattr(bootstrap, "ask", versions.__getitem__)

    assert bootstrap.find_python() == "/new/python3.13"


def test_no_python_new_enough_is_one_sentence(bootstrap, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "candidates", lambda: ["/old/python3"])
    monkeypatch.setattr(bootstrap, "ask", lambda python: ((3, 9), True))

    with pytest.raises(SystemExit):
        bootstrap.find_python()

    assert "needs Python 3.11 or newer" in capsys.readouterr().err


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_address_or_path(lock):
    text = (BASE / lock).read_text(encoding="utf-8")

    assert not re.search(r"://|file:|(^|\s)/\w", text)
    for entry in re.split(r"\n(?=\S)", "\n".join(line for line in text.splitlines() if not line.startswith("#"))):
        if "==" in entry:
            assert "--hash=sha256:" in entry, entry.splitlines()[0]
