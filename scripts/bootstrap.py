#!/usr/bin/env python3
"""The set-up behind `make run` and `make test`: `python3 scripts/bootstrap.py run|test|faults|lock`.

Uses the standard library only, and syntax that any Python from 3.6 on reads, so that a machine with an old one gets a sentence
and not a traceback. Finds a Python of 3.11 or newer, makes `.venv`, installs the hash-pinned lock file once per
content, and hands over.
"""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
BASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(BASE, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed.json")
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}


def main(arguments):
    """Do what the first argument says; answers the exit code."""
    known = ("run", "test", "faults", "lock")
    if not arguments or arguments[0] not in known or (len(arguments) > 1 and arguments[0] != "faults"):
        sys.stderr.write("usage: python3 scripts/bootstrap.py run|test|faults [options]|lock\n")
        return 2
    os.chdir(BASE)
    if arguments[0] == "lock":
        return write_locks()
    prepare("run" if arguments[0] == "run" else "test")
    command = {
        "run": ["-m", "config.supervisor"],
        "test": [os.path.join("scripts", "checks.py")],
        "faults": ["-m", "tests.faults"],
    }[arguments[0]] + arguments[1:]
    sys.stdout.flush()
    return os.execv(VENV_PYTHON, [VENV_PYTHON, *command])  # so that Ctrl-C and kill reach the program itself


def prepare(kind):
    """Make `.venv` hold the lock file of `kind`; a second start finds it done by the stamp."""
    if sys.platform == "win32":
        stop("Watchfloor runs on Linux and macOS; on Windows use WSL.")
    if is_installed(kind):
        return
    with one_at_a_time():
        if is_installed(kind):
            return
        if not venv_works():
            make_venv(find_python())
        install(kind)


def digest(path):
    """The content of a file as a short text."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def is_installed(kind):
    """Whether the stamp says that this lock file's content is in the environment, and the environment starts."""
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return False
    # A checkout that was moved has an environment whose scripts point to the old place.
    return stamp.get("folder") == VENV and stamp.get(kind) == digest(LOCKS[kind]) and os.access(VENV_PYTHON, os.X_OK)


class one_at_a_time:
    """Two starts in one checkout do not install over each other. The lock goes with the process."""

    def __enter__(self):
        import fcntl

        try:
            self.file = open(os.path.join(BASE, ".venv.lock"), "a")
        except OSError as error:
            stop(f"This checkout cannot be written to ({error.strerror}): use a copy of your own.")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another start is preparing the environment; waiting for it …")
            fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.file.close()


# -- Python and its environment ---------------------------------------------------------------------------------------


def find_python():
    """The first Python of 3.11 or newer that can make an environment: this one, else one on PATH."""
    found = []
    for python in candidates():
        version, has_venv = ask(python)
        if version < OLDEST:
            continue
        if has_venv:
            return python
        found.append((python, version))
    if found:
        python, (major, minor) = found[0]
        return stop(
            f"{python} cannot make environments, because its venv module is incomplete. On Debian and Ubuntu: "
            f"apt install python{major}.{minor}-venv (or python3-venv); then start again."
        )
    return stop(
        f"Watchfloor needs Python {OLDEST[0]}.{OLDEST[1]} or newer with its venv module, and found only "
        f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable}). Install it from your system's packages, and "
        "start again."
    )


