"""What the library does on its own events: open screens hear that a clause or a guidance reads differently now."""

from __future__ import annotations

from audit.models import Event
from core import live
from policies import events

HEARD = (
    events.POLICY_VERSION_EFFECTIVE,
    events.POLICY_VERSION_RETIRED,
    events.GUIDANCE_STARTED,
    events.GUIDANCE_ENDED,
)
SIGNAL = "policy.changed"


def tell_screens(event: Event) -> None:
    """Publish `policy.changed {key}`: the clause's key, or the guidance's name. Ids only; whoever reads the library hears it."""
    key = event.data.get("key") or event.data.get("name", "").split(" ")[0]
    live.publish(SIGNAL, {"library": True}, {"key": key})
