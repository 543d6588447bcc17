"""Who has a case open just now. Kept in Redis only: it matters for a minute, and losing it costs nothing.

One sorted set holds every pair of case and person with the instant it lapses; a page says every twenty seconds that it is still
seen. Without Redis nobody is seen anywhere, and everything else goes on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from accounts.models import User
from core import live

SEEN_FOR_S = 45
PASSED_FOR_S = 8 * 3600
_KEY, _DOING = "presence:2", "presence:doing"


@dataclass(frozen=True)
class Viewer:
    """Somebody looking at a case."""

    user_id: int
    initials: str
    name: str = ""
    doing: str = ""

    @property
    def said(self) -> str:
        """Their name, and what they write just now."""
        if self.doing not in DOING:
            return self.name
        return str(_("%(name)s (%(doing)s)") % {"name": self.name, "doing": DOING[self.doing]})


# What somebody may be at, as their page says it: the field that has the cursor.
DOING = {"note": _("writing a note"), "reply": _("writing a reply"), "decision": _("deciding")}


def enter(case_id: int, viewer: User, *, doing: str = "") -> bool:
    """Note that `viewer` sees the case, and what of `DOING` they are at; answers whether that is news."""
    now = time.time()
    field = f"{case_id}:{viewer.pk}"
    try:
        with live.client().pipeline(transaction=False) as pipe:
            pipe.zremrangebyscore(_KEY, "-inf", now)
            pipe.zadd(_KEY, {_member(case_id, viewer): now + SEEN_FOR_S})
            pipe.hget(_DOING, field)
            if doing in DOING:
                pipe.hset(_DOING, field, doing)
            else:
                pipe.hdel(_DOING, field)
            pipe.expire(_DOING, PASSED_FOR_S)
            answers = pipe.execute()
    except RedisError:
        return False
    before = answers[2].decode() if answers[2] else ""
    return bool(answers[1]) or before != (doing if doing in DOING else "")


def leave(case_id: int, viewer: User) -> bool:
    """Note that `viewer` has left the case; answers whether they were there."""
    try:
        with live.client().pipeline(transaction=False) as pipe:
            pipe.zrem(_KEY, _member(case_id, viewer))
            pipe.hdel(_DOING, f"{case_id}:{viewer.pk}")
            return bool(pipe.execute()[0])
    except RedisError:
        return False


def viewers(case_ids: Iterable[int] | None = None) -> dict[int, list[Viewer]]:
    """Who looks at which case (of `case_ids`, or of all). One round trip."""
    try:
        with live.client().pipeline(transaction=False) as pipe:
            pipe.zrangebyscore(_KEY, time.time(), "+inf")
            pipe.hgetall(_DOING)
            members, at_work = pipe.execute()
    except RedisError:
        return {}
    wanted = None if case_ids is None else set(case_ids)
    found: dict[int, list[Viewer]] = {}
    for member in cast("list[bytes]", members):
        case_id, user_id, initials, name = member.decode().split(":", 3)
        if wanted is None or int(case_id) in wanted:
            doing = at_work.get(f"{case_id}:{user_id}".encode(), b"").decode()
            found.setdefault(int(case_id), []).append(Viewer(int(user_id), initials, name, doing))
    return found


def _member(case_id: int, viewer: User) -> str:
    initials = viewer.initials.replace(":", "")
    return f"{case_id}:{viewer.pk}:{initials}:{viewer.display_name}"


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
