"""A report page drawn for one reader, to be printed: their scope, their zone, the active language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import engine
from core.errors import Invalid
from escalations.filters import within
from reporting.documents.brief import day
from reporting.documents.reports import Meaning, Printed
from reporting.measures import MEASURES, Measure
from reporting.pages import Page
from reporting.pages.asking import COMPARE_LABELS, Compare, asked_by
from reporting.pages.ranges import in_words

PANEL_WITHIN_S = 10.0  # below the fifteen seconds of the engine's watchdog


def print_page(page: Page, viewer: User, given: Mapping[str, str], *, name: str, at: datetime) -> Printed:
    """Draw every panel of `page` for `viewer` as the address's parameters `given` ask (`q`, `range`, `compare`, `zone`).

    `at` aware UTC. Whoever prints counts with the viewer's own scope. Raises `Invalid` for parameters that mean nothing to this
    viewer, `TooSlow` where a panel takes longer than ten seconds; whatever a panel raises goes on, since a report without one of its parts would look whole.
    """
    asked = asked_by(viewer, given, at=at)
    if not asked.is_valid:
        raise Invalid(" ".join([*asked.problems, *asked.compiled.sentences]), code="bad_report")
    ask = asked.ask
    said = [
        (_("Period"), in_words(ask.span(page.range), ask.zone)),
        (_("Filter"), ask.text or _("none")),
        (_("Times in"), str(ask.zone)),
    ]
    if ask.compare is not Compare.NONE:
        said.append((_("Compared with"), str(COMPARE_LABELS[ask.compare])))
    drawn = []
    for panel in page.panels:
        drawn.append((panel, within(PANEL_WITHIN_S, partial(panel.draw, ask))))
        engine.progress()  # each within its own time limit; all of them may take longer than the watchdog waits
    keys = dict.fromkeys(
        key
        for panel, answer in drawn
        for key in (*panel.measures, *(tile.measure for tile in answer.tiles if tile.measure))
    )
    meanings = [meaning_of(MEASURES[key]) for key in keys if key in MEASURES]
    notes = {
        panel.key: [
            (day(timezone.localtime(note.at, ask.zone).date()), note.text, str(note.kind_label))
            for note in ask.annotations(ask.shown_window(panel))
            if note.is_flag
        ]
        for panel in page.panels
        if panel.is_over_time
    }
    return Printed(page, drawn, said, name, viewer.display_name, at, meanings, notes)


def meaning_of(measure: Measure) -> Meaning:
    """What stands of a measure on the sheet of definitions."""
    return Meaning(
        measure.kpi,
        str(measure.label),
        str(measure.formula),
        str(measure.population),
        str(measure.exclusions),
        str(measure.owner),
        measure.view,
    )
