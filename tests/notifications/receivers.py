"""Programs of others on loopback, for tests: what they got, and what they answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """A server. `answers` are given in turn, the last for ever: (status, headers, body); status 0 hangs up without an answer."""

    url: str
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"ok")])

    def bodies(self) -> list[Any]:
        return [json.loads(body) for _path, _headers, body in self.got]


@contextmanager
def receiving(settings: Any, path: str = "/hook") -> Iterator[Receiver]:
    """A receiver that `core.outward` may reach for as long as the block lasts."""

    class Hand(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            there.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, headers, said = there.answers.pop(0) if len(there.answers) > 1 else there.answers[0]
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hand) as server:
        place = f"127.0.0.1:{server.server_port}"
        there = Receiver(f"http://{place}{path}")
        settings.OUTWARD_ALLOWED = [*settings.OUTWARD_ALLOWED, place]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield there
        server.shutdown()
