"""Figures over HTTP: a vendor's key reads what its scorecard shows, of its own cases alone."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import jsonschema
import pytest

from core.clock import db_now
from escalations.api.documentation import document
from escalations.models import Case
from reporting.operations import facts
from reporting.selectors import figures
from reporting.selectors.figures import Scope, Window
from reporting.selectors.scorecard import KPIS
from tests.escalations.api_client import Caller
from tests.factories.cases import make_case
from tests.factories.people import internal_organization

pytestmark = pytest.mark.django_db
CONTRACT = document()


def read(caller, path, **query):
    """Read it, and hold the answer against the contract."""
    answer = caller.get(path, query)
    assert answer.status_code == 200, answer.content
    told = "measures/" if path == "measures/" else "measures/{key}/"
    schema = CONTRACT["paths"][f"/api/v1/{told}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator(schema | {"components": CONTRACT["components"]}).validate(answer.json())
    return answer.json()


@pytest.fixture
def caller():
    """A vendor's key, beside cases of its own, a restricted one and another vendor's."""
    caller, stranger, at = Caller(), Caller(), db_now() - timedelta(days=2)
    own = caller.key.organization
    for language in ("es", "es", "de"):
        make_case(organization=own, language=language, received_at=at)
    make_case(organization=own, received_at=at, compartments=["CHILD_SAFETY"])
    make_case(organization=stranger.key.organization, received_at=at)
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    return caller


def test_a_key_reads_the_figures_of_its_scorecard_and_of_its_own_cases_alone(caller):
    listed = read(caller, "measures/")
    found = read(caller, "measures/raw_volume/", range="7d", by="language", every="day", zone="Asia/Kathmandu")
    window = Window.last(days=7, at=db_now(), zone=figures.ZoneInfo("UTC"))
    ours = figures.figure("raw_volume", scope=Scope.of_vendor(caller.key.organization_id), window=window)

    assert [each["key"] for each in listed["results"]] == list(KPIS)
    assert found["figure"]["n"] == ours.n == 3
    assert [(each["values"]["language"]["key"], each["figure"]["n"]) for each in found["slices"]] == [
        ("es", 2),
        ("de", 1),
    ]
    assert sum(each["figure"]["n"] for each in found["points"]) == 3


def test_every_example_of_the_contract_is_answered_and_a_small_share_is_no_rate(caller):
    asked = CONTRACT["paths"]["/api/v1/measures/{key}/"]["get"]["parameters"]
    examples = {each["name"]: each["schema"]["examples"][0] for each in asked if each["in"] == "query"}

    assert examples.keys() == {"range", "zone", "by", "every"}
    for key in KPIS:
        for query in (examples, *({name: value} for name, value in examples.items())):
            figure = read(caller, f"measures/{key}/", **query)["figure"]
            assert figure["denominator"] is None or figure["n"] >= 10 or figure["value"] is None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"range": "soon"}, "/range"),
        ({"range": "2026-02-30..2026-03-01"}, "/range"),
        ({"zone": "Mars/Olympus"}, "/zone"),
        ({"zone": "../../etc/passwd"}, "/zone"),
        ({"by": "assignee"}, "/by"),
        ({"by": "language,language"}, "/by"),
        ({"by": "language,"}, "/by"),
        ({"every": "year"}, "/every"),
        ({"every": "hour", "range": "52w"}, "/every"),
        ({"team": "x"}, "/team"),
    ],
)
def test_bad_input_is_named(query, pointer):
    answer = Caller().get("measures/ttr_p90/", query)

    assert answer.status_code == 422, urlencode(query)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_who_reads_nothing(caller):
    internal = Caller(organization=internal_organization(), scopes=("cases:*", "submissions:read"))
    sandbox = Caller(organization=caller.key.organization, is_sandbox=True)

    assert internal.get("measures/").status_code == internal.get("measures/raw_volume/").status_code == 403
    assert Caller(scopes=("submissions:write",)).get("measures/").status_code == 403
    assert read(sandbox, "measures/raw_volume/")["figure"]["n"] == 0
    for address in ("measures/gap_rate/", "measures/nothing/", "measures/%0Araw_volume/"):
        answer = caller.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
