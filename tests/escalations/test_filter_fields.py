"""What every field finds: a few cases that differ in one thing each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.roles import Role
from escalations.filters.compiling import compile_filter
from escalations.lifecycle import CaseStatus, Verdict
from escalations.models import (
    Blob,
    Case,
    CaseEntity,
    CaseTag,
    Comment,
    Decision,
    Draft,
    Entity,
    Evidence,
    Mention,
    SecondLook,
    Tag,
    Watch,
)
from policies.models import Gap
from tests.factories.cases import make_case, make_internal_case, make_queue
from tests.factories.people import NOON, make_team, make_user, make_vendor
from tests.factories.policies import make_policy, make_version

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def found(text, *, viewer, at=NOON):
    compiled = compile_filter(text, viewer=viewer, at=at)
    assert compiled.is_valid, compiled.sentences
    return {case.title for case in compiled.cases()}


@pytest.fixture
def lead():
    return make_user(roles=[Role.LEAD], name="Ana Lead")


@pytest.fixture
def cases(lead):
    """Cases named for what is special about them. `plain` is an ordinary one."""
    vendor = make_vendor("northgate")
    team = make_team("Ads", hub="Dublin")
    queue = make_queue(slug="ads-emea", team=team)

    def case(title, **fields):
        return make_case(title=title, **({"organization": vendor, "queue": queue} | fields))

    made = {
        "plain": case("plain", language="en", platform="photoshare"),
        "spanish": case("spanish", language="es", market="BR"),
        "severe": case("severe", severity=0, level=3, surface="ads", harm="fraud_scam"),
        "wide": case("wide", reach=1_200_000, spend=20_000),
        "mine": case("mine", assignee=lead),
        "waiting": case("waiting", status=CaseStatus.WAITING),
        "closed": case("closed", status=CaseStatus.CLOSED, closed_at=NOON - 3 * HOUR, resolution="duplicate"),
        "overdue": case("overdue", due_metric="F", due_at=NOON - HOUR, risk_at=NOON - 2 * HOUR),
        "atrisk": case("atrisk", due_metric="R", due_at=NOON + HOUR, risk_at=NOON - HOUR),
        "missed": case("missed", is_breached=True),
        "snoozed": case("snoozed", snoozed_until=NOON + HOUR),
        "old": case("old", received_at=NOON - timedelta(days=3)),
        "reopened": case("reopened", reopened_count=1),
        "parent": case("parent", cluster_size=1),
        "held": case("held", is_legal_hold=True),
        "famous": case("famous", is_high_profile=True),
        "graphic": case("graphic", graphic_tier=3),
        "mild": case("mild", graphic_tier=1),
        "sandbox": case("sandbox", is_sandbox=True),
        "ours": make_internal_case(title="ours", channel="manual"),
        "suspect": case("suspect", suspected_policy="CS-ZZ-9.9"),
        "referenced": case("referenced", external_ref="NG-77", deadline_at=NOON),
    }
    made["child"] = case("child", parent=made["parent"])
    return made


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("is:closed", {"closed"}),
        ("status:waiting", {"waiting"}),
        ("state:waiting,closed", {"waiting", "closed"}),
        ("res:duplicate", {"closed"}),
        ("res:any", {"closed"}),
        ("is:claimed", {"mine"}),
        ("is:waiting", {"waiting"}),
        ("is:breached", {"overdue", "missed"}),
        ("is:atrisk", {"atrisk"}),
        ("is:snoozed", {"snoozed"}),
        ("is:reopened", {"reopened"}),
        ("is:cluster", {"parent"}),
        ("is:held", {"held"}),
        ("is:highprofile", {"famous"}),
        ("is:sandbox", {"sandbox"}),
        ("level:>1", {"severe"}),
        ("level:L3", {"severe"}),
        ("ref:NG-77", {"referenced"}),
        ("sev:0..1", {"severe"}),
        ("s:S0", {"severe"}),
        ("sla:<0", {"overdue"}),
        ("sla:<2h", {"overdue", "atrisk"}),
        ("sla:0..2h", {"atrisk"}),
        ("sla:1h", {"overdue", "atrisk"}),
        ("sla:>-2h sla:<0", {"overdue"}),
        ("clock:F", {"overdue"}),
        ("clock:f,r", {"overdue", "atrisk"}),
        ("clock:F is:breached", {"overdue"}),
        ("due:any", {"overdue", "atrisk"}),
        ("due:<now", {"overdue"}),
        ("age:>2d", {"old"}),
        ("age:2d", {"old"}),
        ("created:<-2d", {"old"}),
        ("who:@me", {"mine"}),
        ("who:ana.lead", {"mine"}),
        ("who:any", {"mine"}),
        ("vendor:none", {"ours"}),
        ("from:manual", {"ours"}),
        ("platform:Photoshare", {"plain"}),
        ("lang:es", {"spanish"}),
        ("lang:es,en", {"spanish", "plain"}),
        ("market:br", {"spanish"}),
        ("country:BR", {"spanish"}),
        ("surface:ads", {"severe"}),
        ("harm:fraud_scam", {"severe"}),
        ("reach:>1M", {"wide"}),
        ("spend:10k..20k", {"wide"}),
        ("graphic:3", {"graphic"}),
        ("graphic:<=1", {"mild"}),
        ("closed:-4h", {"closed"}),
        ("closed:any", {"closed"}),
        ("clause:CS-ZZ-9", {"suspect"}),
        ("clause:any", {"suspect"}),
        ("has:deadline", {"referenced"}),
        ("cluster:any", {"parent", "child"}),
        ("is:open is:closed", set()),
        ("sev:0 OR lang:es", {"severe", "spanish"}),
        ("(sev:0 OR lang:es) -surface:ads", {"spanish"}),
    ],
)
def test_a_filter_finds(text, titles, cases, lead):
    assert found(text, viewer=lead) == titles


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("is:open", {"closed", "sandbox"}),
        ("is:unclaimed", {"mine", "sandbox"}),
        ("-who:@me", {"mine", "sandbox"}),
        ("who:none", {"mine", "sandbox"}),
        ("-lang:es", {"spanish", "sandbox"}),
        ("-sla:<0", {"overdue", "sandbox"}),
        ("-is:waiting", {"waiting", "sandbox"}),
        ("sla:none", {"overdue", "atrisk", "sandbox"}),
        ("vendor:northgate", {"ours", "sandbox"}),
        ("vendor:VND-northgate", {"ours", "sandbox"}),
        ("vendor:any", {"ours", "sandbox"}),
        ("team:ads", {"ours", "sandbox"}),
        ("hub:dublin", {"ours", "sandbox"}),
        ("queue:ads-emea", {"ours", "sandbox"}),
        ("graphic:>=2", {"mild", "sandbox"}),
        ("-graphic:1", {"mild", "sandbox"}),
        ("cluster:none", {"parent", "child", "sandbox"}),
        ("clause:none", {"suspect", "sandbox"}),
        ("decided:none", {"sandbox"}),
        ("", {"sandbox"}),
    ],
)
def test_a_filter_leaves_out(text, left_out, cases, lead):
    assert found(text, viewer=lead) == set(cases) - left_out


def test_a_cluster_is_found_by_its_parent(cases, lead):
    assert found(f"cluster:{cases['parent'].ref.lower()}", viewer=lead) == {"parent", "child"}


def test_our_reference_is_found_as_field_and_as_word(cases, lead):
    ref = cases["wide"].ref

    assert found(f"ref:{ref.lower()}", viewer=lead) == {"wide"}
    assert found(ref, viewer=lead) == {"wide"}
    assert found(f"ref:{ref},NG-77", viewer=lead) == {"wide", "referenced"}


def test_people_beside_a_case(cases, lead):
    other = make_user(name="Tom Else")
    part = {"organization_id": cases["plain"].organization_id, "case": cases["plain"]}
    Watch.objects.create(user=lead, since_at=NOON, **part)
    comment = Comment.objects.create(audience="internal", body="@ana", created_at=NOON, visible_at=NOON, **part)
    Mention.objects.create(comment=comment, user=lead, at=NOON, **part)
    Draft.objects.create(user=other, kind="note", saved_at=NOON, **part)

    for text in ("watch:@me", "watch:any", "mention:ana.lead", "is:draft", "has:note"):
        assert found(text, viewer=lead) == {"plain"}, text
    assert found("watch:tom.else", viewer=lead) == set()
    assert "plain" not in found("watch:none", viewer=lead)


def test_tags(cases, lead):
    tag = Tag.objects.create(name="press")
    CaseTag.objects.create(case=cases["plain"], organization_id=cases["plain"].organization_id, tag=tag, added_at=NOON)

    assert found("tag:Press", viewer=lead) == {"plain"}
    assert found("tag:none", viewer=lead) == set(cases) - {"plain", "sandbox"}
    assert found("-tag:press", viewer=lead) == set(cases) - {"plain", "sandbox"}


@pytest.mark.parametrize(
    "text", ["acct:broker_4411", "acct:@Broker_4411", "acct:~roker", "url:broker_4411", "url:~4411"]
)
def test_subjects(text, cases, lead):
    entity = Entity.objects.create(platform="photoshare", kind="account", key="broker_4411", first_seen_at=NOON)
    CaseEntity.objects.create(
        case=cases["plain"], organization_id=cases["plain"].organization_id, entity=entity, added_at=NOON
    )

    assert found(text, viewer=lead) == {"plain"}
    assert found("ad:broker_4411", viewer=lead) == set()


def test_contested_is_what_two_people_decided_differently(cases, lead):
    other = make_user()
    for name, state in (("plain", "differs"), ("mild", "agrees"), ("wide", "waiting")):
        part = {"case": cases[name], "organization_id": cases[name].organization_id}
        decision = Decision.objects.create(
            verdict="insufficient_info", decided_by=lead, decided_at=NOON, hold_until=NOON, **part
        )
        answer = {} if state == "waiting" else {"answered_by": other, "answered_at": NOON, "verdict": "no_violation"}
        SecondLook.objects.create(decision=decision, first_by=lead, asked_at=NOON, state=state, **answer, **part)

    assert found("is:contested", viewer=lead) == {"plain"}


def test_verified_subjects(cases, lead):
    for name, is_verified in (("plain", True), ("mild", False), ("wide", None)):
        entity = Entity.objects.create(platform="photoshare", kind="account", key=name, first_seen_at=NOON)
        part = {"organization_id": cases[name].organization_id, "case": cases[name], "added_at": NOON}
        CaseEntity.objects.create(entity=entity, is_verified=is_verified, **part)

    assert found("verified:yes", viewer=lead) == {"plain"}
    assert found("verified:no", viewer=lead) == {"mild"}
    assert found("verified:yes,no", viewer=lead) == {"plain", "mild"}


def test_evidence(cases, lead):
    blob = Blob.objects.create(
        sha256="ab" * 32, size=1, media_type="video/mp4", perceptual_hash="f00d" * 16, created_at=NOON
    )
    for name in ("plain", "wide"):
        case = cases[name]
        Evidence.objects.create(
            case=case,
            organization_id=case.organization_id,
            number=1,
            kind="file",
            blob=blob,
            sha256=blob.sha256,
            added_at=NOON,
        )
    note = cases["mild"]
    Evidence.objects.create(
        case=note,
        organization_id=note.organization_id,
        number=1,
        kind="text",
        sha256="cd" * 32,
        text="x",
        note="seen",
        added_at=NOON,
    )

    both = {"plain", "wide"}
    assert found("hash:ababab", viewer=lead) == both
    assert found("hash:F00DF00D", viewer=lead) == both
    assert found("hash:cdcdcd", viewer=lead) == {"mild"}
    assert found("media:video", viewer=lead) == both
    assert found("media:text,audio", viewer=lead) == {"mild"}
    assert found("has:hashmatch", viewer=lead) == both
    assert found("has:evidence", viewer=lead) == both | {"mild"}
    assert found("has:description", viewer=lead) == {"mild"}


def test_decisions(cases, lead):
    version = make_version(policy=make_policy(key="CS-VI-3.2"), number=14)
    case = cases["plain"]
    Case.objects.filter(pk=case.pk).update(decided_at=NOON, status="decided", suspected_policy="CS-ZZ-9.9")
    Decision.objects.create(
        case=case,
        organization_id=case.organization_id,
        verdict=Verdict.REMOVE,
        clause=version,
        actions=["content_remove"],
        decided_by=lead,
        decided_at=NOON,
        hold_until=NOON + HOUR,
    )

    texts = (
        "verdict:1",
        "verdict:remove",
        "verdict:any",
        "by:@me",
        "by:any",
        "clause:cs-vi",
        "clause:CS-VI-3.2@v14",
        "ver:14",
        "ver:>=14",
    )
    for text in (*texts, "action:content_remove", "decided:any", "status:decided"):
        assert found(text, viewer=lead) == {"plain"}, text
    assert found("clause:CS-VI-3.2@13", viewer=lead) == set()
    assert found("ver:13", viewer=lead) == set()
    assert found("clause:CS-ZZ", viewer=lead) == {"suspect"}  # once decided, what was suspected no longer counts


def test_the_gap_a_case_was_decided_under(cases, lead):
    gap = Gap.objects.create(question="Whose voice is it?", source_ref="ESC-1", opened_by=lead, opened_at=NOON)
    hidden = Gap.objects.create(
        question="?", source_ref="ESC-2", opened_by=lead, opened_at=NOON, compartments=["child_safety"]
    )
    for title, of in (("plain", gap), ("mild", None)):
        case = cases[title]
        Case.objects.filter(pk=case.pk).update(decided_at=NOON, status="decided")
        Decision.objects.create(
            case=case,
            organization_id=case.organization_id,
            verdict=Verdict.POLICY_GAP,
            gap=of,
            decided_by=lead,
            decided_at=NOON,
            hold_until=NOON + HOUR,
        )

    assert found(f"gap:{gap.ref}", viewer=lead) == found(f"gap:{gap.pk}", viewer=lead) == {"plain"}
    assert found("gap:any", viewer=lead) == {"plain"}
    assert {"mild", "wide"} <= found("gap:none", viewer=lead)
    for unknown in (f"gap:{hidden.ref}", "gap:GAP-999999", "gap:x"):
        assert not compile_filter(unknown, viewer=lead, at=NOON).is_valid


@pytest.mark.parametrize("few", [5000, 0])
def test_free_text_looks_into_title_ask_and_evidence(lead, few, monkeypatch):
    monkeypatch.setattr("escalations.filters.search.FEW", few)
    make_case(title="Fake broker ads", ask="Please pause")
    make_case(title="Other", outward_text="a doctored news clip of a Bróker")

    assert found("broker", viewer=lead) == {"Fake broker ads", "Other"}
    assert found('"fake broker"', viewer=lead) == {"Fake broker ads"}
    assert found('"broker fake"', viewer=lead) == set()
    assert found("broker -clip", viewer=lead) == {"Fake broker ads"}
    assert found("PAUSE OR clip", viewer=lead) == {"Fake broker ads", "Other"}


def test_times_are_the_viewers(lead):
    lead.time_zone = "Pacific/Auckland"
    make_case(title="yesterday there", received_at=NOON - timedelta(hours=2))  # 16 November 23:00 in Auckland
    make_case(title="today there", received_at=NOON)  # 17 November 01:00

    assert found("created:today", viewer=lead) == {"today there"}
    assert found("created:2026-11-16", viewer=lead) == {"yesterday there"}
    words = compile_filter("created:today", viewer=lead, at=NOON).ranges_in_words
    assert words == [("created", "2026-11-17 00:00 to 2026-11-18 00:00 (Pacific/Auckland)")]


def test_shift_is_the_present_one_of_ones_own_working_hours_or_the_last(lead):
    lead.time_zone = "Asia/Singapore"  # noon here is 20:00 there, a Monday
    lead.working_hours = {"days": [0, 1, 2, 3, 4], "from": "16:00", "to": "00:30"}
    make_case(title="this shift", received_at=NOON - 3 * HOUR)
    make_case(title="before it", received_at=NOON - 5 * HOUR)

    assert found("created:shift", viewer=lead) == {"this shift"}
    assert found("created:<shift", viewer=lead) == {"before it"}
    assert found("created:shift", viewer=lead, at=NOON + 12 * HOUR) == {"this shift"}  # in the morning after it
    lead.working_hours = {"days": [0], "from": "21:00", "to": "23:00"}
    assert found("created:shift", viewer=lead, at=NOON) == set()  # a week ago
    lead.working_hours = {}
    [sentence] = compile_filter("created:shift", viewer=lead, at=NOON).sentences
    assert "working hours" in sentence
