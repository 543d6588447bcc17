"""Briefs: written and approved by two people, never changed after, read by those who may."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core.clock import db_now
from core.errors import Invalid, NotPermitted, StaleRevision
from escalations.models import Case
from policies.models import Gap
from reporting import blocks as of_blocks
from reporting import demo, events
from reporting.blocks import Block, SaidFigure, Source, Written
from reporting.documents import render
from reporting.documents.brief import brief_document
from reporting.lifecycle import BlockKind, BriefCadence, BriefState
from reporting.models import Brief, BriefSubscription, BriefVersion, Mailing
from reporting.operations import briefs, facts
from reporting.operations.briefs import BriefNotOpen
from reporting.selectors import said
from tests.factories.cases import make_case
from tests.factories.people import make_user, make_vendor

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


@pytest.fixture
def ana() -> User:
    return make_user(roles=[Role.SENIOR], name="Ana Reyes")


@pytest.fixture
def lea() -> User:
    return make_user(roles=[Role.LEAD], name="Lea Lind")


@pytest.fixture
def noor() -> User:
    return make_user(roles=[Role.READER], name="Noor Haddad")


def started(by: User, *extra: Block, **head: str) -> Brief:
    values = {"kind": "weekly", "title": "Week 47", "surface": "", "classification": "confidential", "language": "en"}
    block = Block("aaaa0001", BlockKind.BLUF, text="We are back on target after a bad Monday.")
    return briefs.start_brief(**{**values, **head}, by=by, at=NOON, blocks=[block, *extra])


def submitted(by: User, *extra: Block, **head: str) -> BriefVersion:
    brief = started(by, *extra, **head)
    return briefs.submit(brief_id=brief.pk, revision=brief.revision, by=by, at=NOON)


def sent(by: User, approver: User, *extra: Block, **head: str) -> BriefVersion:
    version = submitted(by, *extra, **head)
    briefs.approve(brief_id=version.brief_id, number=1, by=approver, at=NOON)
    return briefs.send(brief_id=version.brief_id, by=by, at=NOON)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# -- Two people --------------------------------------------------------------------------------------------------------
def test_a_brief_goes_from_words_to_readers_by_two_people(ana, lea, noor):
    version = submitted(ana)
    client = signed_in(noor)
    assert client.get(version.brief.get_absolute_url()).status_code == 404

    for nobody in (ana, noor):
        with pytest.raises(NotPermitted):
            briefs.approve(brief_id=version.brief_id, number=1, by=nobody, at=NOON)
    with pytest.raises(BriefNotOpen):
        briefs.send(brief_id=version.brief_id, by=ana, at=NOON)
    briefs.approve(brief_id=version.brief_id, number=1, by=lea, at=NOON)
    briefs.send(brief_id=version.brief_id, by=ana, at=NOON)

    page = client.get("/briefs/").content.decode()
    assert "We are back on target" in page
    assert "Lea Lind" in page
    kinds = list(Event.objects.filter(subject_id=version.brief_id).order_by("id").values_list("kind", flat=True))
    assert kinds == [events.BRIEF_STARTED, events.BRIEF_SUBMITTED, events.BRIEF_APPROVED, events.BRIEF_SENT]


def test_a_lead_approves_no_brief_of_their_own(lea):
    version = submitted(lea)

    with pytest.raises(NotPermitted):
        briefs.approve(brief_id=version.brief_id, number=1, by=lea, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        BriefVersion.objects.filter(pk=version.pk).update(approved_by=lea, approved_at=NOON)


def test_what_was_put_up_never_changes(ana, lea):
    version = sent(ana, lea)

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        BriefVersion.objects.filter(pk=version.pk).update(title="Another")


def test_the_next_version_overtakes_the_one_before_only_once_it_is_sent(ana, lea, noor):
    first = sent(ana, lea)
    brief = briefs.revise(brief_id=first.brief_id, by=ana, at=NOON)
    typed = {"aaaa0001": Written("It broke again.")}
    brief = briefs.write(brief_id=brief.pk, revision=brief.revision, texts=typed, by=ana, at=NOON)
    second = briefs.submit(brief_id=brief.pk, revision=brief.revision, by=ana, at=NOON)
    client = signed_in(noor)
    assert "back on target" in client.get("/briefs/").content.decode()
    assert client.get(second.get_absolute_url()).status_code == 404

    briefs.approve(brief_id=brief.pk, number=2, by=lea, at=NOON)
    briefs.send(brief_id=brief.pk, by=ana, at=NOON)

    first.refresh_from_db()
    assert first.superseded_at == NOON
    assert "It broke again" in client.get("/briefs/").content.decode()
    assert "back on target" in client.get(first.get_absolute_url()).content.decode()


def test_a_brief_given_back_says_why_and_is_written_on(ana, lea):
    version = submitted(ana)
    with pytest.raises(Invalid):
        briefs.give_back(brief_id=version.brief_id, number=1, note=" ", by=lea, at=NOON)

    briefs.give_back(brief_id=version.brief_id, number=1, note="Say what it costs.", by=lea, at=NOON)

    page = signed_in(ana).get(f"/briefs/BRF-{version.brief_id}/").content.decode()
    assert "Say what it costs." in page
    with pytest.raises(BriefNotOpen):
        briefs.approve(brief_id=version.brief_id, number=1, by=lea, at=NOON)


def test_a_withdrawn_brief_is_found_by_no_reader(ana, lea, noor):
    version = sent(ana, lea)

    briefs.withdraw(brief_id=version.brief_id, by=ana, at=NOON)

    client = signed_in(noor)
    assert client.get(version.get_absolute_url()).status_code == 404
    assert "back on target" not in client.get("/briefs/").content.decode()


# -- Writing -----------------------------------------------------------------------------------------------------------
def test_every_reason_against_putting_it_up_is_said_at_once(ana):
    brief = started(
        ana,
        Block("aaaa0002", BlockKind.ASK, text="Approve two more people."),
        Block("aaaa0003", BlockKind.DOING, text=" "),
        Block("aaaa0004", BlockKind.TEXT, text="word " * 351),
    )

    with pytest.raises(Invalid) as refused:
        briefs.submit(brief_id=brief.pk, revision=brief.revision, by=ana, at=NOON)

    assert [(one.pointer, one.code) for one in refused.value.errors] == [
        ("/aaaa0003", "required"),
        ("/aaaa0002", "required"),
        ("/blocks", "too_long"),
    ]


def test_nobody_overwrites_what_somebody_else_wrote_meanwhile(ana, lea):
    brief = started(ana)
    typed = {"aaaa0001": Written("Mine.")}
    briefs.write(brief_id=brief.pk, revision=1, texts=typed, by=lea, at=NOON)

    with pytest.raises(StaleRevision):
        briefs.write(brief_id=brief.pk, revision=1, texts=typed, by=ana, at=NOON)


def test_a_guarded_question_stands_in_no_brief(ana):
    values = {"question": "May we?", "source_ref": "ESC-1", "opened_by": ana, "opened_at": NOON}
    plain = Gap.objects.create(**values)
    guarded = Gap.objects.create(**values, compartments=["CHILD_SAFETY"])

    block = briefs.gap_block(gap_id=plain.pk, by=ana, at=NOON)

    assert (block.text, block.as_of, block.source.is_restricted) == ("May we?", NOON, True)
    with pytest.raises(Exception, match="may not see it"):
        briefs.gap_block(gap_id=guarded.pk, by=ana, at=NOON)
    cleared = make_user(roles=[Role.LEAD], compartments=["CHILD_SAFETY"])
    with pytest.raises(Invalid):
        briefs.gap_block(gap_id=guarded.pk, by=cleared, at=NOON)


def test_length_counts_words_in_any_script_and_grades_english():
    there = [
        Block("a", BlockKind.BLUF, text="Nine words, or so: we're at 96.2 % of target."),
        Block("b", BlockKind.TEXT),
    ]
    assert of_blocks.measure(there, "en").words == 9
    assert of_blocks.count_words("今日は良い天気") == 4
    easy = of_blocks.measure([Block("a", BlockKind.TEXT, text="The cat sat on the mat. " * 8)], "en")
    hard = of_blocks.measure(
        [
            Block(
                "a", BlockKind.TEXT, text="Organizational accountability necessitates comprehensive documentation " * 6
            )
        ],
        "en",
    )
    assert easy.grade < 3 < 12 < hard.grade
    assert of_blocks.measure([Block("a", BlockKind.TEXT, text="El gato. " * 20)], "es").grade is None


# -- Pages -------------------------------------------------------------------------------------------------------------
def test_the_composer_needs_no_script(ana):
    client = signed_in(ana)
    head = {"title": "Week 48", "surface": "", "classification": "internal"}
    answer = client.post("/briefs/new/", {**head, "kind": "weekly", "language": "en"})
    brief = Brief.objects.get()
    assert answer.headers["Location"] == f"/briefs/BRF-{brief.pk}/edit/"
    block = brief.blocks[0]["id"]

    typed = {**head, f"text-{block}": "All is calm.\x00", "revision": brief.revision}
    client.post(answer.headers["Location"], {**typed, "do": "add-part", "part": "ask"})
    brief.refresh_from_db()
    ask = brief.blocks[1]["id"]
    typed |= {
        "revision": brief.revision,
        f"text-{ask}": "Two more people.",
        f"owner-{ask}": "Noor",
        f"by-{ask}": "soon",
    }
    refused = client.post(answer.headers["Location"], {**typed, "do": "submit"})
    assert refused.status_code == 422
    assert "2026-11-30" in refused.content.decode()
    assert "Two more people." in refused.content.decode()

    done = client.post(answer.headers["Location"], {**typed, f"by-{ask}": "2026-11-30", "do": "submit"})

    assert done.headers["Location"] == f"/briefs/BRF-{brief.pk}/"
    version = BriefVersion.objects.get()
    assert [one["text"] for one in version.blocks] == ["All is calm.", "Two more people."]
    assert version.words == 7


def test_a_stale_page_keeps_what_was_typed(ana, lea):
    brief = started(ana)
    briefs.write(brief_id=brief.pk, revision=1, texts={"aaaa0001": Written("Theirs.")}, by=lea, at=NOON)
    head = {"title": "Week 47", "surface": "", "classification": "internal", "revision": 1, "do": "save"}

    answer = signed_in(ana).post(f"/briefs/BRF-{brief.pk}/edit/", {**head, "text-aaaa0001": "Mine, long thought."})

    assert answer.status_code == 412
    assert "Mine, long thought." in answer.content.decode()
    brief.refresh_from_db()
    assert brief.blocks[0]["text"] == "Theirs."


def test_who_may_open_what(ana, lea):
    version = submitted(ana)
    paths = ["/briefs/", "/briefs/all/", "/briefs/subscriptions/", version.get_absolute_url()]
    vendor = make_user(organization=make_vendor(), roles=[Role.VENDOR_LEAD])
    specialist, quality = make_user(roles=[Role.SPECIALIST]), make_user(roles=[Role.QUALITY])
    auditor = make_user(roles=[Role.AUDITOR])

    answers = {
        who.pk: [signed_in(who).get(path).status_code for path in [*paths, "/briefs/new/"]]
        for who in (vendor, specialist, quality, auditor, lea)
    }

    assert answers == {
        vendor.pk: [404, 404, 404, 404, 404],
        specialist.pk: [403, 403, 403, 403, 403],
        quality.pk: [200, 200, 200, 404, 403],
        auditor.pk: [200, 200, 200, 200, 403],
        lea.pk: [200, 200, 200, 200, 200],
    }


# -- On paper ----------------------------------------------------------------------------------------------------------
FIGURE = Block(
    "aaaa0009",
    BlockKind.FIGURE,
    as_of=NOON - timedelta(hours=2),
    source=Source("Reports", "/reports/now/"),
    figure=SaidFigure("attainment", "Met", "96.2 %", "last 7 days", 412, "stable"),
)


def test_a_draft_says_so_until_it_is_approved_and_the_same_version_is_the_same_paper(ana, lea):
    gap = Block(
        "aaaa0008", BlockKind.GAP, text="May we?", as_of=NOON, source=Source("GAP-7", "/policies/gaps/7/", True)
    )
    version = submitted(ana, FIGURE, gap)
    draft = brief_document(version)
    briefs.approve(brief_id=version.brief_id, number=1, by=lea, at=NOON)
    version = BriefVersion.objects.get(pk=version.pk)

    paper = brief_document(version)

    assert (draft.is_draft, paper.is_draft) == (True, False)
    assert paper.name == f"BRF-{version.brief_id}@v1"
    assert paper.as_of == "Figures as of 16 Nov 2026 10:00 UTC"
    assert paper.made == "Generated 16 Nov 2026 12:00 UTC by Lea Lind"
    assert "GAP-7" in str(paper.parts)
    assert "GAP-7" not in str(brief_document(version, is_forward_safe=True).parts)
    assert render(paper).content == render(brief_document(BriefVersion.objects.get(pk=version.pk))).content
    response = signed_in(ana).get(f"/briefs/BRF-{version.brief_id}/v1/pdf/")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content == render(paper).content


def test_a_source_is_a_link_only_for_whoever_may_open_it(ana, lea, noor):
    gap = Block(
        "aaaa0008", BlockKind.GAP, text="May we?", as_of=NOON, source=Source("GAP-7", "/policies/gaps/7/", True)
    )
    version = sent(ana, lea, gap)

    pages = {who.pk: signed_in(who).get(version.get_absolute_url()).content.decode() for who in (lea, noor)}

    assert 'href="/policies/gaps/7/"' in pages[lea.pk]
    assert 'href="/policies/gaps/7/"' not in pages[noor.pk]
    assert "GAP-7" in pages[noor.pk]


# -- Subscriptions -----------------------------------------------------------------------------------------------------
def test_each_reader_gets_one_copy_at_their_own_time(ana, lea, noor):
    User.objects.filter(pk=noor.pk).update(time_zone="America/New_York")
    noor.refresh_from_db()
    briefs.subscribe(surface="", cadence="weekly", is_forward_safe=True, by=noor, at=NOON)
    briefs.subscribe(surface="", cadence="at_once", is_forward_safe=False, by=lea, at=NOON)
    briefs.subscribe(surface="ads", cadence="daily", is_forward_safe=True, by=lea, at=NOON)

    sent(ana, lea, surface="ads")

    made = {one.user_id: (one.slot_at, one.is_forward_safe) for one in Mailing.objects.all()}
    assert made == {
        noor.pk: (datetime(2026, 11, 16, 13, tzinfo=UTC), True),  # Monday 08:00 in New York is still to come
        lea.pk: (datetime(2026, 11, 17, 8, tzinfo=UTC), True),
    }


def test_who_asked_for_a_region_gets_its_briefs_alone(ana, lea, noor):
    briefs.subscribe(surface="", region="apac", cadence="at_once", is_forward_safe=True, by=noor, at=NOON)
    briefs.subscribe(surface="ads", region="emea", cadence="at_once", is_forward_safe=True, by=lea, at=NOON)
    briefs.subscribe(surface="", region="emea", cadence="at_once", is_forward_safe=False, by=lea, at=NOON)

    for about in ({"surface": "ads", "region": "emea"}, {"surface": "ads", "region": "apac"}, {"surface": "ads"}):
        sent(ana, lea, **about)

    got = [(one.user_id, one.version.brief.region, one.is_forward_safe) for one in Mailing.objects.order_by("pk")]
    assert got == [(lea.pk, "emea", True), (noor.pk, "apac", True)]
    page = signed_in(lea).get("/briefs/subscriptions/").content.decode()
    assert "Europe, Middle East, Africa" in page
    with pytest.raises(Invalid):
        briefs.subscribe(surface="", region="moon", cadence="daily", is_forward_safe=True, by=lea, at=NOON)


@pytest.mark.parametrize(
    ("cadence", "zone", "at", "expected"),
    [
        (BriefCadence.DAILY, "Europe/Berlin", datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (BriefCadence.DAILY, "Europe/Berlin", datetime(2026, 3, 28, 6, tzinfo=UTC), datetime(2026, 3, 28, 7, tzinfo=UTC)),
        (BriefCadence.WEEKLY, "Asia/Kathmandu", datetime(2026, 11, 16, 3, tzinfo=UTC), datetime(2026, 11, 23, 2, 15, tzinfo=UTC)),
        (BriefCadence.AT_ONCE, "UTC", NOON, NOON),
    ],
)  # fmt: skip
def test_slots_are_of_the_readers_clock(cadence, zone, at, expected):
    assert briefs.next_slot(cadence, zone, at=at) == expected


def test_a_subscription_is_ones_own(lea, noor):
    mine = briefs.subscribe(surface="", cadence="daily", is_forward_safe=True, by=noor, at=NOON)

    assert signed_in(lea).post("/briefs/subscriptions/", {"remove": mine.pk}).status_code == 404
    assert signed_in(noor).post("/briefs/subscriptions/", {"remove": mine.pk}).status_code == 302
    assert not BriefSubscription.objects.exists()
    with pytest.raises(NotPermitted):
        briefs.subscribe(surface="", cadence="daily", is_forward_safe=True, by=make_user(), at=NOON)


def test_states_and_dates_are_kept():
    block = Block("aaaa0001", BlockKind.ASK, text="x", owner="Noor", by_on=date(2026, 11, 30))

    assert of_blocks.read([of_blocks.keep(block)]) == [block]
    assert of_blocks.read([of_blocks.keep(FIGURE)]) == [FIGURE]
    assert set(BriefState.values) == {"draft", "in_review", "approved", "sent", "withdrawn"}


# -- Figures -----------------------------------------------------------------------------------------------------------
def test_a_figure_keeps_what_it_said_and_leaves_out_what_a_label_guards(ana):
    at = db_now()
    for number in range(9):
        make_case(received_at=at - timedelta(hours=1), compartments=["CHILD_SAFETY"] if number < 3 else [])
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    cleared = make_user(roles=[Role.LEAD], compartments=["CHILD_SAFETY"])

    asked = {"measure": "volume", "where": "", "language": "es", "by": cleared, "at": at}
    block = said.figure_block(period="7", **asked)
    chart = said.chart_block(**asked)
    few = said.figure_block(period="7", **{**asked, "where": "sev:S0"})

    assert (block.figure.value, block.figure.n) == ("6", 6)
    assert block.source.path.startswith("/q/?")
    assert few.figure.value in ("0", "—")
    assert chart.chart.svg.startswith("<svg")
    assert len(chart.chart.rows) == 13
    make_case(received_at=at)
    facts.write(list(Case.objects.values_list("pk", flat=True)))
    brief = briefs.start_brief(
        kind="weekly",
        title="x",
        surface="",
        classification="internal",
        language="en",
        by=ana,
        at=at,
        blocks=[block, chart],
    )
    page = signed_in(ana).get(f"/briefs/BRF-{brief.pk}/").content.decode()
    assert "<b>6</b>" in page
    assert "<svg" in page


@pytest.mark.parametrize(
    ("wrong", "status"), [({"measure": "nonsense"}, 422), ({"period": "x"}, 422), ({"where": "nonsense:("}, 422)]
)
def test_what_no_figure_can_be_made_from_is_said(ana, wrong, status):
    brief = started(ana)
    head = {"title": "x", "surface": "", "classification": "internal", "revision": 1, "do": "add-figure"}

    answer = signed_in(ana).post(
        f"/briefs/BRF-{brief.pk}/edit/", {**head, "measure": "volume", "period": "7", "where": "", **wrong}
    )

    assert answer.status_code == status
    brief.refresh_from_db()
    assert len(brief.blocks) == 1


def test_counts_below_five_are_not_told(ana):
    at = db_now()
    for _number in range(3):
        make_case(received_at=at - timedelta(hours=1))
    facts.write(list(Case.objects.values_list("pk", flat=True)))

    block = said.figure_block(measure="volume", period="7", where="", language="en", by=ana, at=at)

    assert (block.figure.value, block.figure.n) == ("fewer than 5", None)


def test_the_demo_has_a_brief_that_was_sent_and_one_that_waits(ana):
    for name, role in (("ravi", Role.LEAD), ("aiko", Role.LEGAL), ("marta", Role.SENIOR)):
        make_user(roles=[role], name=name.title(), email=f"{name}@demo.watchfloor.example")

    demo.make_briefs(Event(kind="demo.completed"))
    demo.make_briefs(Event(kind="demo.completed"))

    assert sorted(Brief.objects.values_list("state", flat=True)) == [BriefState.IN_REVIEW, BriefState.SENT]
