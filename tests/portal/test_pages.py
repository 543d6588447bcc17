"""The vendor's pages over HTTP: what each shows, what it does, what it never says."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import ServiceKey, User
from accounts.roles import Role
from audit.models import AccessRecord
from core.clock import db_now
from escalations.lifecycle import InvalidReason
from escalations.models import Appeal, Case, Comment, Evidence, Submission
from escalations.operations import appeals, batches, comments
from escalations.operations.claims import claim_case
from escalations.operations.closing import mark_invalid
from notifications.models import WebhookEndpoint
from reporting.models import CaseFact, VendorReview, VendorWeek
from reporting.operations import facts, vendor_reviews, weeks
from reporting.selectors import scorecard as scorecards
from reporting.selectors.figures import Scope
from tests.factories.people import PASSWORD, make_user
from tests.portal.people import Vendor, decide, make_portal_vendor, send_in, signed_in

UTC = ZoneInfo("UTC")
FORM = {
    "where": "https://vid.example/ads/7731",
    "what": "Fake broker ads\nPause them: doctored news clip.",
    "surface": "ads",
    "policy": "harm:fraud_scam",
    "severity": "S1",
    "severity_reason": "Money lost today",
    "language": "es",
    "evidence_text": "Guaranteed 40 % a month",
    "form_token": "a-token",
}


@pytest.fixture
def vendor(db) -> Vendor:
    return make_portal_vendor()


@pytest.fixture
def lead(vendor) -> Client:
    return signed_in(vendor.lead)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# -- The door
def test_whoever_is_not_signed_in_is_led_to_the_portals_own_page(db):
    answer = Client().get("/portal/bulk/?state=x")

    assert answer.status_code == 302
    assert answer.url == "/portal/sign-in/?next=/portal/bulk/%3Fstate%3Dx"
    assert "Sign in to the vendor portal" in text_of(Client().get(answer.url))


def test_a_vendor_signs_in_there_and_lands_at_home(vendor):
    user = make_user(roles=[Role.VENDOR_SUBMITTER], organization=vendor.organization, password=PASSWORD)
    client = Client()

    refused = client.post("/portal/sign-in/", {"login": user.email, "password": "not mine at all"})
    answer = client.post("/portal/sign-in/", {"login": user.email, "password": PASSWORD}, follow=True)

    assert refused.status_code == 401
    assert answer.redirect_chain[-1][0] == "/portal/"
    assert "Welcome" in text_of(answer)


def test_the_team_finds_no_portal(db):
    client = signed_in(make_user(roles=[Role.LEAD]))

    assert {client.get(path).status_code for path in ("/portal/", "/portal/new/", "/portal/s/", "/portal/keys/")} == {
        404
    }


# -- Submitting
def test_the_form_asks_for_seven_things_and_answers_with_a_receipt(lead, vendor):
    page = lead.get("/portal/new/")
    form = page.context["form"]
    answer = lead.post("/portal/new/", FORM)
    again = lead.post("/portal/new/", FORM)

    assert [name for name in form.fields if form.fields[name].required] == [
        "where", "what", "surface", "policy", "severity", "severity_reason",
    ]  # fmt: skip
    case = Case.objects.get()
    assert (case.title, case.channel, case.submitted_by) == ("Fake broker ads", "portal", vendor.lead)
    assert Evidence.objects.get(case=case).text == "Guaranteed 40 % a month"
    assert answer.url == again.url == f"/portal/s/{case.ref}/receipt/"
    shown = text_of(lead.get(answer.url))
    assert f"We have it: {case.ref}" in shown
    assert "Decision by" in shown
    assert "UTC" in shown or "Z" in shown
    assert "curl -sS -X POST" in shown


def test_what_is_wrong_stands_by_its_field_and_files_are_kept_over_it(lead):
    picture = SimpleUploadedFile("clip.txt", b"words of the ad", content_type="text/plain")
    wrong = FORM | {"where": "", "evidence_text": "", "severity_reason": "", "attached": picture}

    refused = lead.post("/portal/new/", wrong)
    upload = re.search(r'name="upload" value="([^"]+)"', refused.content.decode())
    assert refused.status_code == 422
    assert upload is not None
    answer = lead.post("/portal/new/", FORM | {"evidence_text": "", "upload": upload[1]})

    assert answer.status_code == 302
    assert Evidence.objects.get().name == "clip.txt"


def test_without_evidence_one_says_so_or_is_asked(lead):
    refused = lead.post("/portal/new/", FORM | {"evidence_text": ""})
    answer = lead.post("/portal/new/", FORM | {"evidence_text": "", "no_evidence": "on"})

    assert (refused.status_code, answer.status_code) == (422, 302)
    assert "say that there is nothing to add" in text_of(refused)


@pytest.mark.parametrize("when", ["0001-01-01T00:00", "9999-12-31T23:59", "2020-01-01T10:00", "soon"])
def test_a_deadline_that_cannot_be_is_refused_by_its_field(lead, when):
    answer = lead.post("/portal/new/", FORM | {"deadline_at": when, "deadline_reason": "A law"})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"deadline_at"}


def test_what_is_open_already_is_said_before_anything_is_sent(lead, vendor):
    case = send_in(vendor.lead, at=db_now() - timedelta(hours=2))
    known = lead.get(
        "/portal/new/known/", {"where": "http://www.vid.example/ads/7731/"}, headers={"HX-Request": "true"}
    )

    asked = lead.post("/portal/new/", FORM)
    joined = lead.post("/portal/new/", FORM | {"attach_to": case.ref})
    new = lead.post("/portal/new/", FORM | {"different": "1", "form_token": "another"})

    assert f"as {case.ref}" in text_of(known)
    assert asked.status_code == 409
    assert "Nothing is sent yet" in text_of(asked)
    assert joined.url == f"/portal/s/{case.ref}/receipt/"
    assert Submission.objects.filter(case=case).count() == 2
    assert new.status_code == 302
    assert Case.objects.count() == 2


def test_a_colleagues_case_is_named_and_not_opened(vendor):
    case = send_in(vendor.lead, at=db_now())
    client = signed_in(vendor.submitter)

    known = client.get("/portal/new/known/", {"where": FORM["where"]}, headers={"HX-Request": "true"})

    assert case.ref in text_of(known)
    assert "Follow it" not in text_of(known)
    assert "Fake broker" not in text_of(known)
    assert client.get(f"/portal/s/{case.ref}/").status_code == 404


def test_how_those_alike_fared_follows_what_is_typed_and_says_its_evidence(lead, vendor):
    now = db_now()
    judge = make_user(roles=[Role.LEAD])
    ids = []

    def sent(number, **changes):
        case = send_in(vendor.lead, at=now - timedelta(days=2), where=f"https://x.example/{len(ids)}", **changes)
        ids.append(case.pk)
        if number:
            mark_invalid(case_id=case.pk, reason=InvalidReason.MISSING_EVIDENCE, note="Add it", by=judge, at=now)

    def asked(**typed):
        return text_of(lead.post("/portal/new/foreseen/", typed, headers={"HX-Request": "true"}))

    for _ in range(9):
        sent(1, evidence=[])
    facts.write(ids)
    assert "nothing can be foretold" in text_of(lead.get("/portal/new/"))
    sent(1, evidence=[])
    for number in range(10):
        sent(number < 1, evidence=[{"kind": "text", "text": "Guaranteed"}], surface="organic")
    facts.write(ids)
    # Looked at, and worth it: what a decision would leave.
    CaseFact.objects.filter(case_id__in=ids, triage="").update(triage="valid", triaged_at=now)

    bare = asked(surface="ads")
    with_words = asked(surface="organic", evidence_text="Guaranteed 40 %")
    with_file = asked(surface="organic", attached="[object File]")
    nobody_elses = text_of(signed_in(make_portal_vendor().lead).get("/portal/new/"))
    checked = lead.post("/portal/new/", FORM | {"check": "1"})

    assert "No evidence attached: 100 % of these are returned" in bare
    assert "10 of 10 looked at in 90 days" in bare
    assert "Most often: Missing evidence (10)" in bare
    assert with_words == with_file
    assert "Of those like it, 10 % are returned (1 of 10" in with_words
    assert "nothing can be foretold" in nobody_elses
    assert (checked.status_code, Case.objects.count()) == (200, len(ids))
    assert "Nothing is sent yet" in text_of(checked)
    assert FORM["severity_reason"] in checked.content.decode()
    assert lead.post("/portal/new/foreseen/", {"surface": "ads"}).status_code == 302
    assert "Missing evidence was the reason for 100 % of your returns" in text_of(lead.get("/portal/"))


# -- One submission
def ask(case: Case, question: str) -> User:
    """Somebody of the team takes the case and asks the submitter something."""
    person = make_user(roles=[Role.LEAD], name="Inga Internal")
    claim_case(case_id=case.pk, by=person, at=db_now())
    comments.request_info(case_id=case.pk, question=question, by=person, at=db_now())
    return person


def test_what_we_ask_is_a_list_to_answer_and_the_case_goes_on(lead, vendor):
    case = send_in(vendor.lead, at=db_now())
    ask(case, "We need:\n- the landing page\n- the time you saw it")
    home, page = lead.get("/portal/"), lead.get(f"/portal/s/{case.ref}/")

    answer = lead.post(
        f"/portal/s/{case.ref}/message/",
        {"answers": "1", "item_1": "https://orbix.example/", "item_2": ""},
        follow=True,
    )

    assert "1 reply needed" in text_of(home)
    assert [field.label for field in page.context["answers_form"]] == ["the landing page", "the time you saw it"]
    assert "Still asked for: the time you saw it" in text_of(answer)
    case.refresh_from_db()
    assert case.status == "in_review"
    assert Comment.objects.get(is_from_submitter=True).body == "the landing page\nhttps://orbix.example/"


def test_nothing_of_the_team_is_said(lead, vendor):
    case = send_in(vendor.lead, at=db_now())
    person = ask(case, "Where did you see it?")
    comments.add_note(case_id=case.pk, body="INTERNAL-NOTE", by=person, at=db_now())
    case.queue.name = "INTERNAL-QUEUE"
    case.queue.save()

    pages = [lead.get(path).content.decode() for path in ("/portal/", "/portal/s/", f"/portal/s/{case.ref}/")]

    for internal in ("Inga", "INTERNAL-NOTE", "INTERNAL-QUEUE", person.email, case.queue.slug + "/"):
        assert not any(internal in page for page in pages), internal


def test_more_evidence_a_message_and_withdrawing(lead, vendor):
    case = send_in(vendor.lead, at=db_now())
    path = f"/portal/s/{case.ref}"

    empty = lead.post(f"{path}/evidence/", {})
    lead.post(f"{path}/evidence/", {"text": "https://orbix.example/", "form_token": "t"})
    lead.post(f"{path}/evidence/", {"text": "https://orbix.example/", "form_token": "t"})
    lead.post(f"{path}/message/", {"body": "It is back under another name."})
    unsaid = lead.post(f"{path}/withdraw/", {"reason": ""})
    done = lead.post(f"{path}/withdraw/", {"reason": "Solved"}, follow=True)

    assert (empty.status_code, unsaid.status_code) == (422, 422)
    assert Evidence.objects.filter(case=case).count() == 2
    assert "is withdrawn" in text_of(done)
    assert lead.post(f"{path}/message/", {"body": "more"}).status_code in (302, 422)


def test_a_returned_case_says_why_and_what_to_do_instead(lead, vendor):
    case = send_in(vendor.lead, at=db_now())
    mark_invalid(
        case_id=case.pk,
        reason=InvalidReason.MISSING_EVIDENCE,
        note="Add the landing page.",
        by=make_user(roles=[Role.LEAD]),
        at=db_now(),
    )

    shown = text_of(lead.get(f"/portal/s/{case.ref}/"))

    assert "Why it came back: Missing evidence" in shown
    assert "Add the landing page." in shown
    assert "The next time:" in shown
    assert f"{case.ref}" in text_of(lead.get("/portal/s/?state=returned"))


def test_a_decision_is_shown_with_its_rule_and_appealed_once(lead, vendor):
    at = db_now() - timedelta(hours=3)
    case = send_in(vendor.lead, at=at)
    decider = decide(case, at=at + timedelta(hours=1))
    path = f"/portal/s/{case.ref}"
    page = lead.get(f"{path}/")

    unsaid = lead.post(f"{path}/appeal/", {"text": " "})
    filed = lead.post(f"{path}/appeal/", {"text": "The frame was cut off."}, follow=True)
    again = lead.post(f"{path}/appeal/", {"text": "Once more."})
    appeal = Appeal.objects.get()
    appeals.ask_appellant(appeal_id=appeal.pk, question="Which frame?", by=_holding(appeal), at=db_now())
    asked = lead.get(f"{path}/")
    lead.post(f"{path}/appeal/answer/", {"body": "The second."})

    assert "Our decision: It stays: no rule is broken" in text_of(page)
    assert "Ask for another look" in text_of(page)
    assert unsaid.status_code == 422
    assert "Somebody who did not decide before looks at it." in text_of(filed)
    assert "Decided by" in text_of(filed)
    assert again.status_code == 422
    assert (appeal.appellant, appeal.channel, appeal.filed_by) == ("vendor", "portal", vendor.lead)
    assert "Which frame?" in text_of(asked)
    appeal.refresh_from_db()
    assert appeal.state == "open"
    assert decider.display_name not in asked.content.decode()
    lead.post(f"{path}/appeal/withdraw/")
    appeal.refresh_from_db()
    assert appeal.state == "withdrawn"


def _holding(appeal: Appeal) -> User:
    person = make_user(roles=[Role.LEAD], name="Secret Reviewer")
    appeals.claim_appeal(appeal_id=appeal.pk, by=person, at=db_now())
    return person


def test_a_restricted_case_leaves_a_receipt(lead, vendor):
    case = send_in(vendor.lead, at=db_now())
    Case.objects.filter(pk=case.pk).update(compartments=["CHILD_SAFETY"])

    page = lead.get(f"/portal/s/{case.ref}/")

    assert page.status_code == 200
    assert "handled by a small group" in text_of(page)
    assert "Fake broker" not in page.content.decode()
    assert lead.post(f"/portal/s/{case.ref}/withdraw/", {"reason": "x"}).status_code == 404


# -- Bulk
def test_a_table_is_checked_sent_and_reported(lead):
    rows = b"row_key,what,where,surface,harm,market\nA1,Fake broker,https://v.example/1,ads,fraud_scam,CO\nA2,,x,ads,spam,CO"
    checked = lead.post("/portal/bulk/", {"file": SimpleUploadedFile("week.csv", rows)})
    page = lead.get(checked.url)
    sent = lead.post(f"{checked.url}send/", follow=True)
    report = lead.get(f"{checked.url}report.csv")

    assert "Send 1 row" in text_of(page)
    assert "what: This must not be empty." in text_of(page).replace(" :", ":")
    assert Case.objects.get().external_ref == "A1"
    assert "Take it back" in text_of(sent)
    assert b"A2" in report.content
    lead.post(f"{checked.url}undo/")
    assert Case.objects.get().resolution == "withdrawn"


def test_a_hostile_file_is_answered_by_the_field(lead):
    answer = lead.post("/portal/bulk/", {"file": SimpleUploadedFile("x.csv", "señor".encode("cp1252"))})

    assert answer.status_code == 422
    assert "CSV UTF-8" in text_of(answer)


def test_a_lead_brings_in_what_its_reviewers_decided_and_sees_no_name_of_ours(lead, vendor):
    ours = make_user(roles=[Role.LEAD], name="Marta Real")
    head = b"external_id,kind,item,reviewer,decision,decided_at\n"
    good = b"R-1,ad,https://v.example/1,r-14,no_violation,2026-01-05T10:00:00Z\n"
    vendor_reviews.bring_file(
        content=head + good.replace(b"R-1", b"R-0"),
        name="ours.csv",
        vendor=vendor.organization,
        is_try=False,
        by=ours,
        at=db_now(),
    )
    file = head + good + b"R-2,ad,x,r-14,maybe,2026-01-05T10:00:00Z\n"

    tried = lead.post("/portal/bulk/decisions/", {"file": SimpleUploadedFile("w.csv", file), "act": "try"})
    kept = lead.post("/portal/bulk/decisions/", {"file": SimpleUploadedFile("w.csv", file), "act": "keep"})

    assert "Nothing was kept" in text_of(tried)
    assert "The file was brought in" in text_of(kept)
    assert "R-2" in text_of(kept)
    assert set(VendorReview.objects.values_list("external_id", flat=True)) == {"R-0", "R-1"}
    assert "ours.csv" in text_of(kept)
    assert "Marta" not in text_of(kept)
    assert lead.get("/portal/bulk/decisions/template.csv").status_code == 200
    assert "/portal/bulk/decisions/" in lead.get("/portal/bulk/").content.decode()
    assert lead.post("/portal/bulk/decisions/", {"act": "keep"}).status_code == 422
    assert signed_in(vendor.submitter).get("/portal/bulk/decisions/").status_code == 403


# -- Keys, people, webhooks, guides
def test_a_lead_makes_rotates_and_revokes_keys(lead, vendor):
    made = lead.post("/portal/keys/new/", {"name": "CRM", "kind": "live", "scopes": ["submissions:write"]})
    key = ServiceKey.objects.get(organization=vendor.organization)
    rotated = lead.post(f"/portal/keys/{key.pk}/rotate/", {"overlap_hours": "24"})
    newer = ServiceKey.objects.get(replaces=key)
    lead.post(f"/portal/keys/{newer.pk}/revoke/")

    lead.post("/portal/keys/sandbox/")
    assert "wf_test_" in text_of(lead.get("/portal/keys/"))
    assert made.status_code == rotated.status_code == 201
    assert f"wf_live_{key.prefix}_" in text_of(made)
    newer.refresh_from_db()
    assert newer.revoked_at is not None
    assert f"wf_live_{key.prefix}_" not in text_of(lead.get("/portal/keys/"))


def test_a_lead_invites_and_ends_access_and_changes_no_lead(lead, vendor):
    invited = {"email": "new@vendor.test", "display_name": "New", "time_zone": "America/Bogota"}
    lead.post("/portal/people/new/", invited)
    person = User.objects.get(email="new@vendor.test")
    lead.post(f"/portal/people/{person.pk}/deactivate/")
    lead.post(f"/portal/people/{vendor.lead.pk}/deactivate/")

    person.refresh_from_db()
    vendor.lead.refresh_from_db()
    assert (person.is_active, vendor.lead.is_active) == (False, True)
    assert {grant.role for grant in person.role_grants.all()} == {Role.VENDOR_SUBMITTER}


def test_who_only_submits_has_no_keys_people_or_webhooks(vendor):
    client = signed_in(vendor.submitter)

    refused = {client.get(f"/portal/{part}/").status_code for part in ("keys", "people", "webhooks")}

    assert refused == {403}
    assert "/portal/keys/" not in client.get("/portal/").content.decode()


def test_a_lead_makes_a_webhook_and_sends_a_test(lead, vendor):
    made = lead.post("/portal/webhooks/new/", {"url": "https://hooks.vendor-site.com/in", "body": "thin"})
    row = WebhookEndpoint.objects.get(organization=vendor.organization)
    lead.post(f"/portal/webhooks/{row.public_id}/test/")
    shown = text_of(lead.get(f"/portal/webhooks/{row.public_id}/"))

    assert made.status_code == 201
    assert "whsec_" in text_of(made)
    assert "webhook.test" in shown


def test_guides_and_settings_open(lead, vendor):
    for name in ("what-to-escalate", "evidence", "reasons", "rules", "changes"):
        assert lead.get(f"/portal/guides/{name}/").status_code == 200
    assert lead.get("/portal/guides/none/").status_code == 404
    values = {"display_name": "Noor", "time_zone": "Asia/Amman", "hour12": "1", "locale": "es", "theme": "dark"}
    lead.post("/portal/settings/", values)
    vendor.lead.refresh_from_db()
    assert (vendor.lead.time_zone, vendor.lead.locale, vendor.lead.hour12) == ("Asia/Amman", "es", True)


def test_a_frozen_week_is_signed_by_the_vendors_lead_alone(lead, vendor):
    now, ours = db_now(), make_user(roles=[Role.LEAD], name="Inga Internal")
    monday = now.date() - timedelta(days=now.weekday() + 7)
    week = weeks.freeze_week(vendor=vendor.organization, starts_on=monday, zone=UTC, by=ours, at=now)
    weeks.sign_week(week_id=week.pk, by=ours, at=now)
    path = f"/portal/scorecard/weeks/{week.week}/1/sign/"

    home = {one: text_of(signed_in(one).get("/portal/")) for one in (vendor.lead, vendor.submitter)}
    offered = lead.get("/portal/scorecard/").content.decode()
    foreign = signed_in(make_portal_vendor().lead).post(path)
    submitters = signed_in(vendor.submitter).post(path, follow=True)
    signed = lead.post(path, follow=True)

    assert "1 thing waits for you" in home[vendor.lead]
    assert f"Sign the figures of {week.week}" in home[vendor.lead]
    assert week.week not in home[vendor.submitter]
    assert f"Sign {week.week}" in offered
    assert "Inga" not in offered
    assert foreign.status_code == 404
    assert "A vendor&#x27;s lead signs" in submitters.content.decode()
    assert f"Signed: {week.week}." in signed.content.decode()
    week.refresh_from_db()
    assert (week.vendor_signed_by, week.is_signed) == (vendor.lead, True)
    assert week.week not in text_of(lead.get("/portal/"))


# -- The walls
def test_another_organizations_things_are_as_if_they_did_not_exist(lead):
    other = make_portal_vendor()
    theirs = signed_in(other.lead)
    case = send_in(other.lead, at=db_now())
    theirs.post("/portal/keys/new/", {"name": "CRM", "kind": "live", "scopes": ["submissions:write"]})
    theirs.post("/portal/webhooks/new/", {"url": "https://hooks.vendor-site.com/in", "body": "thin"})
    batch = batches.check_file(
        content=b"row_key,what,where,surface,harm,market\nA,b,c,ads,spam,CO", name="x", by=other.lead, at=db_now()
    )
    key = ServiceKey.objects.get(organization=other.organization)
    hook = WebhookEndpoint.objects.get(organization=other.organization)
    noise = re.compile(
        r'datetime="[^"]*"|(?:value|content)="[A-Za-z0-9]{32,}"|[0-9a-f]{8}-[0-9a-f-]{27}|data-server-time="[^"]*"'
    )

    def answer(name: str, value: object, method: str) -> tuple[int, str]:
        got = getattr(lead, method)(reverse(f"portal:{name}", args=[value]))
        said = got.content.decode()
        if isinstance(value, str):
            said = said.replace(value, "REF")
        return got.status_code, noise.sub("", said)

    missing_id = "01890000-0000-7000-8000-000000000000"
    walks = [
        (("submission", "receipt", "write", "add", "withdraw", "appeal", "appeal-write", "appeal-withdraw", "dispute"), case.ref, "ESC-1000001"),
        (("batch", "batch-progress", "batch-send", "batch-undo", "batch-report"), batch.public_id, missing_id),
        (("key-rotate", "key-revoke"), key.pk, 999_999),
        (("person-deactivate", "person-reactivate"), other.submitter.pk, 999_999),
        (("webhook", "webhook-change", "webhook-rotate", "webhook-pause", "webhook-resume", "webhook-remove", "webhook-test", "webhook-again", "webhook-replay"), hook.public_id, missing_id),
    ]  # fmt: skip
    for names, real, missing in walks:
        for name in names:
            for method in ("get", "post"):
                expected = answer(name, missing, method)
                assert expected[0] in (404, 405), (name, method, expected[0])
                assert answer(name, real, method) == expected, (name, method)
    assert not Appeal.objects.exists()
    assert User.objects.get(pk=other.submitter.pk).is_active


def test_a_console_page_leads_to_its_twin_or_is_missing(lead, vendor):
    twins = {
        "/settings/": "/portal/settings/",
        "/admin/people/": "/portal/people/",
        f"/admin/people/{vendor.submitter.pk}/": "/portal/people/",
        f"/admin/vendors/{vendor.organization.slug}/": "/portal/keys/",
        f"/webhooks/{vendor.organization.slug}/": "/portal/webhooks/",
        "/admin/log/": "/portal/people/log/",
        "/help/keys/": "/portal/guides/",
        "/": "/portal/",
    }

    assert {path: lead.get(path).headers.get("Location") for path in twins} == twins
    assert {
        lead.get(path).status_code for path in ("/admin/", "/admin/access/", "/q/", "/policies/", "/precedents/")
    } == {404}


def test_the_scorecard_is_ours_with_our_queues_under_outward_names(lead, vendor):
    now = db_now()
    judge = make_user(roles=[Role.LEAD])
    cases = []
    for number in range(12):
        at = now - timedelta(days=3 if number % 2 else 20, hours=number)
        case = send_in(vendor.lead, at=at, where=f"https://x.example/{number}")
        cases.append(case)
        if number % 3 == 0:
            done_at = at + timedelta(hours=1)
            mark_invalid(case_id=case.pk, reason=InvalidReason.MISSING_EVIDENCE, note="Add it", by=judge, at=done_at)
    cases[0].queue.name = "INTERNAL-QUEUE"
    cases[0].queue.save()
    facts.write([case.pk for case in cases])
    other = make_portal_vendor()

    page = lead.get("/portal/scorecard/")
    theirs = signed_in(other.lead).get("/portal/scorecard/")
    ours = scorecards.scorecard(vendor.organization, scope=Scope.of_vendor(vendor.organization.pk), at=now, zone=UTC)

    assert page.status_code == theirs.status_code == 200
    assert [tile.text for tile in page.context["tiles"]] == [kpi.figure.text for kpi in ours.kpis]
    assert page.context["tiles"][-1].n == "12"
    assert theirs.context["tiles"][-1].n == "0"
    assert "INTERNAL-QUEUE" not in page.content.decode()
    assert f">{cases[0].queue.slug}" not in page.content.decode()
    assert "/q/?" not in page.content.decode()
    assert "SELECT" not in page.content.decode()
    files = {
        key: lead.get(f"/portal/scorecard/{key}") for key in ("figures.csv", "acceptance.csv", "acceptance.png", "pdf/")
    }
    assert {key: answer.status_code for key, answer in files.items()} == dict.fromkeys(files, 200)
    assert vendor.organization.name in files["figures.csv"].content.decode()
    assert files["pdf/"].content.startswith(b"%PDF")
    assert "INTERNAL-QUEUE" not in files["acceptance.csv"].content.decode()
    assert other.organization.name in signed_in(other.lead).get("/portal/scorecard/figures.csv").content.decode()
    assert lead.get("/portal/scorecard/nothing.csv").status_code == 404


def test_weeks_of_many_editions_push_no_other_week_off_the_page(vendor, lead):
    now = db_now()
    monday = (now - timedelta(days=now.weekday() + 7)).date()
    for week, editions in enumerate((23, 1, 2, 1, 1, 1, 1)):
        for edition in range(1, editions + 1):
            VendorWeek.objects.create(
                organization=vendor.organization,
                starts_on=monday - timedelta(weeks=week),
                zone="UTC",
                edition=edition,
                figures={},
                why="Corrected" if edition > 1 else "",
                frozen_at=now,
                frozen_by=make_user(roles=[Role.LEAD]) if edition == 1 else None,
            )

    shown = [one["row"] for one in lead.get("/portal/scorecard/").context["weeks"]]

    assert [row.starts_on for row in shown] == [monday - timedelta(weeks=week) for week in range(6)]
    assert [row.edition for row in shown] == [23, 1, 2, 1, 1, 1]


# -- Rows as a file
def test_a_lead_takes_the_list_out_and_nothing_of_anybody_else(vendor, lead, monkeypatch):
    now = db_now()
    mine = send_in(vendor.lead, at=now, title="=HYPERLINK(1)")
    hidden = send_in(vendor.submitter, at=now, where="https://vid.example/ads/2", title="A child is hurt")
    Case.objects.filter(pk=hidden.pk).update(compartments=["CHILD_SAFETY"])
    other = make_portal_vendor()
    theirs = send_in(other.lead, at=now, title="Another vendor's matter")

    listed = lead.get("/portal/s/?state=all").content.decode()
    taken = lead.get("/portal/s/list.csv?state=all").content.decode()
    book = lead.get("/portal/s/list.xlsx?state=all")
    found = lead.get("/portal/s/list.csv?state=all&q=nothing").content.decode()
    monkeypatch.setattr("portal.views.taking.MOST", 1)
    one = lead.get("/portal/s/list.csv?state=all").content.decode()

    assert "/portal/s/list.csv?state=all" in listed
    assert mine.ref in taken
    assert "'=HYPERLINK(1)" in taken
    assert hidden.ref in taken  # its receipt alone
    assert "A child is hurt" not in taken
    assert theirs.ref not in taken
    assert "Another vendor" not in taken
    assert book.content.startswith(b"PK")
    assert mine.ref not in found
    assert one.startswith('"1 of 2, newest first"')
    kept = AccessRecord.objects.filter(what="export.submissions", organization_id=vendor.organization.pk)
    assert sorted(row.data["rows"] for row in kept) == [0, 1, 2, 2]
    submitter = signed_in(vendor.submitter)
    assert submitter.get("/portal/s/list.csv").status_code == 403
    assert "/portal/s/list.csv" not in submitter.get("/portal/s/?state=all").content.decode()
