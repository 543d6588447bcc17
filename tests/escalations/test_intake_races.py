"""The same submission from many places at once: one case, whoever wins (domain.md, invariant 1; bad input H98)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from escalations.models import Case, Evidence, Submission
from tests.escalations.api_client import Caller
from tests.factories.people import make_vendor
from tests.factories.submissions import submission_body

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def all_at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each answered; all begin at the same moment, each on a connection of its own."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int) -> None:
        barrier.wait(30)
        try:
            found[number] = works[number]()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_one_key_sent_at_once_makes_one_case() -> None:
    caller, body = Caller(), submission_body()

    answers = all_at_once(
        *[lambda: caller.post("submissions/", body, idempotency_key="k1") for _number in range(AT_ONCE)]
    )

    assert Case.objects.count() == Submission.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in made}) == 1
    assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 409)
    again = caller.post("submissions/", body, idempotency_key="k1")
    assert (again.status_code, again.content) == (201, made[0].content)


def test_one_reference_under_many_keys_makes_one_case() -> None:
    caller = Caller()

    answers = all_at_once(
        *[lambda: caller.post("submissions/", submission_body(external_ref="NG-1")) for _number in range(AT_ONCE)]
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"external_ref_taken"}
    assert Case.objects.count() == 1


def test_one_upload_is_attached_once() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    caller = Caller()
    upload_id = caller.upload(SimpleUploadedFile("a.txt", b"x", "text/plain")).json()["upload_id"]
    body = submission_body(evidence=[{"upload_id": upload_id}])

    answers = all_at_once(*[lambda: caller.post("submissions/", body) for _number in range(AT_ONCE)])

    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: AT_ONCE - 1}
    assert Evidence.objects.filter(kind="file").count() == 1


def test_vendors_naming_the_same_things_at_once_do_not_lock_each_other_out() -> None:
    subjects = [{"kind": "account", "platform": "vid", "id": f"name-{number}"} for number in range(12)]
    callers = [Caller(organization=make_vendor()) for _number in range(AT_ONCE)]

    def send(number: int) -> Callable[[], Any]:
        order = subjects if number % 2 else subjects[::-1]
        return lambda: callers[number].post("submissions/", submission_body(subjects=order))

    answers = all_at_once(*[send(number) for number in range(AT_ONCE)])

    assert [answer.status_code for answer in answers] == [201] * AT_ONCE
    assert {case.subjects.count() for case in Case.objects.all()} == {12}
