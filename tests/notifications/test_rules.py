"""Every event kind of every app has a text and a rule, or a reason why nobody is told."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from notifications import rules
from notifications.lifecycle import EventClass
from notifications.selectors import texts

ROOT = Path(settings.BASE_DIR)


def kinds() -> Iterator[tuple[str, str]]:
    """Every event kind, with the module that names it."""
    for path in sorted(ROOT.glob("*/events.py")):
        module = importlib.import_module(f"{path.parent.name}.events")
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, str):
                yield value, f"{path.parent.name}.events.{name}"


KINDS = dict(kinds())


def test_there_are_kinds_to_check():
    assert len(KINDS) > 60


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_text_and_says_who_is_told_or_why_nobody_is(kind):
    told, silent = kind in rules.RULES, kind in rules.SILENT

    assert told != silent, (
        f"{KINDS[kind]} needs an entry in notifications/rules.py: in RULES, or in SILENT with a reason"
    )
    if silent:
        assert rules.SILENT[kind].why
    else:
        assert all(rule.told for rule in rules.RULES[kind])
    event = SimpleNamespace(kind=kind, data={}, actor_label="Ana", subject_ref="ESC-1")
    assert "%" not in texts.line(event).replace(" % ", " ")


@pytest.mark.parametrize("kind", sorted({*rules.RULES, *rules.SILENT}))
def test_no_rule_outlives_its_kind(kind):
    assert kind in KINDS


@pytest.mark.parametrize("kind", sorted(rules.RULES))
def test_the_last_rule_of_a_kind_fits_whatever_the_event_carries_or_nobody_is_told_by_choice(kind):
    for rule in rules.RULES[kind][:-1]:
        assert rule.only or rule.at_least  # or the rules after it could never hold


def test_every_class_has_defaults():
    assert set(rules.DEFAULTS) == set(EventClass)
