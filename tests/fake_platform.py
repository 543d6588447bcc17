"""A platform that enforces, or does not: a small HTTP server that keeps its own book of what it was asked and what it did.

`mood` is how it answers: `accept` and `refuse` at once, `take` it and say nothing yet, `silent` (does it, and never answers), `drop`
(hangs up without doing it), `slow` (answers byte by byte), `busy` (503), `broken` (500), `odd` (200 and nonsense), `conflict` (409).
The book (`asked`, `done`) is what tests trust: not our own tables. Doing one key twice would be a second effect on the platform.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

SECRET = "whsec_ZmFrZS1wbGF0Zm9ybS1zZWNyZXQtZm9yLXRlc3RzLTEyMzQ="


@dataclass
class Asked:
    """One request as it came."""

    key: str
    at: float
    body: dict[str, Any]
    is_signed: bool


class FakePlatform:
    """Runs until `stop()`. Threads of its own; `port` was chosen by the kernel."""

    def __init__(self, mood: str = "accept") -> None:
        self.mood = mood
        self.moods: dict[str, str] = {}  # by key, before `mood`
        self.asked: list[Asked] = []
        self.done: dict[str, str] = {}  # key → our id of it
        self._lock = threading.Lock()
        platform = self

        class Hand(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                platform._note(dict(self.headers.items()), raw)
                with suppress(OSError):
                    platform._answer(self, self.headers["Idempotency-Key"])

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A sender that was killed in the middle is what these tests are about."""

        self._server = Server(("127.0.0.1", 0), Hand)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/enforcement"

    @property
    def keys(self) -> list[str]:
        """Of every request, in the order they came."""
        with self._lock:
            return [one.key for one in self.asked]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _note(self, headers: dict[str, str], raw: bytes) -> None:
        is_signed = True
        try:
            Webhook(SECRET).verify(raw, {name.lower(): value for name, value in headers.items()})
        except WebhookVerificationError:
            is_signed = False
        with self._lock:
            self.asked.append(Asked(headers["Idempotency-Key"], time.time(), json.loads(raw), is_signed))

    def do(self, key: str) -> str:
        """Do it, once for each key."""
        with self._lock:
            return self.done.setdefault(key, f"mod-{len(self.done) + 1}")

    def _answer(self, hand: BaseHTTPRequestHandler, key: str) -> None:
        mood = self.moods.get(key, self.mood)
        if mood == "accept":
            _say(hand, 200, {"state": "accepted", "foreign_id": self.do(key)})
        elif mood == "refuse":
            _say(hand, 200, {"state": "refused", "reason": "The account was deleted by its owner."})
        elif mood == "take":
            _say(hand, 202, {})
        elif mood == "silent":
            self.do(key)
            hand.close_connection = True
        elif mood == "drop":
            hand.close_connection = True
        elif mood == "slow":
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200:
                hand.wfile.write(bytes([byte]))
                hand.wfile.flush()
                time.sleep(0.2)
        elif mood == "busy":
            _say(hand, 503, {}, {"Retry-After": "1"})
        elif mood == "odd":
            _say(hand, 200, ["nonsense"])
        else:
            _say(hand, {"broken": 500, "conflict": 409, "gone": 410, "moved": 302}[mood], {"reason": "So it is."})


def _say(hand: BaseHTTPRequestHandler, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
    said = json.dumps(body).encode()
    hand.send_response(status)
    for name, value in {
        **(headers or {}),
        "Content-Type": "application/json",
        "Content-Length": str(len(said)),
    }.items():
        hand.send_header(name, value)
    hand.end_headers()
    hand.wfile.write(said)
