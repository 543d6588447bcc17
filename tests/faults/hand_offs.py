"""Faults around what is handed to the platform: an engine dies at each step, the platform breaks in every way it can.

The judge is the platform's own book: which keys it was asked for, how often, and what it did. Of our tables only what is shown to
people counts: whatever nobody can know must stand there as unclear. Half of what is handed over are actions, half messages that an
appeal sends to the person concerned.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections import Counter
from collections.abc import Iterator

from tests.fake_platform import SECRET, FakePlatform
from tests.faults.cases import Seen, wait_until
from tests.faults.place import Place, Run

# Where the engine dies, and how many actions nobody can then know about: before anything left none, after that the one under way.
STEPS = {"lease_taken": 0, "before_send": 0, "after_send": 1, "result_written": 1}

_ENTITY = """
INSERT INTO escalations_entity (platform, kind, key, label, url, facts, first_seen_at)
SELECT 'orbit', 'post', 'fault-' || n, '', '', '{}', now() FROM generate_series(1, %s) n
"""
# Temporary mitigations: the one kind that needs no decision. Written as the operation writes them; the messages of an appeal it
# writes itself (`tests.faults.told`).
_QUEUED = """
INSERT INTO escalations_enforcementaction (organization_id, case_id, entity_id, public_id, key, state, source, type, markets,
  queued_at, next_at, ends_at, reason, asked_by_id, attempts, holder, fence, last_error, foreign_id, refusal, resolved_why,
  closed_over_why, ended_why)
SELECT c.organization_id, c.id, e.id, gen_random_uuid(), 'enf_' || e.key, 'queued', 'mitigation', 'content_demote', '{}',
  now(), now(), now() + interval '2 days', 'A fault.', (SELECT min(id) FROM accounts_user), 0, '', 0, '', '', '', '', '', ''
