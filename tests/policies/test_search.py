"""Finding clauses by key, name and words, and suggesting them for a case."""

from __future__ import annotations

import pytest

from policies.operations.library import load_library
from policies.selectors import search_clauses, suggest_clauses
from tests.factories.people import NOON, internal_organization
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    internal_organization()
    load_library(at=NOON, by=None)


def _keys(found):
    return [hit.version.policy.key for hit in found]


FIRST = {
    "AD-FR-2.1": "AD-FR-2.1",
    "ad-fr-2": "AD-FR-2.1",
    "AD-FR-2.1@v3": "AD-FR-2.1",
    "cs-vi": "CS-VI-1.1",
    "Deceptive investment": "AD-FR-2.1",
    "guaranteed returns": "AD-FR-2.1",
    "guarantees a return": "AD-FR-2.1",
    "griefbot": "CS-AU-2.4",
    "recalled": "CO-RC-1.1",
    "doxx": "CS-PV-1.1",
    "polling date": "CS-EL-1.4",
    "hacked account": "PR-AC-1.1",
    "talk to your late father": "CS-AU-2.4",
    "cloaking": "AD-CL-1.2",
    "payday loan": "AD-FR-1.1",
}


def test_a_clause_is_found_by_key_title_synonym_words_and_example(library):
    assert {text: _keys(search_clauses(text, at=NOON, limit=5))[0] for text in FIRST} == FIRST


def test_a_section_that_is_called_so_lifts_its_clauses(library):
    found = search_clauses("fraud", at=NOON, surface="ads")

    assert {key[:5] for key in _keys(found)[:4]} == {"AD-FR", "CS-FR"}
    assert found[0].why.startswith("section “Fraud")


def test_an_unfinished_word_finds(library):
    assert "AD-FR-2.1" in _keys(search_clauses("guarant", at=NOON))


def test_accents_do_not_matter(library):
    assert _keys(search_clauses("grïefböt", at=NOON)) == ["CS-AU-2.4"]


def test_a_slip_of_the_keyboard_still_finds(library):
    found = search_clauses("sextorsion", at=NOON)

    assert {"CS-CE-3.1", "CS-AS-2.1"} <= set(_keys(found))
    assert found[0].why == "looks like “sextorsion”"


def test_what_matches_nothing_gives_nothing_and_no_error(library):
    hostile = ["'; DROP TABLE x; --", "& | ! ( ) : *", "\\", "%", "nul\0l", "a" * 5000, "\U0001f4a9"]
    assert all(isinstance(search_clauses(text, at=NOON), list) for text in hostile)

    assert [search_clauses(text, at=NOON) for text in ("", "   ", "zzzzqqq", "@v1")] == [[], [], [], []]


def test_a_surface_and_a_harm_narrow_the_search(library):
    every = _keys(search_clauses("fraud", at=NOON, limit=50))

    ads = search_clauses("fraud", at=NOON, surface="ads", limit=50)
    harm = search_clauses("fraud", at=NOON, harm="election_integrity", limit=50)

    assert 0 < len(ads) < len(every)
    assert all("ads" in hit.version.ladder for hit in ads)
    assert all("election_integrity" in hit.version.policy.harms for hit in harm)


def test_only_what_binds_at_the_time_is_found(library):
    then = search_clauses("CS-AU-2.4", at=NOON.replace(month=6))

    assert [hit.version.number for hit in then] == [3]
    assert search_clauses("CS-AU-2.4", at=NOON.replace(year=2020)) == []


def test_a_clause_taken_out_of_use_is_not_found():
    version = make_version(policy=make_policy(is_active=False), title="Unusual word zebrafish")

    assert search_clauses("zebrafish", at=NOON) == []
    version.policy.is_active = True
    version.policy.save()
    assert _keys(search_clauses("zebrafish", at=NOON)) == [version.policy.key]


def test_a_variant_takes_the_place_of_the_general_wording(library):
    assert [hit.version.citation for hit in search_clauses("CS-HC-1.2", at=NOON, market="DE")] == ["CS-HC-1.2@v2"]
    assert [hit.version.citation for hit in search_clauses("CS-HC-1.2", at=NOON, market="FR")] == ["CS-HC-1.2@v1"]
    assert _keys(search_clauses("slur", at=NOON, market="DE")).count("CS-HC-1.2") == 1


def test_a_search_takes_few_queries(library, django_assert_max_num_queries):
    search_clauses("warm", at=NOON)
    with django_assert_max_num_queries(3):
        assert search_clauses("guaranteed returns no risk", at=NOON)


def test_what_the_submitter_cited_comes_first_and_says_so(library):
    found = suggest_clauses(
        suspected_policy="AD-FR-2.1",
        harm="fraud_scam",
        surface="ads",
        text="46 ads from 9 advertisers promise guaranteed returns and hide the landing page by cloaking.",
        at=NOON,
    )

    assert len(found) == 3
    version, why = found[0]
    assert version.citation == "AD-FR-2.1@v9"
    assert why == "cited by the submitter, text match “guaranteed returns”"
    assert "AD-CL-1.2" in _keys(found)


@pytest.mark.parametrize("cited", ["ad-fr-2.1", "AD-FR-2.1@v7", " AD-FR-2.1 ", "AD-FR-2"])
def test_a_citation_is_understood_in_any_form(library, cited):
    found = suggest_clauses(suspected_policy=cited, harm="", surface="", text="", at=NOON)

    assert (found[0].version.policy.key, found[0].why) == ("AD-FR-2.1", "cited by the submitter")


def test_words_in_place_of_a_citation_are_quoted(library):
    found = suggest_clauses(suspected_policy="deceptive investment", harm="", surface="", text="", at=NOON)

    assert found[0].version.policy.key == "AD-FR-2.1"
    assert found[0].why == "the submitter wrote “deceptive investment”"


def test_clauses_of_one_harm_come_nearest_words_first(library):
    found = suggest_clauses(
        suspected_policy="",
        harm="fraud_scam",
        surface="ads",
        text="A presenter recommends a product she never used",
        at=NOON,
    )

    assert found[0].version.policy.key == "AD-FR-3.1"


def test_the_words_of_a_case_suggest_and_say_which(library):
    found = suggest_clauses(
        suspected_policy="", harm="", surface="organic", text="A griefbot of my late aunt writes to us.", at=NOON
    )

    assert found[0].version.policy.key == "CS-AU-2.4"
    assert found[0].why == "text match “griefbot”"


def test_a_harm_alone_suggests_clauses_of_the_surface(library):
    found = suggest_clauses(suspected_policy="", harm="commerce_safety", surface="commerce", text="", at=NOON)

    assert len(found) == 3
    assert all(hit.version.policy.key.startswith("CO-") for hit in found)
    assert {hit.why for hit in found} == {"matches harm “Commerce safety”"}


def test_nothing_known_suggests_nothing(library):
    assert suggest_clauses(suspected_policy="", harm="", surface="organic", text="", at=NOON) == []
    assert suggest_clauses(suspected_policy="ZZ-99", harm="unheard", surface="x", text="q\0qq", at=NOON) == []


def test_suggesting_asks_as_often_for_a_long_text(library, django_assert_max_num_queries):
    text = "People are asked to come armed to the polling station. " * 400
    with django_assert_max_num_queries(5):
        assert suggest_clauses(suspected_policy="stolen votes", harm="violence", surface="organic", text=text, at=NOON)
