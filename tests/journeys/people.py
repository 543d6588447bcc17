"""A vendor's program and a specialist's browser without a browser: HTTP alone, against real processes."""

from __future__ import annotations

import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts.models import User


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


def ask(request: urllib.request.Request) -> Answer:
    """Send it; refusals are answers too. Raises `OSError` where nobody answers."""
    try:
        with urllib.request.urlopen(request, timeout=30) as came:
            return Answer(came.status, came.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.read().decode())


@dataclass
class Program:
    """A vendor's program: what curl would send with its key."""

    url: str
    token: str

    def submit(self, body: dict[str, Any], *, once: str) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": once, **self._headers}
        request = urllib.request.Request(f"{self.url}/api/v1/submissions/", json.dumps(body).encode(), headers)
        return ask(request)

    def read(self, ref: str) -> Answer:
        return ask(urllib.request.Request(f"{self.url}/api/v1/submissions/{ref}/", headers=self._headers))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class Specialist:
    """Somebody at the console, signed in, who posts its forms."""

    def __init__(self, url: str, user: User) -> None:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        self._cookies = {morsel.key: morsel.value for morsel in client.cookies.values()}
        self.url = url

    def get(self, path: str) -> Answer:
        return ask(self._request(path))

    def post(self, path: str, **fields: str) -> Answer:
        """Post a form as htmx does, with the token of a page of ours."""
        request = self._request("/help/keys/")
        with urllib.request.urlopen(request, timeout=30) as page:
            for line in page.headers.get_all("Set-Cookie") or []:
                name, _sign, rest = line.partition("=")
                self._cookies[name] = rest.partition(";")[0]
            found = re.search(r'name="csrf-token" content="([^"]+)"', page.read().decode())
        assert found is not None
        data = urllib.parse.urlencode(fields).encode()
        return ask(self._request(path, data, {"HX-Request": "true", "X-CSRFToken": found[1], "Referer": self.url}))

    def listen(self, signal: str) -> Listener:
        """Open the event stream; the listener is ready once the server has answered."""
        return Listener(self._request("/stream/"), signal)

    def _request(
        self, path: str, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> urllib.request.Request:
        cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return urllib.request.Request(f"{self.url}{path}", data, {"Cookie": cookie, **(headers or {})})


class Listener:
    """Notes when a signal names a key."""

    def __init__(self, request: urllib.request.Request, signal: str) -> None:
        self._signal, self._heard = signal, threading.Condition()
        self._at: dict[str, float] = {}
        self._stream = urllib.request.urlopen(request, timeout=30)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        signal = ""
        try:
            for line in self._stream:
                if line.startswith(b"event:"):
                    signal = line[6:].strip().decode()
                elif line.startswith(b"data:") and signal == self._signal:
                    with self._heard:
                        self._at.setdefault(json.loads(line[5:]).get("key", ""), time.monotonic())
                        self._heard.notify_all()
        except (OSError, ValueError):
            return  # the test is over, or its server was killed

    def seconds_until(self, key: str, *, since: float) -> float:
        """How long after `since` the key was first named; fails after 20 s."""
        with self._heard:
            assert self._heard.wait_for(lambda: key in self._at, timeout=20), f"nothing heard of {key}"
        return self._at[key] - since


def wait_until(what: str, is_so: Callable[[], bool], *, seconds: float = 40.0) -> None:
    """Ask `is_so` until it holds; the test fails after `seconds`."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        pause.wait(0.1)
