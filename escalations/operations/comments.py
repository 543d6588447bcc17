"""What people write on a case: notes for the team, replies to the submitter, messages from the submitter.

A note is read by the team at once. A reply waits out its writer's undo time before anybody outside may read it: until
then it is a row with `visible_at` ahead, and `comment.added`, which feeds and notices listen to, is recorded only when
the time is over. A note never leaves: its event says `audience: internal`.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organization, ServiceKey, User
from accounts.roles import Action
from audit.recording import record
from core.errors import FieldProblem, Invalid, NotFound, NotPermitted
from core.ids import new_id
from escalations import events
from escalations.lifecycle import Audience, CaseStatus, Metric, WaitingOn
from escalations.models import Case, Comment, Draft, Mention, ReplyTemplateVersion, SlaTimer, UndoEntry
from escalations.operations import cases, clock_acts, clocks, replies, timers, undo
from escalations.operations.saving import save
from escalations.permissions import check_can_act

MAX_LENGTH = 100_000
UNDO_ACTION = "comment.retract"
TIMER = "message"
INDEXED_BYTES = 100_000  # of notes and of messages each: Postgres takes at most 1 MB of words per row

# `@ana.ruiz` or the whole address; not inside an e-mail address or a path.
_MENTION = re.compile(r"(?<![\w@/.])@([\w.+-]+(?:@[\w-]+(?:\.[\w-]+)+)?)")
_BLANK = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]*")


@dataclass(frozen=True)
class Written:
    """A comment and what its writer is to be told: until when it can be taken back, who was named in vain."""

    comment: Comment
    undo: UndoEntry | None = None
    without_access: Sequence[User] = field(default=())


@transaction.atomic
def add_note(*, case_id: int, body: str, by: User | None, at: datetime, form_token: str = "") -> Written:
    """Write an internal note; colleagues named with `@` are mentioned, which gives them no access.

    `form_token` makes a repeated submit answer with the first note. `at` aware UTC. Records `comment.added` with audience
    `internal`; locks the case. Raises `Invalid` for an empty or too long text, `NotPermitted`, `Case.DoesNotExist`.
    """
    body = checked_body(body)
    case = Case.objects.lock(case_id)
    check_can_act(by, Action.NOTE_WRITE, case)
    public_id = _id_of(form_token, case, by)
    if (before := Comment.objects.filter(public_id=public_id, case=case).first()) is not None:
        return Written(before, undo_of(before, by))
    comment = Comment.objects.create(
        organization_id=case.organization_id,
        public_id=public_id,
        case=case,
        audience=Audience.INTERNAL,
        body=body,
        author=by,
        created_at=at,
        visible_at=at,
    )
    named, strangers = _mention(comment, case, by, at)
    case.internal_text = _indexed(f"{case.internal_text}\n{body}")
    save(case, ["internal_text"], at=at, moves=False)
    if by is not None:
        Draft.objects.filter(case=case, user=by, kind=Draft.Kind.NOTE).delete()
    record(
        events.COMMENT_ADDED,
        subject=case,
        by=by,
        at=at,
        data={"comment": str(comment.public_id), "audience": comment.audience, "mentions": [user.pk for user in named]},
    )
    return Written(comment, _offer_undo(comment, case, by, at), strangers)


@transaction.atomic
def add_reply(
    *,
    case_id: int,
    body: str,
    by: User,
    at: datetime,
    language: str = "",
    form_token: str = "",
    template: ReplyTemplateVersion | None = None,
) -> Written:
    """Write to the submitter. They may read it when the writer's undo time is over (`visible_at`); `release` sends it.

    `template` is the wording it was begun with, which the reply remembers. Records `comment.written`, arms a timer of the kind
    `message`; locks the case. Raises as `add_note`, and `Invalid` where the case came from the team itself or a variable of a
    template was never filled in.
    """
    body = checked_body(body)
    replies.check_filled(body, is_from_template=template is not None)
    case = Case.objects.lock(case_id)
    check_can_act(by, Action.MESSAGE_SUBMITTER, case)
    if case.organization.kind == Organization.Kind.INTERNAL:
        raise Invalid(
            _("Nobody outside sent this case, so there is nobody to reply to. Write a note."), code="no_submitter"
        )
    public_id = _id_of(form_token, case, by)
    if (before := Comment.objects.filter(public_id=public_id, case=case).first()) is not None:
        return Written(before, undo_of(before, by))
    comment = Comment.objects.create(
        organization_id=case.organization_id,
        public_id=public_id,
        case=case,
        audience=Audience.SUBMITTER,
        body=body,
        author=by,
        language=language,
        template_version=template,
        created_at=at,
        visible_at=at + timedelta(seconds=by.undo_s),
    )
    save(case, at=at, moves=False)
    Draft.objects.filter(case=case, user=by, kind=Draft.Kind.REPLY).delete()
    _hold(case, comment)
    record(
        events.COMMENT_WRITTEN,
        subject=case,
        by=by,
        at=at,
        data={"comment": str(comment.public_id), "visible_at": comment.visible_at.isoformat()},
    )
    return Written(comment, _offer_undo(comment, case, by, at))


@transaction.atomic
def request_info(
    *, case_id: int, question: str, by: User, at: datetime, until: datetime | None = None, form_token: str = ""
) -> Written:
    """Ask the submitter something and wait for the answer: a reply and `cases.wait_for_submitter` in one.

    Taking the reply back goes on with the case. Raises as both.
    """
    written = add_reply(case_id=case_id, body=question, by=by, at=at, form_token=form_token)
    if Case.objects.filter(pk=case_id, status=CaseStatus.WAITING).exists():  # the same form came twice
        return written
    cases.wait_for_submitter(case_id=case_id, question=question, by=by, at=at, until=until)
    if written.undo is not None:
        written.undo.data = {**written.undo.data, "resumes": True}
        written.undo.save(update_fields=["data"])
    return written


def release(case: Case, timer: SlaTimer, *, at: datetime) -> None:
    """Let the submitter read the replies of this case whose undo time is over: the handler of `message` timers.

    The first human reply stops clock F, and any answers clock N, at the moment the reply could be read (KPI notation F_i).
    Records `comment.added` with audience `submitter` for each. The caller holds the case's lock.
    """
    ids = timer.data.get("comments", [])
    held = Comment.objects.filter(pk__in=ids, retracted_at__isnull=True).select_related("author").order_by("pk")
    waiting = []
    for comment in held:
        if comment.visible_at > at:
            waiting.append(comment)
            continue
        clock_acts.answered(case, at=comment.visible_at, by=comment.author)
        case.outward_text = _indexed(f"{case.outward_text}\n{comment.body}")
        record(
            events.COMMENT_ADDED,
            subject=case,
            by=comment.author,
            at=comment.visible_at,
            data={"comment": str(comment.public_id), "audience": comment.audience, "from_submitter": False},
        )
    save(case, ["outward_text", "first_response_at"], at=at)
    if waiting:
        timers.arm(
            case,
            TIMER,
            due_at=min(comment.visible_at for comment in waiting),
            data={"comments": [comment.pk for comment in waiting]},
        )


@transaction.atomic
def retract(*, comment_id: uuid.UUID, by: User, at: datetime) -> Comment:
    """Take a comment back while its undo time lasts; its text becomes the writer's draft again.

    Records `comment.retracted`; locks the case. Raises `NotFound` for another person's comment, `Invalid` once it was sent.
    """
    found = Comment.objects.filter(public_id=comment_id, author=by).values_list("case_id", flat=True).first()
    if found is None:
        raise NotFound
    case = Case.objects.lock(found)
    comment = Comment.objects.select_for_update(of=("self",)).get(public_id=comment_id)
    if comment.retracted_at is not None:
        return comment
    if at >= comment.created_at + timedelta(seconds=by.undo_s):
        raise Invalid(
            _("It was sent and can no longer be taken back. Write another one to correct it."), code="too_late"
        )
    comment.retracted_at = at
    comment.save(update_fields=["retracted_at"])
    if comment.audience == Audience.SUBMITTER:
        kind = Draft.Kind.REPLY
    else:
        kind = Draft.Kind.NOTE
        notes = Comment.objects.filter(case=case, retracted_at__isnull=True).exclude(audience=Audience.SUBMITTER)
        case.internal_text = _indexed("\n".join(notes.order_by("pk").values_list("body", flat=True)))
    save(case, ["internal_text"], at=at, moves=False)
    Draft.objects.get_or_create(
        case=case,
        user=by,
        kind=kind,
        defaults={"organization_id": case.organization_id, "data": {"body": comment.body}, "saved_at": at},
    )
    record(
        events.COMMENT_RETRACTED,
        subject=case,
        by=by,
        at=at,
        data={"comment": str(comment.public_id), "audience": comment.audience},
    )
    return comment


@transaction.atomic
def message_from_submitter(
    *, case_id: int, body: str, by: User | ServiceKey, at: datetime, language: str = "", form_token: str = ""
) -> Comment:
    """Keep what the submitter writes; a case that waited for them goes on, a case snoozed until a reply wakes.

    Starts clock N when the first response was given. Records `comment.added`; locks the case. Raises `Invalid`,
    `NotPermitted` (a person or key of another organization), `Case.DoesNotExist`.
    """
    body = checked_body(body)
    case = Case.objects.lock(case_id)
    check_can_act(by, Action.MESSAGE_SUBMITTER, case)
    if case.organization_id != by.organization_id:
        raise NotPermitted(rule=Action.MESSAGE_SUBMITTER.value)
    public_id = _id_of(form_token, case, by)
    if (before := Comment.objects.filter(public_id=public_id, case=case).first()) is not None:
        return before
    comment = Comment.objects.create(
        organization_id=case.organization_id,
        public_id=public_id,
        case=case,
        audience=Audience.SUBMITTER,
        body=body,
        author=by if isinstance(by, User) else None,
        author_key=by if isinstance(by, ServiceKey) else None,
        is_from_submitter=True,
        language=language,
        created_at=at,
        visible_at=at,
    )
    case.outward_text = _indexed(f"{case.outward_text}\n{body}")
    if case.first_response_at is not None and case.status not in (CaseStatus.DECIDED, CaseStatus.CLOSED):
        clocks.start(case, Metric.NEXT_RESPONSE, at=at)
    save(case, ["outward_text"], at=at)
    record(
        events.COMMENT_ADDED,
        subject=case,
        by=by,
        at=at,
        data={"comment": str(comment.public_id), "audience": comment.audience, "from_submitter": True},
    )
    if case.status == CaseStatus.WAITING and case.waiting_on == WaitingOn.SUBMITTER:
        cases.resume_case(case_id=case.pk, by=by, at=at, cause="reply")
    elif case.snooze_wake_on == "reply":
        cases.wake_case(case_id=case.pk, cause="reply", by=None, at=at)
    return comment


def checked_body(body: str) -> str:
    """The text as it is kept. Raises `Invalid` for nothing visible, NUL, or more than 100,000 characters."""
    body = body.replace("\r\n", "\n").strip()
    problem = code = ""
    if _BLANK.fullmatch(body):
        problem, code = _("Write something first."), "required"
    elif "\x00" in body:
        problem, code = _("The text holds a NUL character. Remove it."), "nul_not_allowed"
    elif len(body) > MAX_LENGTH:
        problem, code = (
            _("At most %(limit)d characters; this has %(length)d.") % {"limit": MAX_LENGTH, "length": len(body)},
            "too_long",
        )
    if problem:
        raise Invalid(problem, code=code, errors=[FieldProblem("/body", code, problem)])
    return body


def undo_of(comment: Comment, by: User | None) -> UndoEntry | None:
    """The entry that takes a comment back, for its writer."""
    if by is None:
        return None
    return UndoEntry.objects.filter(user=by, action=UNDO_ACTION, data__comment=str(comment.public_id)).first()


def _offer_undo(comment: Comment, case: Case, by: User | None, at: datetime) -> UndoEntry | None:
    if by is None:
        return None
    label = _("Reply written on %(ref)s") if comment.audience == Audience.SUBMITTER else _("Note added to %(ref)s")
    data = {"comment": str(comment.public_id), "case_id": case.pk}
    return undo.offer(UNDO_ACTION, by=by, at=at, label=label % {"ref": case.ref}, data=data)


def _hold(case: Case, comment: Comment) -> None:
    """One timer per case releases all its waiting replies, at the earliest of their times."""
    armed = timers.armed_of(case, TIMER)
    ids = list(armed.data.get("comments", [])) if armed is not None else []
    due_at = comment.visible_at if armed is None else min(armed.due_at, comment.visible_at)
    timers.arm(case, TIMER, due_at=due_at, data={"comments": [*ids, comment.pk]})


def _mention(comment: Comment, case: Case, by: User | None, at: datetime) -> tuple[list[User], list[User]]:
    """Keep who was named; answers those, and the ones among them who cannot open the case."""
    handles = {match.casefold() for match in _MENTION.findall(comment.body)[:50]}
    handles = {handle.rstrip(".-") for handle in handles}
    if not handles:
        return [], []
    wanted = Q()
    for handle in sorted(handles):
        wanted |= Q(at_email=handle) if "@" in handle else Q(at_email__startswith=f"{handle}@")
    people = User.objects.filter(is_active=True, organization__kind=Organization.Kind.INTERNAL)
    if by is not None:
        people = people.exclude(pk=by.pk)
    found = people.annotate(at_email=Lower("email")).filter(wanted).select_related("organization")
    named: list[User] = list(found[:50])
    Mention.objects.bulk_create(
        [Mention(organization_id=case.organization_id, case=case, comment=comment, user=user, at=at) for user in named]
    )
    strangers = [user for user in named if not Case.objects.visible_to(user).filter(pk=case.pk).exists()]
    return named, strangers


def _id_of(form_token: str, case: Case, by: Actor) -> uuid.UUID:
    """The comment's public id; the same form sent twice by the same person gives the same one."""
    if not form_token or by is None:
        return new_id()
    return uuid.uuid5(uuid.NAMESPACE_OID, f"comment:{case.pk}:{by.actor_kind}:{by.actor_id}:{form_token}")


def _indexed(text: str) -> str:
    """The newest part of a text that the search can hold."""
    return text.strip().encode()[-INDEXED_BYTES:].decode(errors="ignore")


def _take_back(data: undo.Data, by: User, at: datetime) -> None:
    retract(comment_id=uuid.UUID(data["comment"]), by=by, at=at)
    if data.get("resumes"):
        cases.resume_case(case_id=data["case_id"], by=by, at=at)


undo.on(UNDO_ACTION, _take_back)
