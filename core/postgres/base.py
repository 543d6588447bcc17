"""Django's PostgreSQL backend, keeping a few connections of the process open between requests.

A fresh backend costs a process and reads the catalogue anew for every table and policy it meets: about 50 ms of a page whose queries
take 5. Django gives an ASGI request a thread of its own, so a connection cannot stay with its thread (CONN_MAX_AGE), and its pool is
psycopg 3's. This one never waits: where none is idle a new one is opened, where enough are idle the one given back is closed.

What is given back holds nothing of its request: it must be outside a transaction, and nothing here sets anything for a session (the
tenant and timeouts are set per transaction, as PgBouncer in transaction mode asks as well; tests/core/test_postgres.py).
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED, TRANSACTION_STATUS_IDLE
from psycopg2.extensions import connection as Psycopg2Connection

KEPT_FOR_S = 60.0  # idle for longer, a firewall may have forgotten it
LIFE_S = 300.0  # then a new one: a backend's caches only grow, and changed role settings reach new sessions alone


class Connection(Psycopg2Connection):
    """A connection that knows when it was opened and last used (seconds of the monotonic clock)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened_s = self.used_s = time.monotonic()

    def is_fresh(self) -> bool:
        """Whether it may be used again: open, young, and the server has said nothing since.

        An idle connection on which the server speaks is told that it ends. Reading the socket's state asks no round trip.
        """
        now = time.monotonic()
        if self.closed or now - self.used_s >= KEPT_FOR_S or now - self.opened_s >= LIFE_S:
            return False
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN | select.POLLPRI)
        return not poll.poll(0)

    def is_clean(self) -> bool:
        """Whether nothing of its last user is left on it: no open transaction, autocommit as Django begins with."""
        return not self.closed and self.autocommit and self.info.transaction_status == TRANSACTION_STATUS_IDLE


class Idle:
    """The idle connections of one process, by what they were opened with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = os.getpid()
        self._waiting: dict[str, deque[Connection]] = {}
        self._parents: list[object] = []

    def take(self, address: str) -> Connection | None:
        """The one given back last, if it still works; None where there is none."""
        while True:
            with self._lock:
                self._leave_the_parents()
                waiting = self._waiting.get(address)
                if not waiting:
                    return None
                connection = waiting.pop()
            if connection.is_fresh():
                return connection
            connection.close()

    def give_back(self, address: str, connection: Connection) -> None:
        """Keep it for the next one who asks; where it is not clean, or one too many, close it."""
        now = connection.used_s = time.monotonic()
        closing = [connection]
        if connection.is_clean():
            with self._lock:
                self._leave_the_parents()
                waiting = self._waiting.setdefault(address, deque())
                if len(waiting) < settings.DATABASE_CONNECTIONS_KEPT:
                    waiting.append(connection)
                    closing.clear()
                # The last given back is taken first: what a burst needed and nobody needs now gathers at this end.
                while waiting and now - waiting[0].used_s >= KEPT_FOR_S:
                    closing.append(waiting.popleft())
        for one in closing:
            one.close()

    def clear(self) -> None:
        """Close all that are idle."""
        with self._lock:
            left = [connection for waiting in self._waiting.values() for connection in waiting]
            self._waiting.clear()
        for connection in left:
            connection.close()

    def _leave_the_parents(self) -> None:
        """After a fork the sockets are the parent's too: never use them, nor close them, which would end them for both."""
        if self._pid != os.getpid():
            self._parents.append(self._waiting)  # held, since a connection that is collected is closed
            self._pid, self._waiting = os.getpid(), {}


idle = Idle()


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that comes from the idle ones and goes back to them when Django closes it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        self._address = repr(sorted((name, str(value)) for name, value in conn_params.items()))
        kept = idle.take(self._address)
        if kept is None:
            opened: Connection = super().get_new_connection({**conn_params, "connection_factory": Connection})
            return opened
        self.isolation_level = ISOLATION_LEVEL_READ_COMMITTED  # as Django sets it where no option says otherwise
        return kept

    def _close(self) -> None:
        if self.connection is not None:
            with self.wrap_database_errors:
                idle.give_back(self._address, self.connection)
