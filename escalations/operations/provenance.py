"""Where a case came from, who found it and who decided: facts that statements of reasons need (ux.md DEC-18)."""

from __future__ import annotations

from escalations.models import Case


def provenance_of(case: Case) -> dict[str, object]:
    """Source, automated detection and automated decision, derived. Needs the case's `organization`."""
    source = "own_initiative" if case.organization.kind == "internal" else "notice"
    return {"source": source, "automated_detection": case.channel == "radar", "automated_decision": False}
