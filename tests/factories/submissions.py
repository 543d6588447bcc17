"""Bodies of submissions for tests. Every field may be replaced; None removes it."""

from __future__ import annotations

from typing import Any


def submission_body(**changes: Any) -> dict[str, Any]:
    """A body that is accepted: the six things that are needed, and one piece of evidence."""
    body: dict[str, Any] = {
        "title": "Fake broker ads using a doctored news clip",
        "ask": "Pause these ads today.",
        "surface": "ads",
        "suspected_policy": "AD-FR-2.1",
        "language": "es",
        "subjects": [{"kind": "ad", "platform": "vid", "url": "https://vid.example/ads/7731"}],
        "evidence": [{"kind": "url", "url": "https://vid.example/shots/7731.png"}],
    }
    body |= changes
    return {name: value for name, value in body.items() if value is not None}
