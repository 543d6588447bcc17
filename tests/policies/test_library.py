"""The clauses that come with the product, and bringing them into an installation."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.roles import Role
from audit.models import Event
from config.settings import BASE_DIR
from core.errors import Invalid, NotPermitted
from policies import events
from policies.library import LibraryError, read_library
from policies.lifecycle import Family, VersionState
from policies.models import Policy, PolicyVersion, effective_version
from policies.operations.library import load_library
from tests.factories.people import NOON, internal_organization, make_user, make_vendor

CLAUSES = read_library()
WORDINGS = [(clause, wording) for clause in CLAUSES for wording in clause.versions]


def test_there_are_at_least_180_clauses_with_histories_and_some_of_every_family():
    assert len(CLAUSES) >= 180
    assert all(2 <= len(clause.versions) <= 9 for clause in CLAUSES)
    assert {clause.family for clause in CLAUSES} == set(Family)
    assert min(sum(c.family == family for c in CLAUSES) for family in Family) >= 10


@pytest.mark.parametrize(("clause", "wording"), WORDINGS, ids=[f"{c.key}@v{w.number}" for c, w in WORDINGS])
def test_every_wording_is_complete(clause, wording):
    content = wording.content

    assert 20 <= len(content["rule"]) <= 240
    assert "\n" not in content["rule"]
    assert 1 <= len(content["elements"]) <= 6
    assert len(content["exceptions"]) <= 4
    is_newest = wording.number == max(w.number for w in clause.versions)
    fewest = 1 if is_newest else 0  # examples were added over time
    assert fewest <= len(content["violating_examples"]) <= 2
    assert fewest <= len(content["fine_examples"]) <= 2
    assert 3 <= len(content["title"]) <= 70
    assert len(content["public_rationale"]) >= 20
    assert content["public_rationale"] != content["rationale"]
    assert len(content["synonyms"]) >= 1
    assert content["changed_note"].endswith(".")
    assert 0 <= content["strike_weight"] <= 10


def test_most_clauses_have_two_elements_or_more():
    assert sum(len(wording.content["elements"]) >= 2 for _clause, wording in WORDINGS) >= 0.8 * len(WORDINGS)


def test_several_clauses_have_two_to_four_versions_and_one_changed_six_days_ago():
    histories = {clause.key: [w for w in clause.versions if not w.market] for clause in CLAUSES}

    assert sum(2 <= len(history) <= 4 for history in histories.values()) >= 15
    assert [(w.label.value, w.number) for h in histories.values() for w in h if w.days == 6] == [("substantive", 4)]


@pytest.mark.parametrize("clause", CLAUSES, ids=[clause.key for clause in CLAUSES])
def test_versions_follow_one_another(clause):
    for market in {wording.market for wording in clause.versions}:
        line = [w for w in clause.versions if w.market == market]

        assert [w.number for w in line] == list(range(line[0].number, line[0].number + len(line)))
        assert [w.days for w in line] == sorted({w.days for w in line}, reverse=True)
        assert len({str(w.content) for w in line}) == len(line), "a version that changes nothing"


def test_every_clause_was_in_force_long_before_it_is_loaded():
    """Past cases of a demo or an import cite what was in force then."""
    assert min(max(w.days for w in clause.versions if not w.market) for clause in CLAUSES) > 120


def test_clauses_of_one_section_share_its_name_and_no_two_sections_do():
    names = {}
    for clause in CLAUSES:
        names.setdefault(clause.key[:5], set()).add(clause.section)

    assert all(len(found) == 1 for found in names.values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[clause]]\nkey = "CS-VI-32"\n', "no key of a clause"),
        ('[[clause]]\nkey = "CS-QQ-1.1"\n', "no section"),
        ('[[clause]]\nkey = "CS-VI-1.1"\nharms = ["gloom"]\n', "unknown harms"),
        ('[[clause]]\nkey = "CS-VI-1.1"\ntitle = "t"\nrule = "r"\npublic = "p"\nsince = 1\n', "ladder"),
        (
            '[[clause]]\nkey = "CS-VI-1.1"\ntitle = "t"\nrule = "r"\npublic = "p"\nsince = 1\nany = ["No key"]\n'
            'ladder = { organic = "strike" }\n',
            "does not begin with a key",
        ),
        (
            '[[clause]]\nkey = "CS-VI-1.1"\ntitle = "t"\nrule = "r"\npublic = "p"\nsince = 1\nany = ["a: One"]\n'
            'ladder = { organic = "shout" }\n',
            "unknown action",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_clause_in_the_message(tmp_path, text, said):
    (tmp_path / "sections.toml").write_text('[CS-VI]\nname = "V"\nharms = ["violence"]\nsor = "VIOLENCE"\n')
    (tmp_path / "wrong.toml").write_text(text)

    with pytest.raises(LibraryError, match=said):
        read_library(tmp_path)


@pytest.mark.django_db
def test_loading_brings_every_clause_into_force():
    internal_organization()

    loaded = load_library(at=NOON, by=None)

    assert (loaded.clauses, loaded.versions) == (len(CLAUSES), len(WORDINGS))
    general = PolicyVersion.objects.effective(at=NOON).filter(market="")
    assert general.count() == len(CLAUSES)
    changed = general.get(policy__key="CS-AU-2.4")
    assert changed.number == 4
    assert changed.effective_from == datetime(2026, 11, 10, tzinfo=UTC)


@pytest.mark.django_db
def test_loading_again_later_changes_nothing():
    internal_organization()
    load_library(at=NOON, by=None)
    before = list(PolicyVersion.objects.order_by("id").values())

    again = load_library(at=NOON + timedelta(days=30), by=None)

    assert (again.clauses, again.versions, again.unchanged, again.differing) == (0, 0, len(WORDINGS), [])
    assert list(PolicyVersion.objects.order_by("id").values()) == before


@pytest.mark.django_db
def test_the_log_holds_one_event_per_version_and_belongs_to_the_internal_organization():
    editor = make_user(roles=[Role.POLICY_EDITOR])

    load_library(at=NOON, by=editor, clauses=CLAUSES[:3])

    recorded = Event.objects.filter(kind=events.POLICY_VERSION_EFFECTIVE)
    assert recorded.count() == sum(len(clause.versions) for clause in CLAUSES[:3])
    assert set(recorded.values_list("organization_id", "actor_id")) == {(internal_organization().id, editor.id)}
    assert Event.objects.filter(kind=events.POLICY_CREATED).count() == 3


def _with_new_version(clause, *, days):
    last = clause.versions[-1]
    content = dict(last.content) | {"rule": "An altogether different rule."}
    return replace(
        clause, versions=[*clause.versions, replace(last, number=last.number + 1, days=days, content=content)]
    )


@pytest.mark.django_db
def test_a_version_the_files_gained_ends_the_one_before_it():
    internal_organization()
    clause = next(clause for clause in CLAUSES if clause.key == "CS-CH-1.1")
    load_library(at=NOON, by=None, clauses=[clause])

    loaded = load_library(at=NOON + timedelta(days=10), by=None, clauses=[_with_new_version(clause, days=2)])

    *_older, old, new = PolicyVersion.objects.filter(policy__key=clause.key).order_by("number")
    assert (loaded.versions, loaded.unchanged) == (1, len(clause.versions))
    assert (old.state, old.effective_to) == (VersionState.RETIRED, new.effective_from)
    assert new.effective_from == datetime(2026, 11, 24, tzinfo=UTC)
    assert Event.objects.filter(kind=events.POLICY_VERSION_RETIRED).count() == 1


@pytest.mark.django_db
def test_a_new_version_that_would_begin_before_the_old_one_is_refused():
    internal_organization()
    clause = next(clause for clause in CLAUSES if clause.key == "CS-CH-1.1")
    load_library(at=NOON, by=None, clauses=[clause])

    with pytest.raises(Invalid, match="fewer days"):
        load_library(at=NOON, by=None, clauses=[_with_new_version(clause, days=500)])


@pytest.mark.django_db
def test_a_file_that_reads_differently_is_reported_and_not_applied():
    internal_organization()
    clause = next(clause for clause in CLAUSES if clause.key == "CS-CH-1.1")
    load_library(at=NOON, by=None, clauses=[clause])
    wording = clause.versions[0]
    edited = replace(wording, content=dict(wording.content) | {"rule": "Quietly changed."})

    loaded = load_library(at=NOON, by=None, clauses=[replace(clause, versions=[edited])])

    assert loaded.differing == ["CS-CH-1.1@v1"]
    assert PolicyVersion.objects.get(policy__key="CS-CH-1.1", number=1).rule == wording.content["rule"]


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.VENDOR_KEY, Role.INTERNAL_KEY}))
def test_policy_editors_and_administrators_load_the_library(role):
    is_vendor = role in (Role.VENDOR_SUBMITTER, Role.VENDOR_LEAD)
    user = make_user(roles=[role], organization=make_vendor() if is_vendor else None)
    internal_organization()

    if role in (Role.POLICY_EDITOR, Role.ADMIN):
        assert load_library(at=NOON, by=user, clauses=CLAUSES[:1]).clauses == 1
    else:
        with pytest.raises(NotPermitted):
            load_library(at=NOON, by=user, clauses=CLAUSES[:1])
        assert not Policy.objects.exists()


@pytest.mark.django_db
def test_a_variant_binds_in_its_market_and_the_general_wording_elsewhere():
    internal_organization()
    clause = next(clause for clause in CLAUSES if clause.key == "CS-HC-1.2")
    load_library(at=NOON, by=None, clauses=[clause])
    policy = Policy.objects.get(key=clause.key)

    assert effective_version(policy, NOON, "DE").market == "DE"
    assert effective_version(policy, NOON, "FR").market == ""
    assert effective_version(policy, NOON).market == ""
    assert effective_version(policy, NOON - timedelta(days=250), "DE").market == ""


@pytest.mark.django_db(transaction=True)
def test_the_command_loads_the_library_as_the_engines_role_and_says_what_it_did(database_clone):
    internal_organization()
    environment = os.environ | {
        "DATABASE_URL": database_clone.url("wf_engine"),
        "WATCHFLOOR_DB_ROLE": "wf_engine",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }

    said = [
        subprocess.run(
            [sys.executable, "manage.py", "load_policies"],
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for _turn in range(2)
    ]

    assert said[0].startswith(f"{len(CLAUSES)} clauses and {len(WORDINGS)} versions added")
    assert said[1].startswith(f"0 clauses and 0 versions added, {len(WORDINGS)} versions already here")
    assert Policy.objects.count() == len(CLAUSES)
