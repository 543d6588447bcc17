"""Measures over HTTP: what each means, and one measure's figures. The same definitions and rows as the scorecard of the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ServiceKey
from core.api.views import ApiView, read_query
from core.errors import FieldProblem, Invalid, NotFound, NotPermitted
from escalations.api.submissions import at_of, key_of
from reporting.api import documentation as docs
from reporting.measures import MEASURES, Measure
from reporting.pages import ranges
from reporting.selectors import figures
from reporting.selectors.figures import Figure, Scope, Slice, Window

Json = dict[str, Any]
MOST_POINTS = 400


class Measures(ApiView):
    """What can be asked for."""

    scopes = {"GET": "submissions:read"}

    @docs.list_measures
    def get(self, request: Request) -> Response:
        _scope(key_of(request))
        read_query(request, {})
        return Response(
            {"results": [_definition(MEASURES[key]) for key in docs.TOLD], "as_of": figures.as_of().isoformat()}
        )


class MeasureFigures(ApiView):
    """One measure of the key's own organization."""

    scopes = {"GET": "submissions:read"}

    @docs.read_measure
    def get(self, request: Request, key: str) -> Response:
        scope, at = _scope(key_of(request)), at_of(request)
        asked = read_query(request, docs.MEASURE_QUERY)
        if key not in docs.TOLD:
            raise NotFound
        zone: ZoneInfo = _zone(asked.get("zone") or "UTC")
        window = Window(*ranges.parse(asked.get("range") or "28d", at=at, zone=zone).span)
        by, every = _dimensions(asked.get("by") or ""), asked.get("every") or ""
        whole = figures.figure(key, scope=scope, window=window, at=at)
        told: Json = {
            "measure": _definition(MEASURES[key]),
            "start": window.start.isoformat(),
            "end": window.end.isoformat(),
            "as_of": whole.as_of.isoformat(),
            "figure": _figure(whole),
        }
        if by:
            slices = figures.breakdown(key, scope=scope, window=window, by=by, at=at)
            told["slices"] = [_slice(by, each) for each in slices]
        if every:
            told["points"] = _points(key, scope, window, every, at, zone)
        return Response(told)


def _scope(key: ServiceKey) -> Scope:
    """Whose rows count. Raises `NotPermitted` for keys that read no reports; a test key's cases are never counted."""
    scope = figures.scope_of(key)
    if scope.is_empty:
        raise NotPermitted("Keys of a vendor read figures, of their own organization.", rule="reports")
    return Scope(is_empty=True) if key.is_sandbox else scope


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # no such name, or none that may be looked up
        detail = "There is no such time zone: send a name such as Europe/Madrid, or leave it out for UTC."
        raise Invalid(errors=[FieldProblem("/zone", "unknown_zone", detail)]) from None


def _dimensions(text: str) -> list[str]:
    by = [each.strip() for each in text.split(",")] if text else []
    if len(by) > 2 or len(set(by)) != len(by) or not set(by) <= set(docs.DIMENSIONS_TOLD):
        detail = f"Send one or two different ones, with a comma between: {', '.join(docs.DIMENSIONS_TOLD)}."
        raise Invalid(errors=[FieldProblem("/by", "unknown_dimension", detail)])
    return by


def _points(key: str, scope: Scope, window: Window, every: str, at: datetime, zone: ZoneInfo) -> list[Json]:
    windows = figures.split(window, every, zone=zone)
    if len(windows) > MOST_POINTS:
        detail = f"That is {len(windows)} points; at most {MOST_POINTS}. Ask for a shorter range or larger steps."
        raise Invalid(errors=[FieldProblem("/every", "too_many", detail)])
    points = figures.series(key, scope=scope, windows=windows, at=at, zone=zone)
    return [
        {"start": each.window.start.isoformat(), "end": each.window.end.isoformat(), "figure": _figure(each.figure)}
        for each in points
    ]


def _definition(measure: Measure) -> Json:
    return {
        "key": measure.key,
        "kpi": measure.kpi,
        "label": str(measure.label),
        "question": str(measure.question),
        "formula": measure.formula,
        "population": str(measure.population),
        "exclusions": str(measure.exclusions),
        "owner": str(measure.owner),
        "unit": measure.unit.value,
        "better": measure.better,
        "matures_after_days": measure.matures_after_days,
        "dimensions": [each for each in docs.DIMENSIONS_TOLD if each in measure.dimensions],
    }


def _figure(figure: Figure) -> Json:
    return {
        "value": figure.value,
        "n": figure.n,
        "low": figure.low,
        "high": figure.high,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "too_small": figure.too_small,
        "maturing": figure.maturing,
    }


def _slice(by: Sequence[str], found: Slice) -> Json:
    values = {key: {"key": value.key, "label": str(value.label)} for key, value in zip(by, found.values, strict=True)}
    return {"values": values, "figure": _figure(found.figure)}
