"""Where a case came from, who found it and who decided: facts that statements of reasons need (ux.md DEC-18)."""

from __future__ import annotations

import re

from escalations.models import Case

# What a submitter calls the obligation behind a deadline, where that is an order of a court or an authority ("in order to" is none).
_ORDER = re.compile(r"(?<!\bin )\border(s|ed)?\b|\b(injunction|subpoena|warrant|court ruling)s?\b", re.IGNORECASE)


def provenance_of(case: Case) -> dict[str, object]:
    """Source, automated detection and automated decision, derived. Needs the case's `organization`.

    The source is an order where the reason of the case's deadline names one, else a notice, or for our own cases our initiative.
    """
    source = "own_initiative" if case.organization.kind == "internal" else "notice"
    if _ORDER.search(case.deadline_reason):
        source = "order"
    return {"source": source, "automated_detection": case.channel == "radar", "automated_decision": False}
