"""Word by word differences."""

from __future__ import annotations

import pytest

from policies.changes import changes_between, pieces_between
from tests.factories.policies import make_version


def _written(old, new):
    marks = {"same": "{}", "del": "[-{}-]", "ins": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces_between(old, new))


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        ("No threats.", "No threats.", "No threats."),
        ("from the estate.", "from the family.", "from the [-estate-][+family+]."),
        ("to sell.", "to sell or collect.", "to sell[+ or collect+]."),
        ("gone", "", "[-gone-]"),
        ("", "new", "[+new+]"),
    ],
)
def test_whole_words_are_marked(old, new, written):
    assert _written(old, new) == written


@pytest.mark.django_db
def test_only_the_parts_that_differ_are_listed():
    element = {"key": "target", "text": "A person is meant.", "group": "all"}
    before = make_version(number=1, state="draft", elements=[element, {"key": "old", "text": "Old.", "group": "all"}])
    after = make_version(
        number=2,
        state="draft",
        elements=[element],
        rule="No threats at all.",
        ladder={"organic": [[{"type": "account_suspend", "days": 7}]]},
    )

    changes = {str(change.part): change.pieces for change in changes_between(before, after)}

    assert set(changes) == {"Rule", "Element “old”", "Ladder for Organic"}
    assert [piece.kind for piece in changes["Element “old”"]] == ["del"]