FROM escalations_case c CROSS JOIN escalations_entity e WHERE c.id = %s AND e.key LIKE 'fault-%%'
"""
# Actions and messages by turns, in the order in which they are handed over.
_BY_TURNS = """
UPDATE escalations_enforcementaction a SET next_at = now() - turn * interval '1 ms'
FROM (SELECT id, 1000 - row_number() OVER (PARTITION BY source ORDER BY id) AS turn FROM escalations_enforcementaction) t
WHERE a.id = t.id
"""
_KEYS = "SELECT json_agg(key ORDER BY next_at, source) FROM escalations_enforcementaction"
_STATES = "SELECT coalesce(json_object_agg(state, count), '{}') FROM (SELECT state, count(*) FROM escalations_enforcementaction GROUP BY 1) t"


@contextlib.contextmanager
def _with_platform(
    place: Place, orders: int, *, with_messages: bool = True
) -> Iterator[tuple[Run, FakePlatform, list[str]]]:
    """A run with a platform and the keys of what waits to be handed over: actions, and messages by turns with them."""
    platform = FakePlatform()
    try:
        with place.run() as run:
            messages = orders // 2 if with_messages else 0
            if messages:
                asks = run.program(["-m", "tests.faults.told", str(messages)])
                assert asks.process.wait(60) == 0, "the appeal's questions were not asked"
            with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:
                cursor.execute(_ENTITY, [orders - messages])
                cursor.execute(_QUEUED, [place.seed["case"]])
                cursor.execute(_BY_TURNS)
            yield run, platform, run.ask(_KEYS)
    finally:
        platform.stop()


def _engine(run: Run, platform: FakePlatform, *, fault: str = "", probe_s: str = "") -> object:
    return run.program(
        ["manage.py", "engine", "--lane", "enforcement"],
        WATCHFLOOR_ENFORCEMENT_URL=platform.url,
        WATCHFLOOR_ENFORCEMENT_SECRETS=SECRET,
        WATCHFLOOR_OUTWARD_ALLOWED=f"127.0.0.1:{platform.port}",
        WATCHFLOOR_ENFORCEMENT_WORD_S="5",
        **({"WF_FAULT": fault} if fault else {}),
        **({"FAULT_PROBE_S": probe_s} if probe_s else {}),
    )


def _states(run: Run) -> dict[str, int]:
    return dict(run.ask(_STATES))


def _settled(run: Run) -> bool:
    return not set(_states(run)) & {"queued", "sending", "sent"}


def _settled_sooner(run: Run) -> bool:
    """Whether all is; what is to be tried again later is due at once."""
    with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:
        cursor.execute(
            "UPDATE escalations_enforcementaction SET next_at = now() WHERE state = 'queued' AND next_at > now()"
        )
    return _settled(run)


def dying(place: Place, step: str, *, actions: int = 12, waits: bool = False) -> list[Seen]:
    """kill -9 at one step of the third order; another engine goes on. `waits` for the lease instead of moving its clock.

    In short, only where most can go wrong are there messages of an appeal among the actions: asking them takes seconds.
    """
    with _with_platform(place, actions, with_messages=waits or step == "after_send") as (run, platform, keys):
        victim = _engine(run, platform, fault=f"{step}:kill9:{1 if step == 'lease_taken' else 3}")
        died = wait_until(lambda: victim.process.poll() is not None, 90)  # type: ignore[attr-defined]
        code = victim.process.poll()  # type: ignore[attr-defined]
        if not waits:
            with contextlib.closing(run.connect()) as admin, admin.cursor() as cursor:
                cursor.execute("UPDATE escalations_enforcementaction SET lease_until = now() WHERE state = 'sending'")
        _engine(run, platform)
        wait_until(lambda: _settled(run), 120)
        time.sleep(1.0)  # what would be sent a second time would be by now
        states, often = _states(run), Counter(platform.keys)
        unclear = run.ask("SELECT array_agg(key) FROM escalations_enforcementaction WHERE state = 'ambiguous'") or []
        return [
            Seen("did not die there", int(not died or code != -signal.SIGKILL), 0),
            Seen("orders lost", len(keys) - states.get("accepted", 0) - states.get("ambiguous", 0), 0),
            Seen("sent under another key", len(set(often) - set(keys)), 0),
            Seen("sent twice", sum(count > 1 for count in often.values()), 0),
            Seen("without a signature", sum(not asked.is_signed for asked in platform.asked), 0),
            Seen("unclear ones too many or too few", abs(len(unclear) - STEPS[step]), 0),
            Seen(
                "done but neither confirmed nor shown",
                len(set(platform.done)) - states.get("accepted", 0) - len(unclear),
                0,
            ),
        ]


BROKEN = {"broken": "ambiguous", "silent": "ambiguous", "drop": "ambiguous", "slow": "ambiguous", "conflict": "ambiguous", "take": "ambiguous", "refuse": "refused"}  # fmt: skip


def f24_platform(place: Place, *, away_s: float = 12.0, waits: bool = True) -> list[Seen]:
    """The platform breaks in each way at once, is busy and away for a while, and comes back.

    `waits` for when the breaker lets the next probe through and when the next tries are due (half a minute each) instead of
    making both come at once.
    """
    probe_s = "" if waits else "1"
    moods = list(BROKEN)
    with _with_platform(place, len(moods) + 4) as (run, platform, keys):
        platform.mood = "busy"
        broken, others = dict(zip(keys, moods, strict=False)), keys[len(moods) :]
        platform.moods = dict(broken)
        _engine(run, platform, probe_s=probe_s)
        _engine(run, platform, probe_s=probe_s)
        wait_until(lambda: len(set(platform.keys)) >= 4, 90)
        time.sleep(away_s)
        platform.mood = "accept"
        back = time.time()
        wait_until(lambda: _settled_sooner(run) if not waits else _settled(run), 150)
        found_s = time.time() - back
        with contextlib.closing(run.connect()) as conn, conn.cursor() as cursor:
            cursor.execute("SELECT key, state FROM escalations_enforcementaction")
            states = dict(cursor.fetchall())
        often = Counter(platform.keys)
        wrong = [f"{mood}: {states[key]}" for key, mood in broken.items() if states[key] != BROKEN[mood]]
        return [
            Seen(f"shown otherwise {wrong}", len(wrong), 0),
            Seen("lost", sum(states[key] != "accepted" for key in others), 0),
            Seen("unclear ones sent again", sum(often[key] > 1 for key in broken), 0),
            Seen("sent under another key", len(set(often) - set(states)), 0),
            Seen("found again after, s", found_s, 60),
        ]
