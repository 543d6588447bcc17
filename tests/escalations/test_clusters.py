"""Merging: every submitter is kept, waiting is not hidden, and it can be taken apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audit.models import Event
from core.errors import NotFound, NotPermitted
from escalations import events
from escalations.lifecycle import CaseStatus, ClockState, Resolution, Severity
from escalations.models import Case, ClusterMove, SlaClock, Watch
from escalations.operations import clocks, clusters, ordering, undo
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, internal_organization, make_user, make_vendor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def lead():
    return make_user(roles=["LD"], compartments=["LAW_ENFORCEMENT"])


def with_clocks(**fields) -> Case:
    case = make_case(**fields)
    clocks.start_for_case(case, at=case.received_at)
    case.save(update_fields=ordering.FIELDS)
    return case


def merge(by, *cases, target=None, at=NOON + HOUR):
    return clusters.merge_cases(
        case_ids=[case.pk for case in cases], target_id=target.pk if target else None, by=by, at=at
    )


def open_response(case: Case) -> SlaClock:
    return SlaClock.objects.get(object_id=case.pk, metric="F", state=ClockState.RUNNING)


def test_the_oldest_case_of_one_organization_absorbs_the_others(lead):
    vendor = make_vendor()
    old, young, younger = (with_clocks(organization=vendor, received_at=NOON + n * HOUR / 4) for n in range(3))

    merged = merge(lead, young, younger, old)

    assert merged.parent == old
    for child in (young, younger):
        child.refresh_from_db()
        assert (child.status, child.resolution, child.parent_id) == (CaseStatus.CLOSED, Resolution.MERGED, old.pk)
        assert child.organization == vendor
        states = SlaClock.objects.filter(object_id=child.pk).values_list("state", "cancelled_why")
        assert set(states) == {(ClockState.CANCELLED, "merged")}
    old.refresh_from_db()
    assert old.cluster_size == 2
    assert Event.objects.get(subject_id=old.pk, kind=events.CASE_ABSORBED).data["size"] == 2


def test_merging_cannot_hide_waiting(lead):
    vendor = make_vendor()
    waits_longest = with_clocks(organization=vendor, received_at=NOON)
    target = with_clocks(organization=vendor, received_at=NOON + HOUR / 2)

    merged = merge(lead, waits_longest, target=target)

    assert merged.parent == target
    assert open_response(target).started_at == NOON
    target.refresh_from_db()
    assert SlaClock.objects.filter(object_id=target.pk, metric="F", state=ClockState.CANCELLED).count() == 1


def test_the_highest_severity_and_every_label_carry_over(lead):
    vendor = make_vendor()
    parent = with_clocks(organization=vendor, severity=Severity.S3)
    worse = with_clocks(
        organization=vendor, severity=Severity.S2, compartments=["LAW_ENFORCEMENT"], received_at=NOON + HOUR / 2
    )

    merge(lead, parent, worse)

    parent.refresh_from_db()
    assert (parent.severity, parent.compartments) == (Severity.S2, ["LAW_ENFORCEMENT"])


def test_across_organizations_an_internal_parent_is_made_and_no_vendor_sees_it(lead):
    first, second = with_clocks(), with_clocks(received_at=NOON + HOUR / 2)

    parent = merge(lead, first, second).parent

    assert parent.organization == internal_organization()
    assert parent.cluster_size == 2
    assert open_response(parent).started_at == NOON
    for case in (first, second):
        reader = make_user(roles=["VL"], organization=case.organization)
        assert list(Case.objects.visible_to(reader)) == [case]


def test_a_clusters_children_come_along_to_the_new_parent(lead):
    vendor = make_vendor()
    first, second, third = (with_clocks(organization=vendor, received_at=NOON + n * HOUR / 4) for n in range(3))
    merge(lead, second, third)

    merge(lead, first, second, target=first)

    assert set(Case.objects.filter(parent=first)) == {second, third}
    first.refresh_from_db()
    assert first.cluster_size == 2


def test_watchers_follow_the_story(lead):
    vendor, watcher = make_vendor(), make_user()
    parent = with_clocks(organization=vendor)
    child = with_clocks(organization=vendor, received_at=NOON + HOUR / 2)
    Watch.objects.create(organization=vendor, case=child, user=watcher, since_at=NOON)

    merge(lead, parent, child)

    assert Watch.objects.filter(case=parent, user=watcher).exists()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": CaseStatus.CLOSED}, "closed"),
        ({"is_legal_hold": True}, "legal hold"),
        ({"status": CaseStatus.DECIDED}, "decided"),
        ({"is_sandbox": True}, "sandbox"),
    ],
)
def test_what_cannot_be_merged_is_left_out_with_its_reason(lead, fields, why):
    vendor = make_vendor()
    parent = with_clocks(organization=vendor)
    child = with_clocks(organization=vendor, received_at=NOON + HOUR / 4)
    out = make_case(organization=vendor, received_at=NOON + HOUR / 2, **fields)

    merged = merge(lead, parent, child, out)

    assert [(skip.ref, why in skip.why) for skip in merged.skipped] == [(out.ref, True)]
    out.refresh_from_db()
    assert out.parent_id is None


def test_nothing_to_merge_is_said_with_the_reasons(lead):
    case, held = with_clocks(), make_case(is_legal_hold=True)

    with pytest.raises(clusters.CannotMerge) as refused:
        merge(lead, case, held)

    assert held.ref in refused.value.detail


def test_a_specialist_merges_s2_and_below_in_their_own_queues():
    queue, vendor, specialist = make_queue(is_default=True), make_vendor(), make_user()
    urgent = [make_case(queue=queue, organization=vendor, severity=Severity.S1) for _ in range(2)]
    usual = [make_case(queue=queue, organization=vendor, severity=Severity.S2) for _ in range(2)]

    with pytest.raises(clusters.CannotMerge):
        merge(specialist, *urgent)
    assert merge(specialist, *usual).parent in usual


def test_unmerging_opens_the_case_again_in_its_queue(lead):
    vendor = make_vendor()
    parent = with_clocks(organization=vendor)
    child = with_clocks(organization=vendor, received_at=NOON + HOUR / 2)
    merge(lead, parent, child)

    back = clusters.unmerge_case(case_id=child.pk, by=lead, at=NOON + 2 * HOUR)

    assert (back.status, back.parent_id, back.resolution) == (CaseStatus.NEW, None, "")
    assert SlaClock.objects.get(object_id=child.pk, metric="R", state=ClockState.RUNNING).cycle == 2
    parent.refresh_from_db()
    assert parent.cluster_size == 0
    with pytest.raises(NotFound):
        clusters.unmerge_case(case_id=child.pk, by=lead, at=NOON + 2 * HOUR)


def test_an_internal_parent_without_children_closes(lead):
    first, second = with_clocks(), with_clocks(received_at=NOON + HOUR / 2)
    merged = merge(lead, first, second)
    entry = undo.offer("case.merge", by=lead, at=NOON + HOUR, label="Merged", data={"case_ids": [first.pk, second.pk]})

    undo.undo(token=entry.token, by=lead, at=NOON + HOUR)

    merged.parent.refresh_from_db()
    assert (merged.parent.status, merged.parent.resolution) == (CaseStatus.CLOSED, Resolution.WITHDRAWN)
    assert set(Case.objects.open()) == {first, second}
    assert not ClusterMove.objects.filter(unmerged_at=None).exists()


def test_unmerging_is_for_those_who_may_merge(lead):
    vendor = make_vendor()
    queue = make_queue()
    parent = with_clocks(organization=vendor, queue=queue)
    child = with_clocks(organization=vendor, queue=queue, received_at=NOON + HOUR / 2)
    merge(lead, parent, child)

    with pytest.raises(NotPermitted):
        clusters.unmerge_case(case_id=child.pk, by=make_user(), at=NOON + 2 * HOUR)
