"""Faults of those outside whom we tell: broken, hanging and overrun receivers (reliability.md F24, F29 and F31)."""

from __future__ import annotations

import contextlib
import http.server
import json
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.factories.submissions import submission_body
from tests.faults.cases import Seen, judged, quantile
from tests.faults.place import Clients, Person, Place, Run, listening_socket, wait_until
from tests.faults.seed import DEAF, EMAIL, HEARING, PASSWORD
from tests.notifications.mail_server import Server as MailServer


@dataclass
class Hook:
    """One vendor's program: what it got (webhook-id, when), and how it behaves."""

    mode: str = "well"
    got: list[tuple[str, float]] = field(default_factory=list)
    asked: int = 0


class Hooks:
    """Programs of vendors behind one port, each at a path of its own. Modes: well, 500, 429, silent (takes all, answers nothing),
    half (hangs up in the middle of the answer), drip (a byte a second)."""

    def __init__(self) -> None:
        self.of: dict[str, Hook] = defaultdict(Hook)
        self.over = threading.Event()
        hooks = self

        class Hand(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hook = hooks.of[self.path.strip("/")]
                hook.asked += 1
                if hook.mode == "silent":
                    hooks.over.wait(60)
                elif hook.mode == "half":
                    self.wfile.write(b"HTTP/1.1 20")
                elif hook.mode == "drip":
                    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n":
                        with contextlib.suppress(OSError):
                            self.wfile.write(bytes([byte]))
                            self.wfile.flush()
                        if hooks.over.wait(1):
                            break
                else:
                    status = 200 if hook.mode == "well" else int(hook.mode)
                    if status == 200:
                        hook.got.append((self.headers["webhook-id"], time.time()))
                    self.send_response(status)
                    if status == 429:
                        self.send_header("Retry-After", "2")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 256

            def handle_error(self, *_: object) -> None:
                """A sender that hung up is what these tests are about."""

        self.server = Server(("127.0.0.1", 0), Hand)
        self.place = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def _telling(place: Place, run: Run, urls: Callable[[Hooks], dict[int, str]]) -> Iterator[tuple[Hooks, int]]:
    """A web process and two engines that may reach the hooks; `urls` by number of the seeded vendor. Answers the port, too."""
    hooks = Hooks()
    try:
        with listening_socket() as listening, contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:
            for number, url in urls(hooks).items():
                endpoint = place.seed["hooks"][number]["endpoint"]
                cursor.execute("UPDATE notifications_webhookendpoint SET url = %s WHERE id = %s", [url, endpoint])
            allowed = f"{hooks.place},no-such-name.invalid:80"
            run.web(listening)
            for _ in range(2):
                run.program(["manage.py", "engine"], WATCHFLOOR_OUTWARD_ALLOWED=allowed)
            run.wait_for_beat(2)
            yield hooks, listening.getsockname()[1]
    finally:
        hooks.stop()


def _submit(place: Place, port: int, number: int, name: str) -> float:
    """One submission by the vendor of this number; answers when it was accepted."""
    caller = Clients(port, place.seed["hooks"][number]["token"], count=0)
    for _ in range(40):
        status, said = caller.submit(name, submission_body(external_ref=name))
        if status == 201:
            return time.time()
        time.sleep(0.25)  # the web process is still on its way
    raise AssertionError(f"{name} was answered {status}: {said}")


# -- F24 ---------------------------------------------------------------------------------------------------------------
BROKEN = ("500", "silent", "half", "drip", "429")


def f24(place: Place) -> list[Seen]:
    """Receivers that break in seven ways at once: another is told in time, they are not hammered, and found again."""

    def urls(hooks: Hooks) -> dict[int, str]:
        found = {number: f"http://{hooks.place}/{mode}" for number, mode in enumerate(BROKEN)}
        found |= {len(BROKEN): f"https://{hooks.place}/tls", len(BROKEN) + 1: "http://no-such-name.invalid:80/dns"}
        return found | {DEAF: f"http://{hooks.place}/well"}

    with place.run() as run, _telling(place, run, urls) as (hooks, port):
        for mode in BROKEN:
            hooks.of[mode].mode = mode
        sent: list[float] = []
        for turn in range(6):
            for number in range(len(BROKEN) + 2):
                _submit(place, port, number, f"F24-{number}-{turn}")
            sent.append(_submit(place, port, DEAF, f"F24-well-{turn}"))
        well = hooks.of["well"]
        run.wait_for("the receiver that is well", lambda: len({key for key, _ in well.got}) >= len(sent), 60)
        late = _late(sent, well)
        asked = {mode: hooks.of[mode].asked for mode in BROKEN}
        back_at = time.time()
        for mode in BROKEN:
            hooks.of[mode].mode = "well"
        for number in range(len(BROKEN)):
            _submit(place, port, number, f"F24-{number}-back")
        found = wait_until(lambda: all(hooks.of[mode].got for mode in BROKEN), 90)
        took = max((hooks.of[mode].got[0][1] for mode in BROKEN), default=0.0) - back_at if found else 99.0
        states = "SELECT count(*) FROM notifications_delivery WHERE channel = 'webhook' AND state = 'ambiguous'"
        return [
            Seen("told late, max, s", max(late), 20),
            Seen(f"tries at a broken one {asked}", max(asked.values()), 2 * 4 * 3),
            Seen("found again after, s", took, 60),
            Seen("left unclear though repeats are safe", run.ask(states), 0),
        ]


def _late(sent: list[float], hook: Hook) -> list[float]:
    """Of each submission how long after its acceptance the receiver first heard; it hears them in order of their writing."""
    first: dict[str, float] = {}
    for key, at in hook.got:
        first[key] = min(at, first.get(key, at))
    arrived = sorted(first.values())
    each = max(1, len(arrived) // len(sent))
    return [max(0.0, arrived[min(number * each, len(arrived) - 1)] - at) for number, at in enumerate(sent)]


# -- F29 ---------------------------------------------------------------------------------------------------------------
def f29(place: Place, *, timers: int = 200, over_s: float = 25.0, deaf: int = DEAF) -> list[Seen]:
    """Fifty vendors' receivers hang: pages do not notice, and other vendors hear in time."""

    def urls(hooks: Hooks) -> dict[int, str]:
        return {number: f"http://{hooks.place}/{number}" for number in range(DEAF + HEARING)}

    with place.run() as run, _telling(place, run, urls) as (hooks, port):
        sent: dict[int, list[float]] = {DEAF + number: [] for number in range(HEARING)}

        def busy(name: str) -> float:
            """Pages while every vendor submits; answers their p99 late."""
            run.arm(timers, in_s=1, over_s=over_s)
            for number in range(deaf):
                _submit(place, port, number, f"F29-{number}-{name}")
            for turn in range(4):
                for number in sent:
                    sent[number].append(_submit(place, port, number, f"F29-{number}-{name}-{turn}"))
            run.wait_for_all(over_s + 40)
            return quantile(run.late_by_due(1)[0] if name == "calm" else run.figures().late[-timers:])

        calm = busy("calm")
        for number in range(deaf):
            hooks.of[str(number)].mode = "silent"
        had = {number: hooks.of[str(number)].asked for number in range(deaf)}
        stormy = busy("stormy")
        for number, times in sent.items():
            events = 2 * len(times)  # received, and made a case
            run.wait_for("the vendors that hear", lambda n=str(number), e=events: len(_keys(hooks, n)) >= e, 60)
        late = [took for number, times in sent.items() for took in _since(times, hooks.of[str(number)])]
        hung = sum(1 for number in range(deaf) if hooks.of[str(number)].asked > had[number])
        return judged(
            run,
            Seen("deaf receivers never asked", deaf - hung, 0),
            Seen(f"pages p99 later by, s (calm {calm:.2f})", max(0.0, stormy - calm), 1),
            Seen("other vendors' webhooks p95, s", statistics.quantiles(late, n=20)[18], 5),
        )


def _keys(hooks: Hooks, name: str) -> set[str]:
    return {key for key, _ in hooks.of[name].got}


def _since(sent: list[float], hook: Hook) -> list[float]:
    """For each arrival, how long after the last submission before it that it can be about."""
    first: dict[str, float] = {}
    for key, at in hook.got:
        first[key] = min(at, first.get(key, at))
    arrived = sorted(first.values())[-2 * len(sent) :]
    return [max(0.0, at - sent[number // 2]) for number, at in enumerate(arrived)]


# -- F31 ---------------------------------------------------------------------------------------------------------------
def f31(place: Place, *, cases: int = 5000, pages: int = 500, over_s: float = 60.0) -> list[Seen]:
    """A storm of cases, pages and notices: nothing is lost, pages are in time, and nobody gets more than a cap of messages."""
    mail = MailServer()
    mail.start()
    try:
        with place.run() as run, listening_socket() as listening:
            run.web(listening)
            for _ in range(2):
                run.program(["manage.py", "engine"], WATCHFLOOR_SMTP_URL=f"smtp://127.0.0.1:{mail.port}")
            run.wait_for_beat(2)
            port = listening.getsockname()[1]
            caller = Clients(port, place.seed["token"], count=0)
            run.wait_for("the web process", lambda: caller.submit("F31", submission_body(external_ref="F31"))[0] == 201)
            began = time.time()
            run.arm(pages, in_s=1, over_s=over_s)
            accepted: list[str] = []
            refused = 0
            for number in range(0, cases, 100):
                at = began + over_s * number / cases
                time.sleep(max(0.0, at - time.time()))
                status, said = _batch(caller, number)
                done = [item for item in said.get("results", ()) if item.get("status") in (200, 201)]
                accepted += [f"F31-{number + index}" for index in range(len(done))]
                refused += status != 200 or len(done) != 100
            took = time.time() - began
            run.wait_for_all(60)
            kept = run.ask(
                "SELECT count(DISTINCT external_ref) FROM escalations_case WHERE external_ref = ANY(%s)", accepted
            )
            # A miss of each of the pages' cases is told to the lead: all of it stands in the inbox, in few entries and messages.
            told = "SELECT count(*) FROM notifications_notification WHERE kind = 'clock.breached'"
            run.wait_for("the notices", lambda: run.ask(told) >= pages, 60)
            entries = run.ask(
                "SELECT count(DISTINCT bundle) FROM notifications_notification WHERE kind = 'clock.breached'"
            )
            sent = (
                "SELECT count(*) FROM notifications_delivery WHERE state IN ('pending', 'leased') AND channel = 'email'"
            )
            run.wait_for("the mail", lambda: mail.got and not run.ask(f"{sent} AND event_class = 'clock_breach'"), 150)
            to_lead = [one for one in mail.got if EMAIL in str(one["To"])]
            person = Person(port, EMAIL, PASSWORD)
            answered = person.ask("GET", "/inbox/")[0]
            return judged(
                run,
                Seen(f"cases short of {cases} in {over_s:.0f} s (took {took:.0f} s)", cases - len(accepted), 0),
                Seen("batches refused", refused, 0),
                Seen("accepted cases lost", len(accepted) - kept, 0),
                Seen("entries of one person's inbox", entries, 11),
                Seen("messages to one person", len(to_lead), 11),
                Seen("inbox answers but 200", int(answered != 200), 0),
                p99=10.0,
            )
    finally:
        mail.stop()


def _batch(caller: Clients, first: int) -> tuple[int, dict[str, Any]]:
    """A hundred submissions in one request."""
    items = [
        {"idempotency_key": f"F31-{number}", **submission_body(external_ref=f"F31-{number}", title=f"Storm {number}")}
        for number in range(first, first + 100)
    ]
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=60)
    headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/v1/submissions/batch/", json.dumps({"items": items}), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (TimeoutError, OSError, ValueError):
        return 0, {}
    finally:
        connection.close()
