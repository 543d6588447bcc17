"""What the database refuses, asked past Python."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from policies.models import Policy, PolicyVersion
from tests.factories.people import NOON
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def _refused(sql, params, match):
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.mark.parametrize("key", ["CS-VI-32", "CS-vi-3.2", "CS-VI-0.1", "CS-VI-3.2 ", "CS-VIO-3.2"])
def test_a_key_of_another_form_is_refused(key):
    _refused(
        "INSERT INTO policies_policy (key, family, section, harms, is_active) VALUES (%s, 'community_standards', 's', '{}', true)",
        [key],
        "policy_key_is_well_formed",
    )


def test_a_key_begins_with_its_family():
    with pytest.raises(IntegrityError, match="policy_key_begins_with_its_family"), transaction.atomic():
        Policy.objects.create(key="AD-FR-2.1", family="commerce", section="s")


@pytest.mark.parametrize("change", ["key = 'CS-YY-1.1'", "family = 'commerce'"])
def test_a_clause_keeps_its_key_and_family(change):
    policy = make_policy()

    _refused(f"UPDATE policies_policy SET {change} WHERE id = %s", [policy.id], "keeps its key")


def test_two_versions_never_hold_at_one_instant_for_one_market():
    first = make_version(end=NOON + DAY)

    with pytest.raises(IntegrityError, match="policy_version_one_per_instant"), transaction.atomic():
        make_version(policy=first.policy, number=2, start=NOON)
    make_version(policy=first.policy, number=2, start=NOON + DAY)
    make_version(policy=first.policy, number=3, start=NOON, market="DE")


def test_a_number_is_used_once_per_clause():
    version = make_version(end=NOON)

    with pytest.raises(IntegrityError, match="policy_version_number_is_unique"), transaction.atomic():
        make_version(policy=version.policy, start=NOON)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("effective = NULL", "policy_version_dated_iff_published"),
        ("state = 'draft'", "policy_version_dated_iff_published"),
        ("effective = tstzrange(NULL, NULL)", "policy_version_starts_at_an_instant"),
        ("effective = 'empty'", "policy_version_starts_at_an_instant"),
        ("effective = tstzrange('2099-01-01', '2100-01-01', '[]')", "policy_version_starts_at_an_instant"),
        ("effective = tstzrange('2099-01-01', '2100-01-01', '()')", "policy_version_starts_at_an_instant"),
        ("state = 'retired'", "policy_version_retired_has_an_end"),
        ("market = 'de'", "policy_version_market_is_a_country"),
        ("number = 0", "policy_version_number_from_one"),
        ("strike_weight = 11", "policy_version_strike_weight_to_ten"),
    ],
)
def test_a_scheduled_version_keeps_its_form(change, constraint):
    version = make_version(state="scheduled", start=NOON + timedelta(days=3650))

    _refused(f"UPDATE policies_policyversion SET {change} WHERE id = %s", [version.id], constraint)


CONTENT = [
    "title = 'x'",
    "rule = 'x'",
    "rationale = 'x'",
    "public_rationale = 'x'",
    "elements = '[]'",
    "logic = 'any'",
    "exceptions = '[1]'",
    "violating_examples = '[1]'",
    "fine_examples = '[1]'",
    "ladder = '{}'",
    "strike_weight = 9",
    "sor_category = 'x'",
    "sor_keywords = '[1]'",
    "synonyms = '[1]'",
    "changed_note = 'x'",
    "number = 7",
    "label = 'editorial'",
    "market = 'DE'",
    "created_at = now()",
    "definitions = '[1]'",
    "decision_tree = '[1]'",
    "needs_legal = true",
    "needs_acknowledgement = true",
    "based_on_id = id",
    "writers = '{7}'",
    "revision = 7",
    "submitted_at = now()",
    "legal_at = now()",
    "published_at = now()",
    "sunset_at = now()",
]


def test_every_column_of_content_is_among_those_tried():
    tried = {change.split(" = ")[0] for change in CONTENT}
    columns = {field.column for field in PolicyVersion._meta.concrete_fields}

    assert columns - tried == {
        "id",
        "policy_id",
        "author_id",
        "submitted_by_id",
        "legal_by_id",
        "published_by_id",
        "state",
        "effective",
        "search",
    }


@pytest.mark.parametrize("change", CONTENT)
def test_a_version_in_force_never_changes(change):
    version = make_version()

    _refused(f"UPDATE policies_policyversion SET {change} WHERE id = %s", [version.id], "never changes")


def test_a_retired_version_never_changes_either():
    version = make_version(state="retired", end=NOON)

    _refused("UPDATE policies_policyversion SET rule = 'x' WHERE id = %s", [version.id], "never changes")


def test_a_scheduled_version_whose_time_has_come_is_as_fixed_as_one_in_force():
    version = make_version(state="scheduled")

    _refused("UPDATE policies_policyversion SET rule = 'x' WHERE id = %s", [version.id], "never changes")


def test_drafts_and_versions_still_to_come_may_change_and_go():
    draft = make_version(state="draft")
    coming = make_version(policy=draft.policy, number=2, state="scheduled", start=NOON + timedelta(days=3650))

    PolicyVersion.objects.filter(id__in=[draft.id, coming.id]).update(rule="Another.")
    PolicyVersion.objects.filter(id__in=[draft.id, coming.id]).delete()

    assert not PolicyVersion.objects.filter(policy=draft.policy).exists()


@pytest.mark.parametrize(("state", "end"), [("effective", None), ("retired", NOON)])
def test_what_was_in_force_is_never_deleted(state, end):
    version = make_version(state=state, end=end)

    _refused("DELETE FROM policies_policyversion WHERE id = %s", [version.id], "never deleted")


def test_a_version_in_force_may_end_and_be_retired():
    version = make_version()

    PolicyVersion.objects.filter(id=version.id).update(
        state="retired", effective=DateTimeTZRange(version.effective.lower, NOON)
    )

    version.refresh_from_db()
    assert (version.state, version.effective_to) == ("retired", NOON)


@pytest.mark.parametrize(
    ("start", "end", "becomes"),
    [
        (NOON - 2 * DAY, None, DateTimeTZRange(NOON - 3 * DAY, None)),
        (NOON - 2 * DAY, NOON, DateTimeTZRange(NOON - 2 * DAY, NOON + DAY)),
        (NOON - 2 * DAY, NOON, DateTimeTZRange(NOON - 2 * DAY, None)),
    ],
)
def test_validity_is_never_rewritten(start, end, becomes):
    version = make_version(start=start, end=end)

    with pytest.raises(IntegrityError, match="only be given its end"), transaction.atomic():
        PolicyVersion.objects.filter(id=version.id).update(effective=becomes)


def test_a_retired_version_never_comes_back():
    version = make_version(state="retired", end=NOON)

    _refused("UPDATE policies_policyversion SET state = 'effective' WHERE id = %s", [version.id], "cannot go from")
