"""The life of a version: drafts under their revision, review, legal check, publication by a second person, time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted, StaleRevision
from policies import events
from policies.lifecycle import TRANSITIONS, VersionState
from policies.models import PolicyVersion
from policies.operations import drafts, gaps, publishing
from policies.wording import wording_of
from tests.factories.people import NOON, make_user
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def editor():
    return make_user(roles=[Role.POLICY_EDITOR])


@pytest.fixture
def second():
    return make_user(roles=[Role.POLICY_EDITOR])


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD])


@pytest.fixture
def legal():
    return make_user(roles=[Role.LEGAL])


@pytest.fixture
def clause():
    return make_version().policy


def drafted(clause, editor, *, rule="No threats, however veiled.", **more):
    """A draft with something changed, ready for review."""
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON, market=more.pop("market", ""))
    wording = replace(
        wording_of(draft), rule=rule, changed_note="Says that veiled threats count.", label="substantive", **more
    )
    return drafts.edit_draft(version_id=draft.pk, wording=wording, revision=draft.revision, by=editor, at=NOON)


def reviewed(clause, editor, **more):
    draft = drafted(clause, editor, **more)
    return drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=NOON)


def kinds(clause):
    return list(
        Event.objects.filter(subject_type="policies.policy", subject_id=clause.pk)
        .order_by("id")
        .values_list("kind", flat=True)
    )


def test_a_draft_goes_from_its_first_word_into_force_by_two_people(clause, editor, second):
    version = reviewed(clause, editor)

    published = publishing.publish_version(version_id=version.pk, by=second, at=NOON + DAY)

    before = clause.versions.get(number=1)
    assert published.state == VersionState.EFFECTIVE
    assert (published.author, published.published_by) == (editor, second)
    assert before.state == VersionState.RETIRED
    assert before.effective_to == published.effective_from == NOON + DAY
    assert kinds(clause) == [
        events.DRAFT_STARTED,
        events.DRAFT_CHANGED,
        events.SENT_TO_REVIEW,
        events.POLICY_VERSION_RETIRED,
        events.POLICY_VERSION_EFFECTIVE,
    ]


def test_a_draft_starts_from_the_wording_that_holds_and_has_one_open_at_a_time(clause, editor, second):
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON)

    assert (draft.number, draft.rule, draft.changed_note) == (2, "No threats.", "")
    with pytest.raises(drafts.DraftExists) as refused:
        drafts.start_draft(policy_id=clause.pk, by=second, at=NOON)
    assert refused.value.version == draft
    assert drafts.start_draft(policy_id=clause.pk, by=second, at=NOON, market="de").market == "DE"


def test_two_who_edit_at_once_do_not_lose_a_word(clause, editor, second):
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON)
    wording = wording_of(draft)
    drafts.edit_draft(version_id=draft.pk, wording=replace(wording, rule="One."), revision=1, by=editor, at=NOON)

    with pytest.raises(StaleRevision) as refused:
        drafts.edit_draft(version_id=draft.pk, wording=replace(wording, rule="Two."), revision=1, by=second, at=NOON)

    assert refused.value.extra == {"current": 2, "given": 1}
    draft.refresh_from_db()
    assert (draft.rule, draft.writers) == ("One.", [editor.pk])


def test_a_draft_that_lacks_something_is_not_sent_to_review(clause, editor):
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON)
    wording = replace(wording_of(draft), rule="", elements=(), ladder={}, public_rationale="")
    draft = drafts.edit_draft(version_id=draft.pk, wording=wording, revision=1, by=editor, at=NOON)

    with pytest.raises(Invalid) as refused:
        drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=NOON)

    assert {p.pointer for p in refused.value.errors} == {
        "/rule",
        "/elements",
        "/ladder",
        "/public_rationale",
        "/changed_note",
    }


def test_a_draft_that_changes_nothing_is_not_sent_to_review(clause, editor):
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON)
    wording = replace(wording_of(draft), changed_note="Nothing, really.")
    draft = drafts.edit_draft(version_id=draft.pk, wording=wording, revision=1, by=editor, at=NOON)

    with pytest.raises(Invalid, match="Nothing differs"):
        drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=NOON)


@pytest.mark.parametrize("role", [role for role in Role if role not in ("TV", "TI")])
def test_who_may_draft_and_publish(role, clause, editor):
    person = make_user(roles=[role])
    version = reviewed(clause, editor)
    may_draft = role == Role.POLICY_EDITOR
    may_publish = role in (Role.POLICY_EDITOR, Role.LEAD, Role.LEGAL)

    if may_draft:
        assert drafts.start_draft(policy_id=clause.pk, by=person, at=NOON, market="FR")
    else:
        with pytest.raises(NotPermitted):
            drafts.start_draft(policy_id=clause.pk, by=person, at=NOON, market="FR")
    if may_publish:
        assert publishing.publish_version(version_id=version.pk, by=person, at=NOON + DAY)
    else:
        with pytest.raises(NotPermitted):
            publishing.publish_version(version_id=version.pk, by=person, at=NOON + DAY)


def test_nobody_publishes_what_they_wrote_a_word_of(clause, editor, second):
    draft = drafted(clause, editor)
    draft = drafts.edit_draft(
        version_id=draft.pk,
        wording=replace(wording_of(draft), title="Veiled threats"),
        revision=draft.revision,
        by=second,
        at=NOON,
    )
    version = drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=NOON)

    for writer in (editor, second):
        with pytest.raises(NotPermitted) as refused:
            publishing.publish_version(version_id=version.pk, by=writer, at=NOON)
        assert refused.value.extra["rule"] == "policy.second_person"


@pytest.mark.parametrize("who", ["author", "writer", "nobody"])
def test_the_database_knows_the_second_person_too(clause, editor, second, who):
    version = reviewed(clause, editor)
    PolicyVersion.objects.filter(pk=version.pk).update(writers=[editor.pk, second.pk])
    person = {"author": editor.pk, "writer": second.pk, "nobody": None}[who]

    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(
            state="scheduled",
            effective=DateTimeTZRange(NOON + 4000 * DAY, None),
            published_by=person,
            published_at=NOON if person else None,
        )


def test_a_flagged_version_waits_for_the_legal_desk(clause, editor, second, legal):
    version = reviewed(clause, editor, needs_legal=True)

    with pytest.raises(publishing.LegalMissing):
        publishing.publish_version(version_id=version.pk, by=second, at=NOON)
    drafts.send_to_legal(version_id=version.pk, by=second, at=NOON)
    with pytest.raises(publishing.LegalMissing):
        publishing.publish_version(version_id=version.pk, by=second, at=NOON)
    with pytest.raises(NotPermitted):
        drafts.pass_legal(version_id=version.pk, by=second, at=NOON)
    drafts.pass_legal(version_id=version.pk, by=legal, at=NOON)
    published = publishing.publish_version(version_id=version.pk, by=second, at=NOON + DAY)

    assert (published.legal_by, published.state) == (legal, VersionState.EFFECTIVE)


def test_the_database_wants_the_legal_check_of_a_flagged_version(clause, editor, second):
    version = reviewed(clause, editor, needs_legal=True)

    with pytest.raises(IntegrityError, match="after its check"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(
            state="scheduled",
            effective=DateTimeTZRange(NOON + 4000 * DAY, None),
            published_by=second,
            published_at=NOON,
        )


def test_a_returned_draft_says_what_should_change_and_loses_its_check(clause, editor, second, legal):
    version = reviewed(clause, editor, needs_legal=True)
    drafts.send_to_legal(version_id=version.pk, by=second, at=NOON)
    drafts.pass_legal(version_id=version.pk, by=legal, at=NOON)

    with pytest.raises(Invalid):
        drafts.return_draft(version_id=version.pk, text=" ", by=second, at=NOON)
    back = drafts.return_draft(version_id=version.pk, text="Name the source.", by=second, at=NOON)

    assert (back.state, back.legal_by, back.submitted_by) == (VersionState.DRAFT, None, None)
    assert [(c.text, c.is_return) for c in back.comments.all()] == [("Name the source.", True)]


def test_a_scheduled_version_binds_from_its_first_instant_whoever_turns_its_state(clause, editor, second):
    version = reviewed(clause, editor)
    start = NOON + 3 * DAY

    published = publishing.publish_version(version_id=version.pk, by=second, at=NOON, starts_at=start)

    assert published.state == VersionState.SCHEDULED
    tick = timedelta(microseconds=1)
    assert [v.number for v in PolicyVersion.objects.effective(at=start - tick)] == [1]
    assert [v.number for v in PolicyVersion.objects.effective(at=start)] == [2]


def test_the_engine_turns_states_once_and_tells_at_the_instant_itself(clause, editor, second):
    now = db_now()
    version = reviewed(clause, editor)
    published = publishing.publish_version(version_id=version.pk, by=second, at=now - 2 * DAY, starts_at=now - DAY)
    assert published.state == VersionState.SCHEDULED

    assert publishing.turn_due(100) == 2
    assert publishing.turn_due(100) == 0

    states = dict(clause.versions.values_list("number", "state"))
    assert states == {1: VersionState.RETIRED, 2: VersionState.EFFECTIVE}
    told = Event.objects.get(subject_id=clause.pk, kind=events.POLICY_VERSION_EFFECTIVE)
    assert told.at == now - DAY


def test_a_scheduled_version_can_be_withdrawn_until_its_instant(clause, editor, second):
    version = reviewed(clause, editor)
    start = NOON + 4000 * DAY
    publishing.publish_version(version_id=version.pk, by=second, at=start - 2 * DAY, starts_at=start)

    with pytest.raises(publishing.AlreadyHolds):
        publishing.withdraw_version(version_id=version.pk, by=second, at=start)
    back = publishing.withdraw_version(version_id=version.pk, by=second, at=start - DAY)

    assert (back.state, back.effective, back.published_by) == (VersionState.DRAFT, None, None)
    assert clause.versions.get(number=1).effective_to is None


def test_withdrawing_what_was_to_follow_gives_the_end_back_that_was_set_before(clause, editor, second):
    first, then = reviewed(clause, editor), NOON + 4000 * DAY
    publishing.publish_version(version_id=first.pk, by=second, at=then, starts_at=then + DAY, ends_at=then + 9 * DAY)
    follower = reviewed(clause, editor, rule="No threats at all.")
    publishing.publish_version(version_id=follower.pk, by=second, at=then, starts_at=then + 5 * DAY)
    assert clause.versions.get(pk=first.pk).effective_to == then + 5 * DAY

    publishing.withdraw_version(version_id=follower.pk, by=second, at=then)

    assert clause.versions.get(pk=first.pk).effective_to == then + 9 * DAY


def test_what_lies_behind_a_scheduled_version_is_not_published_over_it(clause, editor, second):
    version = reviewed(clause, editor)
    start = NOON + 10 * DAY
    publishing.publish_version(version_id=version.pk, by=second, at=NOON, starts_at=start)
    later = reviewed(clause, editor, rule="No threats at all.")

    with pytest.raises(Invalid, match="is scheduled"):
        publishing.publish_version(version_id=later.pk, by=second, at=NOON, starts_at=NOON + DAY)
    third = publishing.publish_version(version_id=later.pk, by=second, at=NOON, starts_at=NOON + 20 * DAY)

    assert third.state == VersionState.SCHEDULED
    assert clause.versions.get(number=2).effective_to == NOON + 20 * DAY


@pytest.mark.parametrize(
    ("starts", "ends"), [(-DAY, None), (timedelta(0), None), (DAY, DAY), (DAY, timedelta(0)), (800 * DAY, None)]
)
def test_times_that_make_no_sense_are_refused(clause, editor, second, starts, ends):
    version = reviewed(clause, editor)

    with pytest.raises(Invalid):
        publishing.publish_version(
            version_id=version.pk,
            by=second,
            at=NOON,
            starts_at=NOON + starts,
            ends_at=NOON + ends if ends is not None else None,
        )


def test_a_sunset_leaves_the_clause_without_a_wording(clause, editor, second):
    version = reviewed(clause, editor)

    publishing.publish_version(version_id=version.pk, by=second, at=NOON, starts_at=NOON + DAY, ends_at=NOON + 2 * DAY)

    assert not PolicyVersion.objects.effective(at=NOON + 2 * DAY).filter(policy=clause).exists()


def test_a_clause_can_be_ended_with_nothing_to_follow(clause, second):
    retired = publishing.retire_version(version_id=clause.versions.get().pk, by=second, at=NOON)

    assert (retired.state, retired.effective_to) == (VersionState.RETIRED, NOON)


def test_a_new_clause_begins_with_a_draft_that_nobody_decides_by(editor, second):
    from policies.wording import Wording

    version = drafts.create_clause(
        key="cs-im-9.1",
        section="Invented messages",
        harms=["other"],
        wording=Wording(title="Messages of the dead"),
        by=editor,
        at=NOON,
    )

    assert (version.policy.key, version.policy.owner, version.number) == ("CS-IM-9.1", editor, 1)
    assert not PolicyVersion.objects.published().filter(policy=version.policy).exists()
    with pytest.raises(Invalid, match="already"):
        drafts.create_clause(key="CS-IM-9.1", section="x", harms=[], wording=Wording(title="x"), by=editor, at=NOON)


def test_publishing_the_answer_closes_its_gap_and_withdrawing_opens_it_again(clause, editor, second):
    gap = gaps.open_gap(question="May a dead person speak?", source_ref="ESC-1", by=second, at=NOON)
    draft = drafts.start_draft(policy_id=clause.pk, by=editor, at=NOON, gap_id=gap.pk)
    wording = replace(wording_of(draft), rule="No invented last words.", changed_note="Answers the gap.")
    draft = drafts.edit_draft(version_id=draft.pk, wording=wording, revision=1, by=editor, at=NOON)
    drafts.send_to_review(version_id=draft.pk, revision=draft.revision, by=editor, at=NOON)
    start = NOON + 4000 * DAY

    publishing.publish_version(version_id=draft.pk, by=second, at=start - 9 * DAY, starts_at=start)
    gap.refresh_from_db()
    assert (gap.state, gap.answer, gap.owner) == ("answered", draft, editor)

    publishing.withdraw_version(version_id=draft.pk, by=second, at=start - DAY)
    gap.refresh_from_db()
    assert (gap.state, gap.closed_at) == ("open", None)


def test_discarding_a_draft_leaves_no_trace_but_the_event(clause, editor):
    draft = drafted(clause, editor)

    drafts.discard_draft(version_id=draft.pk, revision=draft.revision, by=editor, at=NOON)

    assert clause.versions.count() == 1
    assert kinds(clause)[-1] == events.DRAFT_DISCARDED


def test_what_is_in_review_is_not_edited_nor_discarded(clause, editor):
    version = reviewed(clause, editor)

    with pytest.raises(drafts.NotADraft):
        drafts.edit_draft(
            version_id=version.pk, wording=wording_of(version), revision=version.revision, by=editor, at=NOON
        )
    with pytest.raises(drafts.NotADraft):
        drafts.discard_draft(version_id=version.pk, revision=version.revision, by=editor, at=NOON)


UNBOUND = [VersionState.DRAFT, VersionState.REVIEW, VersionState.LEGAL]


@pytest.mark.parametrize("before", UNBOUND)
@pytest.mark.parametrize("after", list(VersionState))
def test_the_database_and_the_table_agree_on_every_step_before_publication(before, after, second):
    version = make_version(state=before, policy=make_policy(), writers=[])
    may = after == before or after in TRANSITIONS[before]
    dated = (
        {"effective": DateTimeTZRange(NOON + 4000 * DAY, None)}
        if after in ("scheduled", "effective", "retired")
        else {}
    )

    try:
        with transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).update(
                state=after, published_by=second, published_at=NOON, **dated
            )
        passed = True
    except IntegrityError:
        passed = False

    assert passed == may


def test_an_operation_whose_event_cannot_be_written_changes_nothing(clause, editor, second, monkeypatch):
    version = reviewed(clause, editor)

    def fail(*_args, **_more):
        raise IntegrityError("no room")

    monkeypatch.setattr("policies.operations.drafts.record", fail)
    with pytest.raises(IntegrityError), transaction.atomic():
        publishing.publish_version(version_id=version.pk, by=second, at=NOON)

    assert clause.versions.get(number=1).effective_to is None
    assert clause.versions.get(number=2).state == VersionState.REVIEW


def test_the_index_of_coming_versions_is_used():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM policies_policyversion WHERE state = 'effective' AND NOT upper_inf(effective)"
            " AND upper(effective) <= now() ORDER BY id"
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert "policy_version_to_end" in plan
