"""Who has a case open just now. Kept in Redis only: it matters for a minute, and losing it costs nothing.

One sorted set holds every pair of case and person with the instant it lapses; a page says every twenty seconds that it is still
seen. Without Redis nobody is seen anywhere, and everything else goes on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from redis.exceptions import RedisError

from accounts.models import User
from core import live

SEEN_FOR_S = 45
PASSED_FOR_S = 8 * 3600
_KEY = "presence"


@dataclass(frozen=True)
class Viewer:
    """Somebody looking at a case."""

    user_id: int
    initials: str


def enter(case_id: int, viewer: User) -> bool:
    """Note that `viewer` sees the case; answers whether they were not there before."""
    now = time.time()
    try:
        with live.client().pipeline(transaction=False) as pipe:
            pipe.zremrangebyscore(_KEY, "-inf", now)
            pipe.zadd(_KEY, {f"{case_id}:{viewer.pk}:{viewer.initials}": now + SEEN_FOR_S})
            return bool(pipe.execute()[1])
    except RedisError:
        return False


def leave(case_id: int, viewer: User) -> bool:
    """Note that `viewer` has left the case; answers whether they were there."""
    try:
        return bool(live.client().zrem(_KEY, f"{case_id}:{viewer.pk}:{viewer.initials}"))
    except RedisError:
        return False


def viewers(case_ids: Iterable[int] | None = None) -> dict[int, list[Viewer]]:
    """Who looks at which case (of `case_ids`, or of all). One round trip."""
    try:
        members = live.client().zrangebyscore(_KEY, time.time(), "+inf")
    except RedisError:
        return {}
    wanted = None if case_ids is None else set(case_ids)
    found: dict[int, list[Viewer]] = {}
    for member in cast("list[bytes]", members):
        case_id, user_id, initials = member.decode().split(":", 2)
        if wanted is None or int(case_id) in wanted:
            found.setdefault(int(case_id), []).append(Viewer(int(user_id), initials))
    return found


def passed(case_id: int, person: User) -> None:
    """Remember for a shift that `person` passed the case on, so that "next best" does not hand it straight back."""
    try:
        with live.client().pipeline(transaction=False) as pipe:
            pipe.sadd(f"passed:{person.pk}", case_id)
            pipe.expire(f"passed:{person.pk}", PASSED_FOR_S)
            pipe.execute()
    except RedisError:
        return


def to_pass_over(person: User) -> set[int]:
    """Cases that "next best" leaves for later: those others look at, and those `person` passed on."""
    found = {case_id for case_id, who in viewers().items() if any(one.user_id != person.pk for one in who)}
    try:
        members = live.client().smembers(f"passed:{person.pk}")
    except RedisError:
        return found
    return found | {int(member) for member in cast("set[bytes]", members)}
