"""Lists and next best of somebody who sees some queues: merged queue by queue, and the same as read from the whole order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalations.operations import claims
from escalations.selectors import own_queues
from escalations.selectors import queue as selectors
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana():
    """A specialist with two queues of her own beside the default one, eight cases in each of three and one held elsewhere."""
    team = make_team()
    ana = make_user(name="Ana Silva", teams=[team])
    own = [make_queue(team=team), make_queue(team=team), make_queue(is_default=True)]
    strange = make_queue(team=make_team())
    for number in range(8):
        for place, queue in enumerate([strange, *own]):
            make_case(queue=queue, order_at=NOON + (4 * number + place) * MINUTE)
    make_case(queue=strange, assignee=ana, order_at=NOON + 5 * MINUTE)
    make_case(queue=own[0], assignee=ana, order_at=NOON + 6 * MINUTE)
    return ana


def pages_of(text: str, viewer, *, limit: int) -> list[list[str]]:
    compiled = selectors.filtered(text, viewer=viewer, at=NOON)
    page = selectors.page_of(compiled, viewer=viewer, at=NOON, limit=limit)
    found = [page]
    while page.older:
        page = selectors.page_of(compiled, viewer=viewer, at=NOON, limit=limit, cursor=page.older)
        found.append(page)
    while page.newer:
        page = selectors.page_of(compiled, viewer=viewer, at=NOON, limit=limit, cursor=page.newer)
    assert [row.ref for row in page.rows] == [row.ref for row in found[0].rows]  # and back to the first
    return [[row.ref for row in each.rows] for each in found]


@pytest.mark.parametrize("text", ["is:open", "is:open is:unclaimed", "is:open assignee:me", "is:open sev:0", ""])
def test_a_list_read_queue_by_queue_is_the_list(ana, text, monkeypatch):
    merged = pages_of(text, ana, limit=5)
    facts = selectors.facts_of(selectors.filtered(text, viewer=ana, at=NOON), viewer=ana, at=NOON)

    monkeypatch.setattr(own_queues, "sees_some", lambda viewer: False)

    assert merged == pages_of(text, ana, limit=5)
    assert facts == selectors.facts_of(selectors.filtered(text, viewer=ana, at=NOON), viewer=ana, at=NOON)
    assert text != "is:open" or sum(map(len, merged)) == 8 * 3 + 2


def test_next_best_over_several_queues_goes_by_the_order(ana):
    waiting = pages_of("is:open is:unclaimed", ana, limit=50)[0]

    taken = [claims.claim_next(by=ana, at=NOON) for _ in waiting]

    assert [case and case.ref for case in taken] == waiting
    assert claims.claim_next(by=ana, at=NOON) is None
