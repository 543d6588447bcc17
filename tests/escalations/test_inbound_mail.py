"""Mail as a way in: kept first, filed by who vouches for it, set aside with the reason, never lost and never answered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from core import mail as addresses
from core.clock import db_now
from core.errors import Invalid, NotPermitted
from escalations.lifecycle import Audience, Channel, MailReason, MailState
from escalations.mail_parsing import answer_of, parse
from escalations.models import Case, Comment, Evidence, InboundMail, Submission
from escalations.operations import inbound_mail
from tests.databases import Clone
from tests.factories.cases import make_case, make_queue
from tests.factories.people import internal_organization, make_user, make_vendor
from tests.live import LiveProcess

DOMAIN = "cases.example.test"
OURS = "mx.example.test"
PASS = f"{OURS}; dmarc=pass header.from=vendor.test"


@pytest.fixture(autouse=True)
def _house(request: pytest.FixtureRequest, settings: Any) -> None:
    settings.MAIL_DOMAIN, settings.MAIL_AUTHSERV = DOMAIN, OURS
    if "django_db" in request.keywords:
        internal_organization()
        make_queue(is_default=True)


def written(
    sender: str,
    to: str,
    text: str = "Please look at https://pay.example/now",
    *,
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    message = EmailMessage()
    names = {
        "Subject": "Fake broker ads",
        "Message-ID": f"<{sender}.{text[:8].strip()}@vendor.test>",
        "Authentication-Results": PASS,
    }
    for name, value in {
        "From": sender,
        "To": to,
        **names,
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }.items():
        if value:
            message[name] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def filed(raw: bytes, *, to: str = "") -> InboundMail:
    kept = inbound_mail.receive(raw=raw, recipient=to, at=db_now())
    return inbound_mail.file_mail(mail_id=kept.pk, at=db_now())


def vendor_person() -> User:
    return make_user(organization=make_vendor(), roles=[Role.VENDOR_SUBMITTER], email="eve@vendor.test")


def answer_to(case: Case, user: User, text: str = "It is the same advertiser.", **more: Any) -> bytes:
    return written(user.email, addresses.reply_address(case_id=case.pk, user_id=user.pk), text, **more)


def case_of(user: User) -> Case:
    case = make_case(organization=user.organization)
    Case.objects.filter(pk=case.pk).update(submitted_by=user)
    return case


# -- what becomes of a mail --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_vouched_mail_becomes_a_case_with_itself_as_evidence() -> None:
    user = vendor_person()
    text = "Surface: ads\nHarm: fraud_scam\nMarket: ie\nReference: T-77\n\nTwelve ads promise guaranteed returns.\nhttps://pay.example/now"

    row = filed(written(user.email, f"cases@{DOMAIN}", text, files={"shot.txt": b"what I saw"}))

    assert row.state == MailState.FILED
    case = Case.objects.get(pk=row.case_id)
    assert (case.title, case.channel, case.organization_id) == ("Fake broker ads", Channel.EMAIL, user.organization_id)
    assert (case.surface, case.harm, case.market, case.external_ref) == ("ads", "fraud_scam", "IE", "T-77")
    assert case.ask.startswith("Twelve ads")
    assert Submission.objects.get(case=case).payload["text"] == text
    names = set(Evidence.objects.filter(case=case).values_list("name", flat=True))
    assert {"shot.txt", "message.eml"} <= names
    assert Evidence.objects.filter(case=case, original_url="https://pay.example/now").exists()


@pytest.mark.django_db
def test_a_queues_own_address_decides_the_queue() -> None:
    user, ads = vendor_person(), make_queue(slug="ads-intake")

    row = filed(written(user.email, "Ads <ADS-intake@Cases.Example.test>"))

    assert Case.objects.get(pk=row.case_id).queue_id == ads.pk


@pytest.mark.django_db
def test_facts_that_do_not_fit_stay_words() -> None:
    user = vendor_person()

    row = filed(written(user.email, f"cases@{DOMAIN}", "Surface: the moon\nPlease look."))

    case = Case.objects.get(pk=row.case_id)
    assert "Surface: the moon" in case.ask
    assert case.surface == "organic"


@pytest.mark.django_db
def test_an_answer_of_a_submitter_is_their_message_without_the_quoted_mail() -> None:
    user = vendor_person()
    case = case_of(user)
    text = (
        f"It is the same advertiser.\n\nOn Mon, 23 Nov 2026 Watchfloor wrote:\n> {addresses.REPLY_ABOVE}\n> What else?"
    )

    row = filed(answer_to(case, user, text, files={"more.txt": b"more"}))

    comment = Comment.objects.get(case=case)
    assert (row.state, row.case_id) == (MailState.FILED, case.pk)
    assert (comment.body, comment.audience, comment.author) == ("It is the same advertiser.", Audience.SUBMITTER, user)
    assert list(Evidence.objects.filter(case=case).values_list("name", flat=True)) == ["more.txt"]


@pytest.mark.django_db
def test_an_answer_of_a_colleague_is_a_note_and_never_leaves() -> None:
    user, case = make_user(email="ana@house.test"), make_case(organization=make_vendor())

    filed(answer_to(case, user))

    assert Comment.objects.get(case=case).audience == Audience.INTERNAL


@pytest.mark.django_db
def test_a_mail_in_the_thread_of_a_case_joins_it() -> None:
    user = vendor_person()
    first = filed(
        written(user.email, f"cases@{DOMAIN}", "First words https://a.example/1", Message_ID="<one@vendor.test>")
    )
    case = Case.objects.get(pk=first.case_id)

    second = filed(written(user.email, f"cases@{DOMAIN}", "Second words", References="<one@vendor.test>"))
    named = addresses.message_id("case", case.ref)
    third = filed(written(user.email, f"cases@{DOMAIN}", "Third words", In_Reply_To=named))

    assert (second.case_id, third.case_id) == (case.pk, case.pk)
    assert Comment.objects.filter(case=case).count() == 2


@pytest.mark.django_db
def test_the_thread_of_anothers_case_opens_nothing() -> None:
    user, theirs = vendor_person(), make_case(organization=make_vendor())

    row = filed(written(user.email, f"cases@{DOMAIN}", References=addresses.message_id("case", theirs.ref)))

    assert row.case_id != theirs.pk
    assert not Comment.objects.filter(case=theirs).exists()


# -- what is set aside (reliability.md J 111, 112, T24) ----------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Authentication_Results": f"{OURS}; dmarc=fail"}, MailReason.FORGED),
        ({"Authentication_Results": f"{OURS}; dkim=pass header.d=elsewhere.test"}, MailReason.FORGED),
        ({"Authentication_Results": "mx.attacker.test; dmarc=pass"}, MailReason.UNVERIFIED),
        ({"Authentication_Results": ""}, MailReason.UNVERIFIED),
        ({"From": "Eve <eve@vendor.test>, mallory@vendor.test"}, MailReason.UNKNOWN_SENDER),
        ({"From": "mallory@vendor.test"}, MailReason.UNKNOWN_SENDER),
        ({"To": f"nobody@{DOMAIN}"}, MailReason.UNKNOWN_ADDRESS),
        ({"To": "cases@elsewhere.test"}, MailReason.UNKNOWN_ADDRESS),
        ({"To": f"reply+aaaa@{DOMAIN}"}, MailReason.REPLY_ADDRESS),
    ],
)
def test_what_nobody_vouches_for_waits_for_a_person(headers: dict[str, str], reason: MailReason) -> None:
    user = vendor_person()
    given = {"From": user.email, "To": f"cases@{DOMAIN}"} | headers
    message = written(given.pop("From"), given.pop("To"), **given)

    row = filed(message)

    assert (row.state, row.reason) == (MailState.QUARANTINED, reason)
    assert not Case.objects.exists()
    assert Event.objects.get(kind="mail.quarantined").data["reason"] == reason


@pytest.mark.django_db
def test_a_reply_address_serves_only_whom_it_was_given_to() -> None:
    user, case = vendor_person(), make_case(organization=make_vendor())
    other = make_user(organization=make_vendor(), roles=[Role.VENDOR_SUBMITTER], email="mallory@vendor.test")
    mine = case_of(user)

    passed_on = written(other.email, addresses.reply_address(case_id=mine.pk, user_id=user.pk))
    not_theirs = answer_to(case, user, "another text")

    assert filed(passed_on).reason == MailReason.OTHER_SENDER
    assert filed(not_theirs).reason == MailReason.NO_ACCESS
    assert not Comment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<all.vendor.test>"},
    ],
)
def test_machines_are_kept_and_not_heard(headers: dict[str, str]) -> None:
    user = vendor_person()
    case = case_of(user)

    row = filed(answer_to(case, user, **headers))

    assert (row.state, row.reason) == (MailState.IGNORED, MailReason.AUTOMATIC)
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_two_machines_that_say_nothing_of_it_stop_after_five() -> None:
    user = vendor_person()
    case = case_of(user)

    states = [filed(answer_to(case, user, f"{n} I am away.")).state for n in range(8)]

    assert states == [MailState.FILED] * 5 + [MailState.QUARANTINED] * 3
    assert Comment.objects.filter(case=case).count() == 5
    InboundMail.objects.filter(state=MailState.FILED).update(received_at=db_now() - timedelta(minutes=11))
    assert filed(answer_to(case, user, "a person again")).state == MailState.FILED


@pytest.mark.django_db
def test_the_same_mail_twice_is_one() -> None:
    user = vendor_person()
    raw = written(user.email, f"cases@{DOMAIN}")

    first, again = filed(raw), filed(raw)
    by_another_way = filed(b"Received: by relay\r\n" + raw)

    assert first.pk == again.pk
    assert (by_another_way.state, by_another_way.reason) == (MailState.IGNORED, MailReason.REPEAT)
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_copies_filed_at_the_same_moment_are_one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    user = vendor_person()
    copies = [
        inbound_mail.receive(raw=written(user.email, f"cases@{DOMAIN}"), recipient=to, at=db_now()).pk
        for to in (f"cases@{DOMAIN}", f"CASES@{DOMAIN.upper()}.")
    ]
    InboundMail.objects.filter(pk=copies[1]).update(recipient=f"cases@{DOMAIN} ")
    both, keep = threading.Barrier(2, timeout=30), inbound_mail._keep

    def keep_together(*given: Any) -> Any:
        both.wait()  # both have seen that nobody filed it yet
        return keep(*given)

    def file(mail_id: int) -> None:
        inbound_mail.file_mail(mail_id=mail_id, at=db_now())
        connection.close()

    monkeypatch.setattr(inbound_mail, "_keep", keep_together)
    threads = [threading.Thread(target=file, args=[one]) for one in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert Case.objects.count() == 1
    assert sorted(InboundMail.objects.values_list("state", flat=True)) == ["filed", "ignored"]


@pytest.mark.django_db
def test_what_fails_is_tried_three_times_and_then_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    user = vendor_person()

    def trip(**_: object) -> None:
        raise RuntimeError("the disk tripped")

    monkeypatch.setattr(inbound_mail.intake, "submit", trip)
    kept = inbound_mail.receive(raw=written(user.email, f"cases@{DOMAIN}"), at=db_now())
    for _turn in range(4):
        inbound_mail.file_waiting()

    kept.refresh_from_db()
    assert (kept.state, kept.reason, kept.attempts) == (MailState.QUARANTINED, MailReason.REFUSED, 3)
    assert "the disk tripped" in kept.detail


@pytest.mark.django_db
def test_one_process_at_a_time_tries_a_mail() -> None:
    user = vendor_person()
    kept = inbound_mail.receive(raw=written(user.email, f"cases@{DOMAIN}"), at=db_now())
    InboundMail.objects.update(claimed_until=db_now() + timedelta(seconds=30))

    assert inbound_mail.file_waiting() == 0
    assert inbound_mail.file_mail(mail_id=kept.pk, at=db_now()).state == MailState.RECEIVED

    InboundMail.objects.update(claimed_until=db_now() - timedelta(seconds=1))
    inbound_mail.file_waiting()
    kept.refresh_from_db()
    assert (kept.state, kept.attempts) == (MailState.FILED, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.processes
def test_a_mail_that_kills_whoever_reads_it_ends_in_quarantine(
    database_clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = vendor_person()
    poison = inbound_mail.receive(raw=written(user.email, f"cases@{DOMAIN}", "Poison"), at=db_now())
    program = (
        "import django; django.setup(); from core.clock import db_now;"
        f"from escalations.operations import inbound_mail; inbound_mail.file_mail(mail_id={poison.pk}, at=db_now())"
    )
    monkeypatch.setenv("WF_FAULT", "mail_begun:kill9")
    for turn in range(1, 4):
        reader = LiveProcess(f"mail-reader-{turn}", ["-c", program], database_clone)
        assert reader.wait(60) == -signal.SIGKILL
        poison.refresh_from_db()
        assert (poison.state, poison.attempts) == (MailState.RECEIVED, turn)
        InboundMail.objects.update(claimed_until=db_now() - timedelta(seconds=1))  # its minute is over

    inbound_mail.file_waiting()

    poison.refresh_from_db()
    assert (poison.state, poison.reason) == (MailState.QUARANTINED, MailReason.REFUSED)
    assert "ended before it was done" in poison.detail
    assert Event.objects.filter(kind="mail.quarantined", subject_id=poison.pk).exists()


@pytest.mark.django_db
def test_a_submitters_refusal_is_said_and_not_lost() -> None:
    reader = make_user(roles=[Role.READER], email="reader@house.test")

    row = filed(written(reader.email, f"cases@{DOMAIN}"))

    assert (row.state, row.reason) == (MailState.QUARANTINED, MailReason.REFUSED)


# -- people ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_lead_mends_the_cause_and_files_it_anew_or_puts_it_away(client: Client) -> None:
    lead = make_user(roles=[Role.LEAD])
    row = filed(written("eve@vendor.test", f"cases@{DOMAIN}"))
    other = filed(written("spam@vendor.test", f"cases@{DOMAIN}", "Buy now"))
    vendor_person()
    client.force_login(lead)

    assert b"nobody with an account" in client.get("/admin/mail/").content
    assert b"https://pay.example/now" in client.get(f"/admin/mail/{row.public_id}/").content
    client.post(f"/admin/mail/{row.public_id}/settle/", {"do": "again"})
    inbound_mail.file_waiting()
    client.post(f"/admin/mail/{other.public_id}/settle/", {"do": "discard", "reason": ""})
    other.refresh_from_db()
    assert other.state == MailState.QUARANTINED
    client.post(f"/admin/mail/{other.public_id}/settle/", {"do": "discard", "reason": "advertising"})

    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state, other.settled_by) == (MailState.FILED, MailState.DISCARDED, lead)
    assert client.get("/admin/mail/?state=filed").status_code == 200
    assert client.get("/admin/mail/?state=nonsense").status_code == 422


@pytest.mark.django_db
def test_who_does_not_run_the_house_reads_no_mail(client: Client) -> None:
    row = filed(written("eve@vendor.test", f"cases@{DOMAIN}"))
    specialist = make_user()
    client.force_login(specialist)

    assert client.get("/admin/mail/").status_code == 403
    assert client.get(f"/admin/mail/{row.public_id}/").status_code == 403
    with pytest.raises(NotPermitted):
        inbound_mail.discard(mail_id=row.pk, reason="x", by=specialist, at=db_now())
    lead = make_user(roles=[Role.LEAD])
    inbound_mail.discard(mail_id=row.pk, reason="x", by=lead, at=db_now())
    with pytest.raises(Invalid):
        inbound_mail.try_again(mail_id=row.pk, by=lead, at=db_now())


@pytest.mark.django_db
def test_a_filed_mail_of_a_hidden_case_shows_its_envelope_alone(client: Client) -> None:
    user = vendor_person()
    row = filed(written(user.email, f"cases@{DOMAIN}", "the secret words https://a.example/x"))
    Case.objects.filter(pk=row.case_id).update(compartments=["LAW_ENFORCEMENT"])
    client.force_login(make_user(roles=[Role.ADMIN]))

    answer = client.get(f"/admin/mail/{row.public_id}/")

    assert b"the secret words" not in answer.content
    assert b"Fake broker ads" not in answer.content
    assert b"a case you do not see" in answer.content


# -- the way in --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_mail_server_hands_over_and_learns_what_to_do(database_clone: Clone, settings: Any) -> None:
    internal_organization()

    def hand_over(raw: bytes, url: str) -> int:
        environment = os.environ | {
            "DATABASE_URL": url,
            "WATCHFLOOR_DB_ROLE": "wf_engine",
            "WATCHFLOOR_EVIDENCE_DIR": str(settings.EVIDENCE_DIR),
        }
        command = [sys.executable, "manage.py", "receive_mail", "--to", f"cases@{DOMAIN}"]
        root = Path(inbound_mail.__file__).parents[2]
        return subprocess.run(
            command, cwd=root, env=environment, input=raw, capture_output=True, check=False
        ).returncode

    assert hand_over(written("eve@vendor.test", f"cases@{DOMAIN}"), database_clone.url("wf_engine")) == os.EX_OK
    assert InboundMail.objects.get().recipient == f"cases@{DOMAIN}"
    assert hand_over(b"  ", database_clone.url("wf_engine")) == os.EX_DATAERR
    assert hand_over(b"From: a@b.test\n\nx", "postgresql://wf_engine@127.0.0.1:1/none") == os.EX_TEMPFAIL


# -- reading -----------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=2000))
def test_no_bytes_make_the_reader_stumble(raw: bytes) -> None:
    parse(raw, authserv=OURS)
    parse(b"From: a@b.test\nAuthentication-Results: " + raw + b"\nContent-Type: " + raw + b"\n\n" + raw, authserv=OURS)


def test_markup_and_control_characters_are_left_out() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Eve <EVE@vendor.test>", "one"
    message.set_content("<style>x{}</style><p>Look<br>here &amp; there</p><script>alert(1)</script>", subtype="html")
    raw = message.as_bytes().replace(b"Subject: one", b"Subject: one\x07\n two")

    read = parse(raw)

    assert (read.sender, read.subject, read.text) == ("eve@vendor.test", "one two", "Look\nhere & there")


def test_an_answer_ends_where_the_quoted_mail_begins() -> None:
    assert answer_of(f"Yes.\n{addresses.REPLY_ABOVE}\nold words") == "Yes."
    assert answer_of("Yes.\n\nOn Monday, Ana wrote:\n> old\n>\n") == "Yes."
    assert answer_of("> they said\nI say no") == "> they said\nI say no"


def verdict(results: str) -> str:
    raw = f"Authentication-Results: {OURS}; {results}\nFrom: Eve <eve@vendor.test>\n\nhello"
    return parse(raw.encode(), authserv=OURS).verdict


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("dkim=pass header.d=vendor.test; dmarc=pass (p=none) header.from=vendor.test", "pass"),
        ("dkim=pass header.i=@vendor.test header.s=x", "pass"),
        ("dkim=fail header.d=vendor.test; dkim=pass (2048 (rsa)) header.d=vendor.test", "pass"),
        ("dmarc=fail header.from=vendor.test; spf=pass smtp.mailfrom=dmarc=pass@evil.test", "fail"),
        ('dmarc=fail header.from=vendor.test; spf=pass smtp.mailfrom="; dmarc=pass "@evil.test', "fail"),
        ("spf=pass (the sender; dmarc=pass (said) ) smtp.mailfrom=x@evil.test", "fail"),
        ("spf=pass smtp.mailfrom=dkim=pass/header.d=vendor.test@evil.test", "fail"),
        ("dkim=pass header.d=evil.test header.i=@vendor.test", "fail"),
        ("dmarc=pass; dmarc=fail", "fail"),
    ],
)
def test_words_that_the_sender_chose_vouch_for_nobody(results: str, expected: str) -> None:
    assert verdict(results) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"From: e\x00ve@vendor.test\nSubject: a\x00b\n\nhello", id="NUL"),
        pytest.param(b"From: a@b.test\nContent-Type: text/plain; charset=utf-7\n\nhello +2AA-", id="half a pair"),
        pytest.param(b"From: a@b.test\n" + b"Content-Type: message/rfc822\n\n" * 3000 + b"x", id="parts in parts"),
    ],
)
def test_a_mail_that_no_text_can_hold_is_kept_and_shown(raw: bytes, client: Client) -> None:
    row = filed(raw, to="cases@cases.example.test\udcff")

    assert row.state == MailState.QUARANTINED
    client.force_login(make_user(roles=[Role.ADMIN]))
    assert client.get(f"/admin/mail/{row.public_id}/").status_code == 200


@pytest.mark.django_db
def test_a_mail_whose_file_is_gone_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    user = vendor_person()
    gone = inbound_mail.receive(raw=written(user.email, f"cases@{DOMAIN}", "First"), at=db_now())
    kept = inbound_mail.receive(raw=written(user.email, f"cases@{DOMAIN}", "Second"), at=db_now())
    opened = inbound_mail.evidence_store.open_blob

    def open_blob(sha256: str, *args: Any) -> Any:
        if sha256 == gone.blob.sha256:
            raise FileNotFoundError(sha256)
        return opened(sha256, *args)

    monkeypatch.setattr(inbound_mail.evidence_store, "open_blob", open_blob)
    inbound_mail.file_waiting()

    kept.refresh_from_db()
    assert kept.state == MailState.FILED
    for _again in range(2):
        inbound_mail.file_waiting()
    gone.refresh_from_db()
    assert gone.state == MailState.QUARANTINED


@pytest.mark.django_db
@pytest.mark.parametrize("by_thread", [False, True])
def test_a_quarantined_answer_on_a_restricted_case_shows_no_words_to_who_may_not_see_it(
    client: Client, by_thread: bool
) -> None:
    user = vendor_person()
    case = case_of(user)
    Case.objects.filter(pk=case.pk).update(compartments=["CHILD_SAFETY"])
    if by_thread:
        thread = {"References": f"<case.{case.ref}@{DOMAIN}>", "Authentication_Results": "elsewhere.test; dmarc=pass"}
        raw = written(user.email, f"cases@{DOMAIN}", "The girl on the left", **thread)
    else:
        to = addresses.reply_address(case_id=case.pk, user_id=user.pk)
        raw = written("somebody@else.test", to, "The girl on the left")
    row = filed(raw)
    assert row.state == MailState.QUARANTINED

    def page_for(viewer: User) -> str:
        client.force_login(viewer)
        answer = client.get(f"/admin/mail/{row.public_id}/")
        assert answer.status_code == 200
        return answer.content.decode()

    hidden = page_for(make_user(roles=[Role.ADMIN]))
    assert "The girl" not in hidden
    assert "Fake broker ads" not in hidden
    assert "The girl" in page_for(make_user(roles=[Role.ADMIN, Role.LEGAL], compartments=["CHILD_SAFETY"]))
