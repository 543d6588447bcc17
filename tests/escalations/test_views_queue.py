"""The queue console over HTTP: rows, filters, acts, export, with and without htmx, and what it costs."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AccessRecord, Event, OutboxMessage
from core.clock import db_now
from core.clockface import ClockFace
from core.templatetags import ui
from escalations import presence
from escalations.filters.limits import TooSlow
from escalations.lifecycle import CaseStatus, Metric, Severity
from escalations.models import Case, Evidence, SavedView, SlaTimer, UndoEntry
from escalations.operations import cases, clusters
from escalations.selectors import queue as selectors
from escalations.views.export import harmless
from escalations.views.queue_rows import DEFAULT_COLUMNS, RowPrinter
from reporting.models import Export
from tests.factories.cases import make_case, make_queue
from tests.factories.people import NOON, make_team, make_user, make_vendor

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/q/"}
HOUR = timedelta(hours=1)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def queue(team):
    return make_queue(team=team)


@pytest.fixture
def ana(team):
    return make_user(name="Ana Silva", teams=[team])


@pytest.fixture
def lead():
    return make_user(name="Lea Lead", roles=["LD"])


@pytest.fixture
def client(ana):
    return client_of(ana)


def keys_in(answer) -> list[str]:
    return re.findall(r'<tr id="r-(ESC-\d+)"', answer.content.decode())


class TestPage:
    def test_lists_open_cases_in_the_order_of_next_best(self, client, queue):
        second = make_case(queue=queue, order_at=NOON + 2 * HOUR)
        first = make_case(queue=queue, order_at=NOON + HOUR)
        make_case(queue=queue, status=CaseStatus.CLOSED)
        make_case(queue=make_queue())

        answer = client.get("/q/")

        assert answer.status_code == 200
        assert keys_in(answer) == [first.ref, second.ref]

    def test_leaves_out_what_sleeps_unless_asked_for(self, client, queue):
        asleep = make_case(queue=queue, snoozed_until=timezone.now() + HOUR)

        assert keys_in(client.get("/q/")) == []
        assert keys_in(client.get("/q/", {"q": "is:open is:snoozed"})) == [asleep.ref]

    @pytest.mark.parametrize("size", [3, 60])
    def test_takes_at_most_eight_queries_whatever_the_size(self, client, queue, ana, size):
        for number in range(size):
            make_case(queue=queue, assignee=ana if number % 3 == 0 else None, cluster_size=number % 2)
        client.get("/q/")  # the session's first sight of a minute is a write

        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/q/")

        assert len(keys_in(answer)) == min(size, selectors.ROWS)
        queries = [
            query["sql"]
            for query in captured
            if not re.match(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK)", query["sql"])
        ]
        real = [sql for sql in queries if "statement_timeout" not in sql]
        assert len(real) <= 8, "\n".join(real)

    def test_pages_forward_and_back_by_cursor(self, client, queue):
        made = [make_case(queue=queue, order_at=NOON + number * HOUR) for number in range(120)]

        first = client.get("/q/")
        second = client.get(first.context["older_url"])
        third = client.get(second.context["older_url"])
        back = client.get(third.context["newer_url"])

        seen = keys_in(first) + keys_in(second) + keys_in(third)
        assert seen == [case.ref for case in made]
        assert keys_in(back) == keys_in(second)
        assert third.context["older_url"] == ""

    @pytest.mark.parametrize(
        "sort", ["order", "due", "due-", "age", "age-", "sev", "sev-", "reach", "reach-", "updated", "updated-"]
    )
    def test_every_order_pages_through_all_cases_once(self, client, queue, sort, monkeypatch):
        monkeypatch.setattr(selectors.page_of, "__kwdefaults__", {**selectors.page_of.__kwdefaults__, "limit": 3})
        made = {
            make_case(
                queue=queue,
                severity=number % 4,
                reach=number % 2 * 100,
                due_at=None if number % 3 == 0 else NOON + number % 4 * HOUR,
                due_metric="" if number % 3 == 0 else "R",
                received_at=NOON + number % 5 * HOUR,
            ).ref
            for number in range(11)
        }
        seen: list[str] = []
        url = f"/q/?q=is:open sort:{sort}"

        while url:
            answer = client.get(url)
            seen += keys_in(answer)
            url = answer.context["older_url"]

        assert sorted(seen) == sorted(made)

    def test_a_cursor_of_another_list_is_refused(self, client, queue):
        for number in range(60):
            make_case(queue=queue, order_at=NOON + number * HOUR)
        older = client.get("/q/").context["older_url"]

        answer = client.get(older.replace("is%3Aopen", "is%3Aopen+sev%3A3"))

        assert answer.status_code == 400

    def test_a_faulty_filter_points_at_its_fault_and_keeps_the_last_good_rows(self, client, queue):
        good, other = make_case(queue=queue, severity=1), make_case(queue=queue, severity=3)
        client.get("/q/", {"q": "is:open sev:1"})

        answer = client.get("/q/", {"q": "sla:<2x"})

        assert answer.status_code == 422
        assert keys_in(answer) == [good.ref]
        assert other.ref not in answer.content.decode()
        assert "expected" in answer.content.decode()

    def test_says_which_term_leaves_nothing(self, client, queue):
        make_case(queue=queue, language="en")

        answer = client.get("/q/", {"q": "is:open lang:xh"}).content.decode()

        assert "lang:xh" in answer
        assert "removes all" in answer

    def test_says_where_something_waits_when_nothing_does_here(self, client, queue, ana):
        elsewhere = make_case(queue=queue)

        answer = client.get("/q/", {"q": "is:open who:@me"}).content.decode()

        assert elsewhere.ref in answer

    @pytest.mark.parametrize("role", ["AD", "RO"])
    def test_says_so_to_roles_without_queues_and_who_can_change_that(self, role):
        answer = client_of(make_user(roles=[role])).get("/q/")

        assert answer.status_code == 403
        assert "administrator" in answer.content.decode().lower()

    def test_vendors_have_no_console(self):
        assert client_of(make_user(roles=["VL"], organization=make_vendor())).get("/q/").status_code == 404

    def test_titles_are_escaped(self, client, queue):
        make_case(queue=queue, title='<script>alert("x")</script>')

        assert b"<script>alert" not in client.get("/q/").content

    def test_counts_what_it_lists(self, client, queue, ana):
        make_case(queue=queue, received_at=timezone.now() - 50 * HOUR)
        make_case(queue=queue, assignee=ana, is_breached=True, received_at=timezone.now())

        answer = client.get("/q/").content.decode()

        for words in ("2 of 2 open", "1 unclaimed", "1 breached", "oldest 2d 2h"):
            assert words in answer, words

    @pytest.mark.parametrize(
        ("text", "said", "unsaid"),
        [
            ("status:closed", ["1 case found", "2 open in all"], ["unclaimed", "breached", "oldest", "of 2 open"]),
            ("sev:0..4", ["3 cases found", "2 open in all", "2 unclaimed", "oldest 2d 2h"], ["breached", "of 2 open"]),
        ],
    )
    def test_closed_cases_are_not_counted_as_open_ones_nor_as_waiting(self, client, queue, text, said, unsaid):
        make_case(queue=queue, received_at=timezone.now() - 50 * HOUR)
        make_case(queue=queue, received_at=timezone.now())
        make_case(
            queue=queue, status="closed", resolution="no_violation", closed_at=NOON, received_at=NOON - 900 * HOUR
        )

        facts = client.get("/q/", {"q": text}).content.decode().split('id="qfacts"')[1].split("</div>")[0]

        assert all(words in facts for words in said), facts
        assert not any(words in facts for words in unsaid), facts

    def test_groups_rows_of_one_story_when_asked(self, client, queue):
        from escalations.models import CaseEntity, Entity

        shared = Entity.objects.create(platform="x", kind="ad", key="ad-1", first_seen_at=NOON)
        asks = (
            "Look at this advert and its account today.",
            "A teacher is threatened below her video.",
            "Is this sold?",
        )
        made = [make_case(queue=queue, ask=3 * ask, order_at=NOON + n * HOUR) for n, ask in enumerate(asks)]
        for case in (made[0], made[2]):
            CaseEntity.objects.create(organization=case.organization, case=case, entity=shared, added_at=NOON)

        answer = client.get("/q/", {"q": "is:open group:cluster"})

        assert keys_in(answer) == [made[0].ref, made[1].ref]
        children = client.get(f"/q/children/{made[0].ref}/", {"keys": made[2].ref}, headers=HX)
        assert keys_in(children) == [made[2].ref]

    def test_a_grouped_row_keeps_those_under_it_when_it_changes(self, client, queue):
        from escalations.models import CaseEntity, Entity

        shared = Entity.objects.create(platform="x", kind="ad", key="ad-1", first_seen_at=NOON)
        hidden = make_case(queue=make_queue(slug="theirs", team=make_team("theirs")))
        first, second = make_case(queue=queue, order_at=NOON), make_case(queue=queue, order_at=NOON + HOUR)
        for case in (first, second, hidden):
            CaseEntity.objects.create(organization=case.organization, case=case, entity=shared, added_at=NOON)
        page = client.get("/q/", {"q": "is:open group:cluster"}).content.decode()
        assert f'data-also="{second.ref}"' in page

        answer = client.get(
            f"/q/row/{first.ref}/", {"q": "is:open group:cluster", "also": f"{second.ref},{hidden.ref}"}, headers=HX
        )

        assert f'data-also="{second.ref}"' in answer.content.decode()
        assert hidden.ref not in answer.content.decode()

    def test_rows_stand_under_their_vendor_or_clause_when_asked(self, client, queue):
        north, south = make_vendor("northgate"), make_vendor("southgate")
        made = [
            make_case(queue=queue, organization=organization, suspected_policy=clause, order_at=NOON + n * HOUR)
            for n, (organization, clause) in enumerate(((north, "CS-VI-3.2"), (south, ""), (north, "AD-FR-2.1")))
        ]

        by_vendor = client.get("/q/", {"q": "is:open group:vendor"})
        by_clause = client.get("/q/", {"q": "is:open group:clause"})

        assert keys_in(by_vendor) == [made[0].ref, made[2].ref, made[1].ref]
        assert re.findall(r'scope="rowgroup"[^>]*><bdi>(.*?)</bdi>', by_vendor.content.decode()) == [
            north.name,
            south.name,
        ]
        headings = re.findall(r'scope="rowgroup"[^>]*><bdi>(.*?)</bdi>', by_clause.content.decode())
        assert headings == ["CS-VI-3.2", "No clause named", "AD-FR-2.1"]

    def test_how_sure_a_decision_was_is_a_column(self, client, queue, ana):
        from escalations.models import Appeal, Decision

        case = make_case(queue=queue, status=CaseStatus.DECIDED, decided_at=NOON)
        Decision.objects.create(
            case=case,
            organization_id=case.organization_id,
            verdict="insufficient_info",
            confidence="unsure",
            decided_by=ana,
            decided_at=NOON,
            hold_until=NOON + HOUR,
        )

        filed = {"original_decider": ana, "appellant": "vendor", "channel": "portal", "filed_at": NOON, "text": "No."}
        decision = case.decisions.get()
        Appeal.objects.create(ref="APL-1", case=case, organization_id=case.organization_id, decision=decision, **filed)

        page = client.get("/q/", {"q": f"ref:{case.ref} cols:confidence,appeal"}).content.decode()

        assert '<td data-label="Confidence">Unsure</td>' in page
        assert '<td data-label="Appeal">Open</td>' in page

    def test_all_matching_is_counted_to_the_last_case(self, client, queue, monkeypatch):
        for _number in range(4):
            make_case(queue=queue)
        make_case(queue=make_queue(slug="theirs", team=make_team("theirs")))
        monkeypatch.setattr(selectors, "COUNTED_TO", 2)
        page = client.get("/q/").content.decode()
        assert 'data-ui-count-url="/q/count/?q=is%3Aopen"' in page

        answer = client.get("/q/count/", {"q": "is:open"})

        assert answer.json() == {"matching": 4, "is_estimate": False}

    def test_a_count_that_takes_too_long_is_an_estimate_and_says_so(self, client, queue, monkeypatch):
        make_case(queue=queue)

        def slow(_seconds, _work):
            raise TooSlow

        page = client.get("/q/rows/", {"q": "is:open"}, headers=HX).content.decode()
        assert "estimate" not in page
        monkeypatch.setattr(selectors, "within", slow)
        page = client.get("/q/rows/", {"q": "is:open"}, headers=HX).content.decode()

        assert re.search(r"~\d", page)
        assert "an estimate: counting took too long" in page

    @pytest.mark.parametrize(
        "path", ["/q/facts/?q=is:open", "/q/rows/?q=is:open", "/q/next/text/", "/q/{ref}", "/filters/check/?q=is:open"]
    )
    def test_every_part_has_a_page_without_scripts(self, client, queue, path):
        case = make_case(queue=queue)
        paths = [f"/q/{part}/{case.ref}/" for part in ("row", "children", "preview", "clocks", "why")]

        for one in paths if "{ref}" in path else [path]:
            answer = client.get(one, follow=True)

            assert answer.status_code == 200, one
            assert b"<html" in answer.content, one

    def test_all_clocks_of_a_row_are_told_with_both_times(self, client, queue, ana):
        from tests.factories.clocks import make_case_with_clocks

        case = make_case_with_clocks(at=db_now(), queue=queue)
        hidden = make_case(queue=make_queue(slug="theirs", team=make_team("theirs")))

        page = client.get(f"/q/clocks/{case.ref}/", headers=HX).content.decode()

        assert page.count("data-clock") == 3
        assert len(re.findall(r'class="meta nw">\d+ \w+ \d+ \d\d:\d\d [^<]*UTC<', page)) == 3
        assert client.get(f"/q/clocks/{hidden.ref}/", headers=HX).status_code == 404

    def test_columns_are_part_of_the_filter(self, client, queue):
        make_case(queue=queue)

        answer = client.get("/q/columns/", {"q": "is:open", "col": ["key", "vendor"]}, follow=True)

        assert answer.context["listed"].columns == ("sev", "due", "summary", "key", "vendor")
        assert "cols:key,vendor" in answer.context["q"]


class TestRow:
    def printer(self, user, at, **more):
        return RowPrinter(columns=DEFAULT_COLUMNS, viewer_id=user.pk, zone="Europe/Dublin", at=at, present={}, query="")

    @pytest.mark.parametrize("left_s", [-700, 60, 1200, 36_000, 400_000])
    def test_its_clock_is_the_chip_of_every_other_page(self, ana, queue, rf, left_s):
        at = NOON
        due = at + timedelta(seconds=left_s)
        case = make_case(queue=queue, due_metric="F", due_at=due, due_target_s=14_400)
        row = selectors.rows_of([case.pk], viewer=ana)[0]
        ana.time_zone = "Europe/Dublin"
        request = rf.get("/")
        request.user, request.at = ana, at
        from core.context_processors import Page

        face = ClockFace("F", Metric.FIRST_RESPONSE.label, due, timedelta(seconds=14_400))
        usual = ui.clock({"page": Page(request)}, face)

        assert re.sub(r"\s+", " ", self.printer(ana, at).clock(row)) == re.sub(r"\s+", " ", usual)

    def test_shows_at_most_four_markers_and_how_many_more(self, ana, queue):
        case = make_case(
            queue=queue,
            cluster_size=3,
            reopened_count=1,
            is_legal_hold=True,
            is_high_profile=True,
            graphic_tier=3,
            status=CaseStatus.WAITING,
        )
        row = selectors.rows_of([case.pk], viewer=ana)[0]
        prints = self.printer(ana, NOON)
        prints.row(row)

        assert prints.markers(row).count('class="mk"') == 5
        assert ">+2<" in prints.markers(row)

    def test_a_row_that_left_the_list_says_why(self, client, queue, ana, lead):
        case = make_case(queue=queue)
        cases.claim_case(case_id=case.pk, by=lead, at=db_now())

        answer = client.get(f"/q/row/{case.ref}/", {"q": "is:open is:unclaimed"}, headers=HX).content.decode()

        assert re.search(r'data-ghost="Lea claimed \d\d:\d\d"', answer)

    def test_a_row_one_may_not_see_is_not_found(self, client):
        hidden = make_case(queue=make_queue())

        for ref in (hidden.ref, "ESC-99999", "nonsense"):
            for url in (f"/q/row/{ref}/", f"/q/preview/{ref}/", f"/q/why/{ref}/", f"/q/children/{ref}/"):
                assert client.get(url, headers=HX).status_code == 404, url

    def test_preview_is_text_and_claims_nothing(self, client, queue):
        case = make_case(queue=queue, ask="Please look at the ad.")

        answer = client.get(f"/q/preview/{case.ref}/", headers=HX).content.decode()

        assert "Please look at the ad." in answer
        assert "<img" not in answer
        case.refresh_from_db()
        assert case.assignee_id is None

    def test_why_here_prints_the_sum(self, client, queue, lead):
        case = make_case(queue=queue, severity=Severity.S2)
        cases.set_boost(case_id=case.pk, boost_s=3600, until=db_now() + HOUR, by=lead, at=db_now())

        answer = client.get(f"/q/why/{case.ref}/", headers=HX).content.decode()

        assert "12 h" in answer
        assert "1 h" in answer


class TestClaimAndNext:
    def test_a_claim_from_a_row_answers_the_row(self, client, queue, ana):
        case = make_case(queue=queue)

        answer = client.post(f"/c/{case.ref}/claim/", headers={**HX, "HX-Target": f"r-{case.ref}"})

        assert answer.status_code == 200
        assert "(you)" in answer.content.decode()

    def test_a_lost_race_answers_the_holders_row(self, client, queue, lead):
        case = make_case(queue=queue)
        cases.claim_case(case_id=case.pk, by=lead, at=db_now())

        answer = client.post(f"/c/{case.ref}/claim/", headers={**HX, "HX-Target": f"r-{case.ref}"})

        assert answer.status_code == 409
        assert "Lea" in answer.content.decode()
        assert "Lea Lead has claimed" in answer.headers["HX-Trigger"]

    def test_a_claim_without_scripts_goes_to_the_case(self, client, queue):
        case = make_case(queue=queue)

        assert client.post(f"/c/{case.ref}/claim/").headers["Location"] == f"/c/{case.ref}/"

    def test_next_best_claims_within_the_view_and_goes_there(self, client, queue, ana):
        make_case(queue=queue, surface="organic", order_at=NOON)
        wanted = make_case(queue=queue, surface="ads", order_at=NOON + HOUR)
        url = "http://testserver/q/?q=is%3Aopen%20surface%3Aads"

        answer = client.post("/q/next", headers={"HX-Request": "true", "HX-Current-URL": url})

        assert f"/c/{wanted.ref}/" in answer.headers["HX-Location"]
        wanted.refresh_from_db()
        assert wanted.assignee == ana

    def test_next_best_asks_six_statements_from_begin_to_commit(self, client, queue, ana):
        first, second = make_case(queue=queue, order_at=NOON), make_case(queue=queue, order_at=NOON + HOUR)
        client.post("/q/next")  # learns the statement, and notes when the session was seen

        with CaptureQueriesContext(connection) as captured:
            answer = client.post("/q/next")

        assert answer.headers["Location"] == f"/c/{second.ref}/"
        statements = [query["sql"].split()[0] for query in captured.captured_queries]
        # Inside this test's own transaction the request's is a savepoint: session, person, offer, claim with lease and event.
        assert statements == ["SAVEPOINT", "SELECT", "WITH", "SELECT", "WITH", "RELEASE"]
        for case in (first, second):
            timer = SlaTimer.objects.get(object_id=case.pk, kind="lease")
            case.refresh_from_db()
            assert (case.assignee, timer.due_at, timer.state) == (ana, case.lease_until, "armed")
            event = Event.objects.get(subject_id=case.pk, kind="case.claimed")
            assert (event.subject_ref, event.actor_id, event.at) == (case.ref, ana.pk, case.claimed_at)
            assert event.data == {"queue_id": queue.pk, "lease_until": case.lease_until.isoformat()}
            assert OutboxMessage.objects.filter(event=event).exists()

    def test_next_best_on_a_case_stays_in_the_list_it_was_opened_from(self, client, queue, ana):
        make_case(queue=queue, surface="organic", order_at=NOON)
        wanted = make_case(queue=queue, surface="ads", order_at=NOON + HOUR)
        url = "http://testserver/c/ESC-1/?list=is%3Aopen%20surface%3Aads"

        answer = client.post("/q/next", headers={"HX-Request": "true", "HX-Current-URL": url})

        assert f"/c/{wanted.ref}/" in answer.headers["HX-Location"]

    def test_next_best_says_when_nothing_waits(self, client):
        answer = client.post("/q/next", headers=HX)

        assert "Nothing is waiting" in answer.content.decode()
        assert client.post("/q/next").headers["Location"] == "/q/"

    def test_releasing_offers_an_undo_that_claims_again(self, client, queue, ana):
        case = make_case(queue=queue)
        client.post(f"/c/{case.ref}/claim/")
        client.post(f"/c/{case.ref}/release/")
        token = UndoEntry.objects.get().token

        client.post(reverse("escalations:undo", args=[token]))

        case.refresh_from_db()
        assert case.assignee == ana

    def test_a_pass_for_wellness_is_not_offered_straight_back(self, client, queue, ana):
        case, other = make_case(queue=queue, order_at=NOON), make_case(queue=queue, order_at=NOON + HOUR)
        client.post(f"/c/{case.ref}/claim/")

        client.post(f"/c/{case.ref}/pass/")
        client.post("/q/next")

        other.refresh_from_db()
        assert other.assignee == ana


class TestLikelyNext:
    """HTX-12: the text of the case that `n` would give, fetched ahead."""

    def test_is_the_case_that_next_best_then_gives_and_nothing_else_happens(self, client, queue, ana):
        wanted = make_case(queue=queue, title="First in line", ask="Please look at <b>this</b>.", order_at=NOON)
        make_case(queue=queue, order_at=NOON + HOUR)
        before = (Event.objects.count(), AccessRecord.objects.count(), OutboxMessage.objects.count())

        answer = client.get("/q/next/text/", headers=HX)

        page = answer.content.decode()
        assert f'data-key="{wanted.ref}"' in page
        assert "First in line" in page
        assert "&lt;b&gt;this&lt;/b&gt;" in page
        assert "no-store" in answer.headers["Cache-Control"]
        assert (Event.objects.count(), AccessRecord.objects.count(), OutboxMessage.objects.count()) == before
        assert presence.viewers([wanted.pk]) == {}
        again = Case.objects.get(pk=wanted.pk)
        assert (again.assignee, again.status, again.revision) == (None, CaseStatus.NEW, wanted.revision)
        assert f"/c/{wanted.ref}/" in client.post("/q/next", headers=HX).headers["HX-Location"]

    def test_is_text_and_never_media(self, client, queue):
        case = make_case(queue=queue)
        Evidence.objects.create(
            case=case,
            organization=case.organization,
            number=1,
            kind="url",
            sha256="0" * 64,
            original_url="https://a.example/x.png",
            added_at=NOON,
        )

        page = client.get("/q/next/text/", headers=HX).content.decode()

        assert not re.search(r"<(img|video|audio|source|picture|iframe)\b|/evidence/", page)

    def test_writes_nothing(self, client, queue):
        make_case(queue=queue)
        client.get("/q/next/text/", headers=HX)

        with CaptureQueriesContext(connection) as captured:
            client.get("/q/next/text/", headers=HX)

        written = [
            query["sql"] for query in captured if re.match(r"INSERT|UPDATE|DELETE|.*FOR (NO KEY )?UPDATE", query["sql"])
        ]
        assert written == []

    def test_stays_in_the_list(self, client, queue):
        make_case(queue=queue, surface="organic", order_at=NOON)
        wanted = make_case(queue=queue, surface="ads", order_at=NOON + HOUR)

        page = client.get("/q/next/text/", {"q": "is:open surface:ads"}, headers=HX).content.decode()

        assert f'data-key="{wanted.ref}"' in page

    @pytest.mark.parametrize("kind", ["other queue", "compartment", "claimed", "snoozed", "opted out"])
    def test_shows_no_case_that_next_best_would_not_give(self, client, queue, ana, lead, kind):
        at = timezone.now()
        closed_to_ana = ["LAW_ENFORCEMENT"] if kind == "compartment" else []
        harm = "violence" if kind == "opted out" else ""
        case = make_case(queue=queue, title="Not for Ana", harm=harm, compartments=closed_to_ana)
        if kind == "other queue":
            Case.objects.filter(pk=case.pk).update(queue=make_queue(slug="theirs", team=make_team("theirs")))
        elif kind == "claimed":
            cases.claim_case(case_id=case.pk, by=lead, at=at)
        elif kind == "snoozed":
            Case.objects.filter(pk=case.pk).update(snoozed_until=at + HOUR)
        elif kind == "opted out":
            User.objects.filter(pk=ana.pk).update(harm_opt_outs=["violence"])

        answer = client.get("/q/next/text/", headers=HX)

        assert (answer.status_code, answer.content) == (204, b"")

    @pytest.mark.parametrize("role", ["AU", "PE"])
    def test_is_for_those_who_claim(self, role):
        make_case()

        answer = client_of(make_user(roles=[role])).get("/q/next/text/", headers=HX)

        assert answer.status_code == 403
        assert b"ESC-" not in answer.content

    def test_case_pages_and_lists_say_where_it_is_asked(self, client, queue, ana):
        case = make_case(queue=queue)
        listed = client.get("/q/", {"q": "is:open surface:ads"}).content.decode()
        cases.claim_case(case_id=case.pk, by=ana, at=timezone.now())
        opened = client.get(f"/c/{case.ref}/", {"list": "is:open surface:ads"}).content.decode()

        assert 'data-warm-url="/q/next/text/?q=is%3Aopen%20surface%3Aads"' in listed
        assert 'data-warm-url="/q/next/text/?q=is%3Aopen%20surface%3Aads"' in opened


class TestActs:
    @pytest.mark.parametrize(
        ("act", "values", "field", "expected"),
        [
            ("severity", {"severity": "1", "reason": "Worse"}, "severity", 1),
            ("snooze", {"until": "4h"}, "snooze_wake_on", ""),
            ("snooze", {"until": "reply"}, "snooze_wake_on", "reply"),
            ("invalid", {"reason": "test", "note": "Only a test."}, "resolution", "invalid"),
        ],
    )
    @pytest.mark.parametrize("htmx", [True, False])
    def test_an_act_on_one_case_shows_its_dialog_then_is_done(self, client, queue, act, values, field, expected, htmx):
        case, headers = make_case(queue=queue), HX if htmx else {}

        dialog = client.get(f"/c/{case.ref}/{act}/", headers=headers)
        answer = client.post(f"/c/{case.ref}/{act}/", {"keys": case.ref, **values}, headers=headers)

        assert case.ref in dialog.content.decode()
        assert ("<html" in dialog.content.decode()) is not htmx
        assert answer.status_code == (200 if htmx else 302)
        case.refresh_from_db()
        assert getattr(case, field) == expected
        token = UndoEntry.objects.get().token
        client.post(reverse("escalations:undo", args=[token]), headers=headers)
        case.refresh_from_db()
        assert (case.severity, case.snoozed_until, case.resolution) == (3, None, "")

    def test_undoing_a_move_takes_back_what_nobody_touched_and_names_the_rest(self, queue, lead):
        client, there = client_of(lead), make_queue(slug="there", team=make_team("there"))
        free, taken = make_case(queue=queue), make_case(queue=queue)
        assert 'id="bulk-move"' in client.get("/q/").content.decode()
        moved = {"keys": [free.ref, taken.ref], "queue": there.pk, "reason": "Theirs"}
        did = client.post("/q/act/move/", moved, headers=HX)
        assert did.status_code == 200, did.content.decode()
        cases.assign_case(case_id=taken.pk, assignee=lead, by=lead, at=timezone.now())

        answer = client.post(reverse("escalations:undo", args=[UndoEntry.objects.get().token]), headers=HX)

        assert Case.objects.get(pk=free.pk).queue == queue
        assert Case.objects.get(pk=taken.pk).queue == there
        page = answer.content.decode()
        assert "Undone in part" in page
        assert f"{taken.ref} was moved or taken since" in page
        assert f"{free.ref} was" not in page

    @pytest.mark.parametrize("act", ["assign", "snooze"])
    def test_an_undo_leaves_alone_what_somebody_did_since(self, queue, lead, ana, act):
        client, case, at = client_of(lead), make_case(queue=queue), timezone.now()
        values = {"assign": {"assignee": ana.pk}, "snooze": {"until": "4h"}}[act]
        assert client.post(f"/c/{case.ref}/{act}/", {"keys": case.ref, **values}, headers=HX).status_code == 200
        if act == "assign":
            cases.assign_case(case_id=case.pk, assignee=lead, by=lead, at=at)
        else:
            cases.snooze_case(case_id=case.pk, until=at + 9 * HOUR, by=lead, at=at)
        before = Case.objects.values("assignee", "snoozed_until", "revision").get(pk=case.pk)

        answer = client.post(reverse("escalations:undo", args=[UndoEntry.objects.get().token]), headers=HX)

        assert answer.status_code == 409
        assert Case.objects.values("assignee", "snoozed_until", "revision").get(pk=case.pk) == before

    def test_a_refused_form_says_what_is_wrong_and_keeps_what_was_typed(self, client, queue):
        case = make_case(queue=queue)

        answer = client.post(f"/c/{case.ref}/severity/", {"severity": "0", "reason": ""}, headers=HX)

        assert answer.status_code == 422
        assert "Reason" in answer.content.decode()
        assert re.search(r'value="0"[^>]*checked', answer.content.decode())

    def test_a_selection_is_acted_on_and_what_cannot_be_is_explained(self, lead, queue):
        client = client_of(lead)
        fit, closed = make_case(queue=queue), make_case(queue=queue, status=CaseStatus.CLOSED)

        dialog = client.get("/q/act/tag/", {"keys": [fit.ref, closed.ref]}, headers=HX).content.decode()
        client.post("/q/act/tag/", {"keys": [fit.ref, closed.ref], "add": "wave"}, headers=HX)

        assert "1 of 2 cases" in dialog
        assert "It is closed." in dialog
        assert [tag.tag.name for tag in fit.case_tags.all()] == ["wave"]
        assert not closed.case_tags.exists()

    def test_all_matching_takes_the_filter_and_no_more(self, lead, queue):
        client = client_of(lead)
        ads = [make_case(queue=queue, surface="ads") for _ in range(3)]
        other = make_case(queue=queue, surface="organic")

        client.post("/q/act/tag/", {"all_matching": "1", "q": "is:open surface:ads", "keys": [], "add": "wave"})

        assert {tag.case for tag in Case.objects.get(pk=ads[0].pk).case_tags.model.objects.all()} == set(ads)
        assert not other.case_tags.exists()

    def test_hidden_keys_in_a_selection_are_as_if_they_did_not_exist(self, client, queue):
        hidden = make_case(queue=make_queue())

        answer = client.get("/q/act/tag/", {"keys": [hidden.ref]}, headers=HX)

        assert answer.status_code == 422
        assert hidden.ref not in answer.content.decode()

    def test_more_than_a_hundred_ask_for_a_second_person(self, lead, queue):
        for _ in range(101):
            make_case(queue=queue)

        answer = client_of(lead).get("/q/act/tag/", {"all_matching": "1", "q": "is:open"}, headers=HX)

        assert "always need two people" in answer.content.decode()

    def test_a_specialist_changes_s0_and_s1_one_at_a_time(self, client, queue):
        urgent, usual = make_case(queue=queue, severity=1), make_case(queue=queue, severity=3)

        dialog = client.get("/q/act/tag/", {"keys": [urgent.ref, usual.ref]}, headers=HX).content.decode()

        assert "one at a time" in dialog

    def test_a_selection_is_merged_and_unmerged_by_undo(self, lead):
        client, vendor = client_of(lead), make_vendor()
        made = [make_case(organization=vendor, received_at=NOON + number * HOUR) for number in range(3)]
        refs = [case.ref for case in made]

        preview = client.get("/q/act/merge/", {"keys": refs}, headers=HX).content.decode()
        client.post("/q/act/merge/", {"keys": refs}, headers=HX)

        assert "2 cases" in preview
        assert set(Case.objects.filter(parent=made[0])) == set(made[1:])
        client.post(reverse("escalations:undo", args=[UndoEntry.objects.get().token]))
        assert Case.objects.open().count() == 3

    def test_the_same_question_sent_twice_reaches_the_submitter_once(self, client, queue, ana):
        case = make_case(queue=queue, assignee=ana)
        values = {"keys": case.ref, "question": "Which ad is it?", "form_token": "t" * 24}

        for _ in range(2):
            client.post(f"/c/{case.ref}/ask/", values, headers=HX)

        case.refresh_from_db()
        assert (case.status, case.comments.count()) == (CaseStatus.WAITING, 1)

    def test_an_unknown_act_is_not_found(self, client):
        assert client.get("/q/act/explode/").status_code == 404


class TestSavedViews:
    def test_a_filter_is_kept_under_a_name_with_an_address(self, client, queue):
        ads = make_case(queue=queue, surface="ads")
        make_case(queue=queue, surface="organic")

        client.post("/q/views/", {"name": "Ads scams", "filter_text": "is:open surface:ads", "audience": "personal"})

        assert keys_in(client.get("/q/ads-scams/")) == [ads.ref]

    def test_a_personal_view_is_nobody_elses(self, client, lead):
        client.post("/q/views/", {"name": "Mine", "filter_text": "is:open", "audience": "personal"})

        assert client_of(lead).get("/q/mine/").status_code == 404
        assert client_of(lead).post("/q/views/mine/delete/").status_code == 404

    def test_views_for_everyone_are_a_leads(self, client, lead):
        values = {"name": "All", "filter_text": "is:open", "audience": "shared"}

        assert client.post("/q/views/", values).status_code == 422
        client_of(lead).post("/q/views/", values)
        assert SavedView.objects.get().audience == "shared"
        assert client.get("/q/all/").status_code == 200

    def test_a_faulty_filter_is_not_saved(self, client):
        answer = client.post("/q/views/", {"name": "Bad", "filter_text": "sla:<2x", "audience": "personal"})

        assert answer.status_code == 422
        assert not SavedView.objects.exists()

    def test_an_own_view_is_removed_and_put_back(self, client):
        client.post("/q/views/", {"name": "Mine", "filter_text": "is:open surface:ads", "audience": "personal"})

        client.post("/q/views/mine/delete/")

        assert not SavedView.objects.exists()
        client.post(reverse("escalations:undo", args=[UndoEntry.objects.get().token]))
        assert SavedView.objects.get(slug="mine").filter_text == "is:open surface:ads"

    def test_a_removed_view_does_not_push_another_out_when_it_comes_back(self, client):
        client.post("/q/views/", {"name": "Mine", "filter_text": "is:open", "audience": "personal"})
        client.post("/q/views/mine/delete/")
        client.post("/q/views/", {"name": "Mine", "filter_text": "sev:0", "audience": "personal"})

        client.post(reverse("escalations:undo", args=[UndoEntry.objects.get().token]))

        assert SavedView.objects.get().filter_text == "sev:0"

    def test_a_view_nobody_opens_is_offered_for_removal(self, client, ana):
        client.post("/q/views/", {"name": "Old one", "filter_text": "is:open", "audience": "personal"})
        client.post("/q/views/", {"name": "New one", "filter_text": "sev:0", "audience": "personal"})
        assert "unused view" not in client.get("/q/").content.decode()
        SavedView.objects.filter(name="Old one").update(last_used_at=timezone.now() - timedelta(days=61))

        page, views = client.get("/q/").content.decode(), client.get("/q/views/").content.decode()

        assert "1 unused view: remove it?" in page
        assert views.count("not opened for 60 days") == 1


class TestExport:
    def rows(self, answer):
        return list(csv.reader(io.StringIO(answer.content.decode())))

    def test_holds_the_filtered_cases_with_the_filter_in_the_first_row(self, client, queue):
        ads = make_case(queue=queue, surface="ads")
        make_case(queue=queue, surface="organic")

        head, names, *lines = self.rows(client.get("/q/export/", {"q": "is:open surface:ads"}))

        assert head[:2] == ["filter", "is:open surface:ads"]
        assert [dict(zip(names, line, strict=True))["key"] for line in lines] == [ads.ref]

    @pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "\t=1"])
    def test_runs_nothing_in_a_spreadsheet(self, title):
        assert harmless(title) == f"'{title}"

    def test_xlsx_is_a_workbook(self, client, queue):
        make_case(queue=queue, title="=1+1")

        assert client.get("/q/export/", {"as": "xlsx"}).content[:2] == b"PK"

    def test_is_recorded_with_its_filter(self, client, queue, ana):
        make_case(queue=queue)

        client.get("/q/export/", {"q": "is:open"})

        assert AccessRecord.objects.get(what="export.queue").data == {"filter": "is:open", "rows": 1}

    def test_more_than_one_person_may_take_out_becomes_a_job_also_of_a_selection(self, client, queue, monkeypatch):
        monkeypatch.setattr("escalations.views.export.ALONE_AT_MOST", 2)
        keys = [make_case(queue=queue).ref for _ in range(4)][:3]

        asked, selected = client.get("/q/export/", {"as": "xlsx"}), client.get("/q/export/", {"keys": keys})

        assert asked["Location"] == "/exports/new/?source=cases&q=is%3Aopen&as=xlsx"
        assert "Write the file" in client.get(asked["Location"]).content.decode()
        page = client.get(selected["Location"]).content.decode()
        assert "is:open (3 selected)" in page
        assert "3 rows now" in page
        assert f'name="keys" value="{" ".join(keys)}"' in page

    def test_thousands_chosen_by_hand_are_posted_to_the_job_and_too_many_for_an_act_are_told_so(
        self, client, queue, monkeypatch
    ):
        case = make_case(queue=queue)
        keys = [case.ref, *(f"ESC-{number}" for number in range(1_000_001, 1_011_500))]
        chosen = {
            "q": "is:open",
            "keys": [*keys[:5000], *keys[:5000]],
        }  # as a ticked box and as the script's word for it

        alone = client.post("/q/export/", chosen).content.decode()
        monkeypatch.setattr("escalations.views.export.ALONE_AT_MOST", 0)
        sent_on = client.post("/q/export/", chosen)
        form = client.post(sent_on["Location"], chosen).content.decode()
        written = client.post(
            "/exports/new/", {"source": "cases", "q": "is:open", "as": "csv", "keys": " ".join(keys[:10_000])}
        )
        act = client.post("/q/act/tag/", {"keys": " ".join(keys), "add": "wave"}, headers=HX)

        assert case.ref in alone
        assert (sent_on.status_code, len(sent_on["Location"]) < 100) == (307, True)
        assert "is:open (5000 selected)" in form
        assert "1 row now" in form
        assert written.status_code == 302
        assert len(Export.objects.get().params["keys"].split()) == 10_000
        assert client.post("/exports/new/", {"source": "cases", "keys": " ".join(keys)}).status_code == 422
        assert act.status_code == 422
        assert "At most 10000 cases are changed at once" in act.content.decode()

    def test_is_not_for_roles_without_the_right(self):
        assert client_of(make_user(roles=["PE"])).get("/q/export/").status_code == 403


class TestPalette:
    def test_goes_to_a_key(self, client, queue):
        case = make_case(queue=queue)

        assert client.get("/palette/", {"q": case.ref.lower()}).headers["Location"] == f"/c/{case.ref}/"
        assert case.title in client.get("/palette/", {"q": case.ref[4:]}, headers=HX).content.decode()

    def test_finds_a_handle_an_address_and_a_hash(self, client, queue):
        from escalations.models import CaseEntity, Entity, Evidence

        case = make_case(queue=queue, title="The one")
        entity = Entity.objects.create(
            platform="x", kind="account", key="@quill", url="https://x.example/quill", first_seen_at=NOON
        )
        CaseEntity.objects.create(organization=case.organization, case=case, entity=entity, added_at=NOON)
        Evidence.objects.create(
            organization=case.organization, case=case, number=1, kind="text", sha256="ab" * 32, added_at=NOON
        )

        for text in ("quill", "@quill", "https://x.example/quill", "ab" * 32):
            assert "The one" in client.get("/palette/", {"q": text}, headers=HX).content.decode(), text

    def test_never_shows_what_is_hidden(self, client):
        hidden = make_case(queue=make_queue(), title="Hidden story")

        assert "Hidden story" not in client.get("/palette/", {"q": hidden.ref}, headers=HX).content.decode()

    def test_offers_to_search_for_anything_else(self, client, queue):
        make_case(queue=queue, title="Broker scam")

        answer = client.get("/palette/", {"q": "broker"}, headers=HX).content.decode()

        assert "Search cases for “broker”" in answer
        assert "1 open" in answer

    def test_any_text_is_answered(self, client):
        for text in ('"', "(", "sla:<2x", "\x00", "x" * 1000, "🙂", "-", "ESC-"):
            wanted = 204 if len(text) == 1 else 200  # one sign is too little to look for: what stands there stays
            assert client.get("/palette/", {"q": text}, headers=HX).status_code == wanted, text


class TestHome:
    @pytest.mark.parametrize(
        ("role", "path"),
        [
            ("SP", "/q/"),
            ("LD", "/reports/"),
            ("RO", "/briefs/"),
            ("PE", "/policies/"),
            ("AD", "/admin/"),
            ("AU", "/admin/log/"),
        ],
    )
    def test_each_role_lands_where_it_works(self, role, path):
        assert client_of(make_user(roles=[role])).get("/").headers["Location"] == path


def test_a_closed_clusters_children_unfold_under_their_parent(client, lead, queue):
    vendor = make_vendor()
    made = [make_case(queue=queue, organization=vendor, received_at=NOON + number * HOUR) for number in range(2)]
    clusters.merge_cases(case_ids=[case.pk for case in made], target_id=None, by=lead, at=db_now())

    answer = client.get(f"/q/children/{made[0].ref}/", headers=HX)

    assert keys_in(answer) == [made[1].ref]
    assert f'data-parent="{made[0].ref}"' in answer.content.decode()


@pytest.mark.parametrize("text", ["acct:nobody-ever-named", "acct:~nobody", "hash:" + "0" * 64])
def test_a_filter_that_can_hold_for_nothing_shows_an_empty_list_and_next_finds_nothing(ana, queue, text):
    make_case(queue=queue)
    client = client_of(ana)

    page = client.get("/q/", {"q": text})
    rows = client.get("/q/rows/", {"q": text}, headers=HX)
    given = cases.claim_next(by=ana, at=NOON, within=selectors.filtered(text, viewer=ana, at=NOON).q)

    assert page.status_code == rows.status_code == 200
    assert "0 cases found" in page.content.decode()
    assert "1 open in all" in page.content.decode()
    assert given is None


def test_a_view_named_like_an_address_of_ours_gets_an_address_of_its_own(ana):
    client = client_of(ana)

    client.post("/q/views/", {"name": "Columns", "filter_text": "is:open", "audience": "personal"})

    slug = SavedView.objects.get(owner=ana).slug
    assert slug != "columns"
    assert client.get(f"/q/{slug}/").status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "given"),
    [
        ("get", "/q/children/{ref}/", {"keys": "a\x00b"}),
        ("get", "/q/export/", {"keys": "a\x00b"}),
        ("post", "/q/act/tag/", {"keys": "a\x00b", "add": "x"}),
        ("post", "/q/act/merge/", {"keys": "a\x00b"}),
    ],
)
def test_a_nul_among_the_chosen_keys_is_refused_and_says_so(lead, queue, method, address, given):
    case = make_case(queue=queue)

    answer = getattr(client_of(lead), method)(address.format(ref=case.ref), given, headers=HX)

    assert answer.status_code == 400
    assert b"NUL" in answer.content
