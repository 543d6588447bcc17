"""The main job on real processes: sent by a program, seen at once, claimed, decided, held, read back. And the same under kill -9.

HTTP alone, what curl and a form would send; once with an open console in a browser.
"""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from collections import Counter
from typing import TypeVar

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from escalations import events
from escalations.lifecycle import CaseStatus, DecisionState
from escalations.models import Case, Decision, Submission
from escalations.operations import clusters, timers
from policies.models import PolicyVersion
from tests.databases import Clone
from tests.factories.cases import make_queue
from tests.factories.enforcement import confirm_all, end_hold
from tests.factories.people import make_key, make_user, make_vendor
from tests.factories.submissions import submission_body
from tests.journeys.people import Program, Specialist, wait_until
from tests.live import LiveProcess, LiveServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
SCOPES = ("submissions:write", "submissions:read", "decisions:read")
P = TypeVar("P", LiveServer, LiveProcess)
WORKER = (
    *("-m", "celery", "--quiet", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2"),
    *("--queues", "outbox,sla", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"),
)


@pytest.fixture
def specialist(library: None) -> User:
    make_queue(is_default=True)
    return make_user(name="Ana Bell")


def clause() -> PolicyVersion:
    return PolicyVersion.objects.get(policy__key="AD-FR-2.1", number=9)


def start_engine(clone: Clone, name: str) -> LiveProcess:
    return LiveProcess(name, ["manage.py", "engine"], clone)


def decision_form() -> dict[str, str]:
    return {"verdict": "remove", "clause": str(clause().pk), "rationale": "Internal words only.", "do": "stay"}


def count(kind: str, case: Case) -> int:
    return Event.objects.filter(kind=kind, subject_type="escalations.case", subject_id=case.pk).count()


def test_from_a_programs_post_to_the_outcome_it_reads_back(
    live_url: str, live_engine: LiveProcess, specialist: User
) -> None:
    vendor = Program(live_url, make_key(scopes=SCOPES)[1])
    stranger = Program(live_url, make_key(organization=make_vendor(), scopes=SCOPES)[1])
    ana = Specialist(live_url, specialist)
    heard = ana.listen("case.changed")
    waits = []

    for number in range(3):
        sent = vendor.submit(submission_body(title=f"Fake broker {number}", market="IE"), once=f"main-{number}")
        arrived = time.monotonic()
        assert sent.status == 201
        waits.append(heard.seconds_until(sent.json()["ref"], since=arrived))
    assert statistics.median(waits) <= 1.0  # ux.md §21: on other screens within a second

    claimed = ana.post("/q/next", q="")
    case = Case.objects.get(assignee=specialist)
    assert claimed.status == 200
    assert vendor.read(case.ref).json()["decision"] is None
    assert stranger.read(case.ref).status == 404

    decided = ana.post(f"/c/{case.ref}/decide/", **decision_form())
    during = vendor.read(case.ref)
    assert decided.status == 200
    assert during.json()["decision"] is None  # never before the hold is over
    assert stranger.read(case.ref).status == 404

    wait_until("the hold to end", lambda: vendor.read(case.ref).json()["decision"] is not None)
    assert vendor.read(case.ref).json()["status"] == "decided"  # until the platform confirms
    wait_until("the platform to confirm", lambda: confirm_all(case))
    after = vendor.read(case.ref)
    outcome = after.json()["decision"]
    assert (outcome["verdict"], outcome["clause"]) == ("remove", "AD-FR-2.1@v9")
    assert outcome["rationale"] == clause().public_rationale
    assert (after.json()["status"], after.json()["resolution"]) == ("closed", "violating_removed")
    for secret in ("Internal words", "Ana", specialist.email):
        assert secret not in after.body + during.body
    assert stranger.read(case.ref).status == 404


@pytest.mark.browser
def test_an_open_console_shows_it_and_one_key_takes_it(
    page: Page, live_url: str, live_engine: LiveProcess, ana: User
) -> None:
    make_queue(is_default=True)
    vendor = Program(live_url, make_key(scopes=SCOPES)[1])
    heard = Specialist(live_url, ana).listen("case.changed")
    earlier = vendor.submit(submission_body(market="IE"), once="console-1").json()["ref"]
    heard.seconds_until(earlier, since=time.monotonic())
    page.goto(f"{live_url}/q/")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")

    later = vendor.submit(submission_body(title="Another", market="IE"), once="console-2").json()["ref"]
    expect(page.locator("[data-ui-pill]")).to_contain_text("1 new")
    page.keyboard.press("n")
    expect(page.locator("#casehead")).to_contain_text("claimed by you")
    ref = Case.objects.get(assignee=ana).ref
    assert ref in (earlier, later)
    expect(page.locator("#casehead .key")).to_contain_text(ref)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#toasts")).to_contain_text("Decided")
    end_hold(Case.objects.get(ref=ref))
    wait_until("the hold to end", lambda: vendor.read(ref).json()["decision"] is not None)

    expect(page.locator("#decision")).to_contain_text("in effect since", timeout=10_000)
    assert vendor.read(ref).json()["decision"]["clause"] == "AD-FR-2.1@v9"


def test_an_undone_decision_is_never_told(live_url: str, specialist: User) -> None:
    vendor = Program(live_url, make_key(scopes=SCOPES)[1])
    ana = Specialist(live_url, specialist)
    ref = vendor.submit(submission_body(market="IE"), once="undo-1").json()["ref"]
    ana.post("/q/next", q="")
    ana.post(f"/c/{ref}/decide/", **decision_form())
    page = ana.get(f"/c/{ref}/").body

    token = page.split('action="/undo/')[1].split("/")[0]
    undone = ana.post(f"/undo/{token}/")

    assert undone.status == 200
    assert Case.objects.get(ref=ref).status == CaseStatus.IN_REVIEW
    assert Decision.objects.get(case__ref=ref).state == DecisionState.UNDONE
    assert vendor.read(ref).json()["decision"] is None


def test_the_members_of_a_cluster_read_back_the_decision_that_stands_for_all(live_url: str, specialist: User) -> None:
    vendors = [Program(live_url, make_key(organization=make_vendor(), scopes=SCOPES)[1]) for _ in range(2)]
    refs = [
        vendor.submit(submission_body(title=f"The same clip, {number}", market="IE"), once="wave-1").json()["ref"]
        for number, vendor in enumerate(vendors)
    ]
    lead = make_user(roles=[Role.LEAD])
    children = [Case.objects.get(ref=ref).pk for ref in refs]
    parent = clusters.merge_cases(case_ids=children, target_id=None, by=lead, at=db_now()).parent
    ana = Specialist(live_url, specialist)
    refused = ana.post(f"/c/{parent.ref}/decide/", **decision_form())

    looked = ana.post(f"/c/{parent.ref}/sample/")
    decided = ana.post(f"/c/{parent.ref}/decide/", **decision_form())
    before = [vendor.read(ref).json()["decision"] for vendor, ref in zip(vendors, refs, strict=True)]
    timers.fire_due_timers(at=Decision.objects.get(case=parent).hold_until)

    assert (refused.status, looked.status, decided.status) == (409, 200, 200)
    assert before == [None, None]
    for vendor, ref, others in zip(vendors, refs, reversed(refs), strict=True):
        outcome = vendor.read(ref).json()["decision"]
        assert (outcome["verdict"], outcome["rationale"]) == ("remove", clause().public_rationale)
        assert vendor.read(others).status == 404
        assert vendor.read(parent.ref).status == 404


def test_kill_9_at_every_step_loses_nothing_and_doubles_nothing(database_clone: Clone, specialist: User) -> None:
    token = make_key(scopes=SCOPES)[1]
    processes: list[LiveServer | LiveProcess] = []

    def started(process: P) -> P:
        processes.append(process)
        return process

    try:
        web = started(LiveServer(database_clone))
        engine = started(start_engine(database_clone, "job-engine-0"))
        worker = started(LiveProcess("job-worker-0", list(WORKER), database_clone))

        # Sending: the web process dies among the requests; what was answered is there, and repeats make nothing twice.
        bodies = {f"kill-{number}": submission_body(title=f"Broker {number}", market="IE") for number in range(30)}
        answered: dict[str, str] = {}

        def send(program: Program, once: str) -> None:
            try:
                answer = program.submit(bodies[once], once=once)
            except OSError:
                return  # the server died under it
            if answer.status == 201:
                answered[once] = answer.json()["ref"]

        first = Program(web.url, token)
        threads = [threading.Thread(target=send, args=(first, once)) for once in bodies]
        for thread in threads:
            thread.start()
        wait_until("the first answers", lambda: len(answered) >= 3)
        os.kill(web.pid, signal.SIGKILL)
        for thread in threads:
            thread.join()
        told = dict(answered)
        web = started(LiveServer(database_clone))
        second = Program(web.url, token)
        for once in bodies:
            send(second, once)
        assert set(answered) == set(bodies)
        assert {once: answered[once] for once in told} == told
        assert Counter(Submission.objects.values_list("case__ref", flat=True)) == Counter(answered.values())
        assert Case.objects.count() == len(bodies)

        # Claiming: the web process dies after its answer.
        Specialist(web.url, specialist).post("/q/next", q="")
        case = Case.objects.get(assignee=specialist)
        os.kill(web.pid, signal.SIGKILL)
        os.kill(worker.pid, signal.SIGKILL)
        web = started(LiveServer(database_clone))
        assert Case.objects.get(pk=case.pk).assignee == specialist

        # Deciding: web and engine die during the hold; another engine ends it, once.
        decided = Specialist(web.url, specialist).post(f"/c/{case.ref}/decide/", **decision_form())
        assert decided.status == 200
        os.kill(engine.pid, signal.SIGKILL)
        os.kill(web.pid, signal.SIGKILL)
        engines = [started(start_engine(database_clone, f"job-engine-{number}")) for number in (1, 2)]
        started(LiveProcess("job-worker-1", list(WORKER), database_clone))
        web = started(LiveServer(database_clone))
        vendor = Program(web.url, token)
        end_hold(case)
        wait_until("the hold to end and the platform to confirm", lambda: confirm_all(case))
        os.kill(engines[0].pid, signal.SIGKILL)

        assert vendor.read(case.ref).json()["decision"]["verdict"] == "remove"
        kinds = (events.DECISION_MADE, events.DECISION_EFFECTIVE, events.CASE_CLOSED, events.CASE_CLAIMED)
        assert [count(kind, case) for kind in kinds] == [1, 1, 1, 1]
        assert Decision.objects.get(case=case).state == DecisionState.EFFECTIVE
    finally:
        for process in processes:
            process.stop()