def candidates():
    """This Python and those on PATH, newest first, each once."""
    seen = set()
    versions = [f"python3.{minor}" for minor in range(20, OLDEST[1] - 1, -1)]
    places = [f"{folder}/python3" for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")]
    for name in [sys.executable, *versions, "python3", *places]:
        path = shutil.which(name) if name else None
        if path and os.path.realpath(path) not in seen:
            seen.add(os.path.realpath(path))
            yield path


def ask(python):
    """Version of a Python, and whether it can make an environment with pip; (0, 0) when it does not start."""
    question = (
        "import sys, json; import importlib.util as u;"
        "print(json.dumps([sys.version_info[0], sys.version_info[1],"
        " all(u.find_spec(m) is not None for m in ('venv', 'ensurepip'))]))"
    )
    try:
        answer = subprocess.check_output([python, "-c", question], stderr=subprocess.DEVNULL, cwd="/")
        major, minor, has_venv = json.loads(answer.decode())
    except (OSError, ValueError, subprocess.CalledProcessError):
        return (0, 0), False
    return (major, minor), has_venv


def venv_works():
    """Whether `.venv` is whole, made for this place, and of a Python new enough; a killed start may have left half."""
    if not os.path.exists(os.path.join(VENV, "pyvenv.cfg")) or ask(VENV_PYTHON)[0] < OLDEST:
        return False
    try:
        with open(os.path.join(VENV, "made-here")) as file:
            return file.read() == VENV
    except (OSError, ValueError):
        return False


def make_venv(python):
    """A new, empty environment in `.venv`."""
    say("Making the environment in .venv with Python {}.{} …".format(*ask(python)[0]))
    if os.path.islink(VENV) or os.path.isfile(VENV):
        os.unlink(VENV)
    result = subprocess.run(
        [python, "-m", "venv", "--clear", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/"
    )
    if result.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        said = result.stdout.decode(errors="replace").strip()
        stop(
            f"The environment could not be made:\n{said}\n"
            "On Debian and Ubuntu: apt install python3-venv; then start again."
        )
    with open(os.path.join(VENV, "made-here"), "w") as file:
        file.write(VENV)


def install(kind):
    """Install a lock file by hash, with a line now and then; the stamp is written last."""
    lock = LOCKS[kind]
    with open(lock) as file:
        total = sum(1 for line in file if "==" in line and not line.lstrip().startswith("#"))
    say(f"Installing up to {total} packages from {lock}; this takes about a minute the first time …")
    command = [VENV_PYTHON, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", lock]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    began = told = time.time()
    lines, seen = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment) as process:
        try:
            for raw in process.stdout:
                line = raw.decode(errors="replace").rstrip()
                lines.append(line)
                seen += line.startswith("Collecting ")
                if line.startswith("Installing collected"):
                    say(f"  unpacking {seen} packages …")
                elif time.time() - told > 5 and not line.startswith("Successfully"):
                    told = time.time()
                    say(f"  {seen} packages fetched, {told - began:.0f} s")
        except KeyboardInterrupt:
            process.wait()
            stop("Interrupted; the next start takes it up again.")
    code = process.returncode
    if code != 0:
        last = "\n".join(lines[-12:])
        stop(
            f"The packages could not be installed. pip said:\n{last}\n"
            "Check that this machine reaches a package index, and start again."
        )
    stamp = {"folder": VENV, kind: digest(lock)}
    if kind == "test":
        stamp["run"] = digest(LOCKS["run"])  # the test lock holds all of the other
    with open(STAMP + ".half", "w") as file:
        json.dump(stamp, file)
    os.replace(STAMP + ".half", STAMP)
    say(f"The environment is ready ({time.time() - began:.0f} s).")


# -- Lock files -------------------------------------------------------------------------------------------------------


def write_locks():
    """Write both lock files anew from the `.in` files, by `uv`, with hashes and without URLs or paths."""
    uv = shutil.which("uv")
    if uv is None:
        stop("`uv` is needed to write lock files: install it (pip install uv), and start again.")
    for source in sorted(glob.glob("requirements*.in"), key=len):
        say(f"Locking {source} …")
        command = [uv, "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
        command += ["--no-emit-index-url", "--custom-compile-command", "make lock"]
        code = subprocess.call([*command, source, "-o", source[: -len(".in")] + ".lock"])
        if code != 0:
            return code
    return 0


def say(message):
    sys.stdout.write(message + "\n")
    sys.stdout.flush()


def stop(message):
    sys.stdout.flush()
    sys.stderr.write(message + "\n")
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
