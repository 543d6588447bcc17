"""Taking submissions in: a case, its parts, its clocks and its events, in one transaction and few round trips.

What is answered as accepted exists after any crash (domain.md, invariant 1). `submit` takes one, `submit_many` up to 500 with the
same rules and set statements; both read only what lies in the submitter's own organization.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from accounts.models import ServiceKey, User
from accounts.permissions import can, check_can
from accounts.roles import Action
from audit.recording import Entry, record_many
from core import rows
from core.errors import DomainError, FieldProblem, Invalid
from core.references import permute
from escalations import events
from escalations.lifecycle import CaseStatus, Channel, Metric
from escalations.models import Case, CaseEntity, Evidence, SlaClock, Submission
from escalations.models import Upload as UploadRow
from escalations.operations import clocks, ordering, routing, severity
from escalations.operations.evidence_items import evidence_rows
from escalations.operations.submission_input import SubmissionInput
from escalations.operations.uploads import PendingFile, take_uploads

MOST_AT_ONCE = 500
NEAR_TITLE = 90  # of 100, by rapidfuzz's token_set_ratio
_RECENT_TITLES = 40
_MOST_TWINS = 5


class AlreadySubmitted(DomainError):
    """The external reference, or the idempotency key, already belongs to a submission; `ref` is its case."""

    status = 409
    code = "external_ref_taken"
    title = "This was submitted before"


@dataclass(frozen=True)
class Duplicate:
    """A case of the same organization that may be the same matter."""

    ref: str
    why: str


@dataclass(frozen=True)
class Accepted:
    """What the submitter is answered. `promised` holds the due time (aware UTC) of every clock that was started."""

    case: Case
    submission: Submission
    promised: dict[str, datetime] = field(default_factory=dict)
    duplicate_of: list[Duplicate] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """One submission of a batch with its own idempotency key."""

    payload: SubmissionInput
    idempotency_key: str = ""


PROMISES = {
    Metric.ACKNOWLEDGE: "acknowledge",
    Metric.FIRST_RESPONSE: "first_response",
    Metric.RESOLVE: "resolve",
    Metric.LEGAL: "legal",
}


def submit(
    *,
    payload: SubmissionInput,
    by: User | ServiceKey,
    channel: Channel,
    at: datetime,
    idempotency_key: str = "",
    is_sandbox: bool | None = None,
) -> Accepted:
    """Make a case of a submission.

    `at` is aware UTC, the time of receipt. A sandbox key makes a sandbox case. Records `submission.received`, `case.created`.
    Raises `NotPermitted`, `Invalid` (an upload or `attach_to` that is not the submitter's), `AlreadySubmitted` (409).
    """
    found = submit_many(orders=[Order(payload, idempotency_key)], by=by, channel=channel, at=at, is_sandbox=is_sandbox)[
        0
    ]
    if isinstance(found, DomainError):
        raise found
    return found


def submit_many(
    *,
    orders: Sequence[Order],
    by: User | ServiceKey,
    channel: Channel,
    at: datetime,
    is_sandbox: bool | None = None,
) -> list[Accepted | DomainError]:
    """Make a case of each; one that cannot be taken has its refusal in its place and harms no other.

    Not for submissions with `attach_to`. Records as `submit`. Raises `NotPermitted`, and `AlreadySubmitted` where another
    transaction took one of the references in the meantime (a retry finds it and answers for that one alone).
    """
    check_can(by, Action.CASE_CREATE)
    if is_sandbox is None:
        is_sandbox = isinstance(by, ServiceKey) and by.is_sandbox
    intake = _Intake(orders, by, channel, at, is_sandbox)
    try:
        with transaction.atomic():
            return intake.run()
    except IntegrityError as error:
        raise refusal_of(error) from error


@dataclass
class _Making:
    """One submission on its way."""

    order: Order
    number: int
    case: Case = None  # type: ignore[assignment]  # set once its id is known
    submission: Submission = None  # type: ignore[assignment]
    files: list[PendingFile] = field(default_factory=list)
    planned: list[clocks.Planned] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    refusal: DomainError | None = None


class _Intake:
    def __init__(
        self, orders: Sequence[Order], by: User | ServiceKey, channel: Channel, at: datetime, is_sandbox: bool
    ) -> None:
        self.making = [_Making(order, number) for number, order in enumerate(orders)]
        self.by, self.channel, self.at, self.is_sandbox = by, channel, at, is_sandbox
        self.organization_id = int(by.organization_id)
        self.key_id = by.pk if isinstance(by, ServiceKey) else None
        self.person_id = by.pk if isinstance(by, User) else None

    def run(self) -> list[Accepted | DomainError]:
        self._refuse_twins()
        live = self._live()
        if live:
            found = self._look_up(live)
            live = self._live()
            self._take_files(live)
            live = self._live()
            self._build(live, found)
            self._write(live)
        return [making.refusal or self._accepted(making) for making in self.making]

    def _live(self) -> list[_Making]:
        return [making for making in self.making if making.refusal is None]

    # -- Reading -------------------------------------------------------------------------------------------------------
    def _refuse_twins(self) -> None:
        """Two of one batch under one reference or key: the first stands."""
        seen: set[tuple[str, str]] = set()
        for making in self.making:
            names = [("external_ref", making.order.payload.external_ref), ("key", making.order.idempotency_key)]
            given = {name for name in names if name[1]}
            if given & seen:
                making.refusal = AlreadySubmitted(
                    _("An earlier item of this batch has the same reference or key: give each its own."),
                    code="twin_in_batch",
                )
            seen |= given

    def _look_up(self, live: Sequence[_Making]) -> dict[str, Any]:
        """Everything to be known before writing, in one round trip: ids, entities, taken references, twins, routing's state."""
        subjects = [subject for making in live for subject in making.order.payload.subjects]
        texts = [item.sha256() for making in live for item in making.order.payload.evidence if not item.upload_id]
        parameters: dict[str, Any] = {
            "count": len(live),
            "organization": self.organization_id,
            "key": self.key_id,
            "sandbox": self.is_sandbox,
            "at": self.at,
            "refs": [m.order.payload.external_ref for m in live if m.order.payload.external_ref],
            "keys": [m.order.idempotency_key for m in live if m.order.idempotency_key],
            "platforms": [subject.platform for subject in subjects],
            "kinds": [str(subject.kind) for subject in subjects],
            "entity_keys": [subject.key for subject in subjects],
            "urls": [subject.url for subject in subjects],
            "labels": [subject.id or subject.key for subject in subjects],
            "hashes": texts,
            "titles": _RECENT_TITLES,
        }
        with connection.cursor() as cursor:
            written = {
                name: rows.array(value) if isinstance(value, list) else value for name, value in parameters.items()
            }
            cursor.execute(_LOOK_UP_ROUTED, written)
            ids, submission_ids, entity_ids, taken, twins, titles, stamp = cursor.fetchone()
        for made, case_id, submission_id in zip(live, ids, submission_ids, strict=True):
            made.case = rows.blank(Case, id=case_id, ref=case_ref(case_id))
            made.submission = rows.blank(Submission, id=submission_id)
        self._refuse_taken(live, taken or [])
        return {"entities": entity_ids or [], "twins": twins or [], "titles": titles or [], "stamp": stamp}

    def _refuse_taken(self, live: Sequence[_Making], taken: Iterable[dict[str, Any]]) -> None:
        refs = {row["external_ref"]: case_ref(row["case"]) for row in taken if row["external_ref"]}
        keys = {row["key"]: case_ref(row["case"]) for row in taken if row["key"]}
        for making in live:
            reference, key = making.order.payload.external_ref, making.order.idempotency_key
            if key and key in keys:
                making.refusal = AlreadySubmitted(
                    _("This Idempotency-Key made %(ref)s before: read it instead of sending it again.")
                    % {"ref": keys[key]},
                    code="idempotency_key_taken",
                    ref=keys[key],
                )
            elif reference and reference in refs:
                making.refusal = AlreadySubmitted(
                    _("Your reference %(reference)s already is %(ref)s: write to it, or send another reference.")
                    % {"reference": reference, "ref": refs[reference]},
                    ref=refs[reference],
                )

    def _take_files(self, live: Sequence[_Making]) -> None:
        wanted = {item.upload_id for making in live for item in making.order.payload.evidence if item.upload_id}
        if not wanted:
            return
        found = take_uploads(wanted, by=self.by, at=self.at)
        spoken: set[str] = set()
        for making in live:
            problems = []
            for number, item in enumerate(making.order.payload.evidence):
                name = item.upload_id.lower()
                if item.upload_id and (name not in found or name in spoken):
                    detail = _("There is no such upload of yours waiting: send the file to /uploads/ first.")
                    problems.append(FieldProblem(f"/evidence/{number}/upload_id", "unknown_upload", detail))
                elif item.upload_id:
                    making.files.append(found[name])
                    spoken.add(name)
            if problems:
                making.refusal = Invalid(errors=problems)
        refused = [file.upload_id for making in live if making.refusal for file in making.files]
        if refused:
            UploadRow.objects.filter(pk__in=refused).update(attached_at=None)

    # -- Building ------------------------------------------------------------------------------------------------------
    def _build(self, live: Sequence[_Making], found: dict[str, Any]) -> None:
        by_identity: dict[tuple[str, str, str], int] = {}
        subjects = [s for making in self.making if making.submission is not None for s in making.order.payload.subjects]
        for subject, entity_id in zip(subjects, found["entities"], strict=True):
            by_identity[subject.identity] = entity_id
        self.entity_ids = by_identity
        for making in live:
            self._fill_case(making)
            self._fill_submission(making)
        self._suggest(live, found["twins"], found["titles"])
        book = routing.book(found["stamp"])
        self.unrouted = [making for making in live if not routing.place(making.case, book)]
        for making in live:
            if making not in self.unrouted:
                making.planned = clocks.planned(making.case, at=self.at)
            else:
                making.case.order_at = self.at  # placed once the database has answered the rules

    def _fill_case(self, making: _Making) -> None:
        case, payload = making.case, making.order.payload
        reach = max(payload.views, 0)
        inputs = severity.Inputs(
            surface=payload.surface,
            harm=payload.harm,
            answers=payload.severity_inputs,
            reach=reach,
            spend=payload.spend,
            legal_hours=severity.legal_hours(payload.deadline_at, self.at),
        )
        computed = severity.compute(inputs)
        judged = severity.claim(
            computed,
            claimed=payload.severity_claimed,
            reason=payload.severity_reason,
            may_raise=can(self.by, Action.SEVERITY_RAISE),
        )
        case.organization_id = self.organization_id
        case.submitted_by_id = self.person_id
        case.created_by_key_id = self.key_id
        case.channel, case.is_sandbox = self.channel, self.is_sandbox
        case.external_ref, case.title, case.ask = payload.external_ref, payload.title, payload.ask
        case.surface, case.platform, case.harm = payload.surface, payload.platform, payload.harm
        case.suspected_policy, case.market, case.language = payload.suspected_policy, payload.market, payload.language
        case.deadline_at, case.deadline_reason = payload.deadline_at, payload.deadline_reason
        case.contact = payload.contact
        case.severity, case.severity_why = judged.severity, judged.why
        case.severity_inputs = inputs.as_json()
        case.severity_claimed, case.severity_reason = payload.severity_claimed, payload.severity_reason
        case.impact = list(payload.impact)
        case.reach, case.spend, case.spend_currency = reach, payload.spend, payload.spend_currency
        case.graphic_tier = payload.graphic_tier
        case.status = CaseStatus.NEW
        case.received_at = case.updated_at = self.at
        texts = [text for item in payload.evidence for text in (item.text, item.note) if text]
        case.outward_text = "\n".join(texts).encode()[:100_000].decode(errors="ignore")

    def _fill_submission(self, making: _Making) -> None:
        row, payload = making.submission, making.order.payload
        row.organization_id, row.case_id = self.organization_id, making.case.pk
        row.channel, row.key_id, row.person_id = self.channel, self.key_id, self.person_id
        row.idempotency_key, row.external_ref = making.order.idempotency_key, payload.external_ref
        row.is_sandbox, row.payload, row.received_at = self.is_sandbox, payload.payload, self.at
        row.warnings = payload.warnings()

    def _suggest(self, live: Sequence[_Making], twins: list[dict[str, Any]], titles: list[dict[str, Any]]) -> None:
        """Cases of the same organization with the same subject or evidence, or nearly the same title; five at most."""
        by_ref = {row["ref"]: row["title"] for row in titles}
        near_title = _("nearly the same title")
        by_entity: dict[int, list[str]] = {}
        by_hash: dict[str, list[str]] = {}
        for twin in twins:
            if twin["entity_id"] is not None:
                by_entity.setdefault(twin["entity_id"], []).append(twin["ref"])
            else:
                by_hash.setdefault(twin["sha256"], []).append(twin["ref"])
        for making in live:
            payload = making.order.payload
            found: dict[str, str] = {}
            for subject in payload.subjects:
                for ref in by_entity.get(self.entity_ids[subject.identity], ()):
                    found.setdefault(ref, _("the same %(kind)s") % {"kind": str(subject.kind).replace("_", " ")})
            hashes = [item.sha256() for item in payload.evidence if not item.upload_id]
            for sha256 in hashes + [file.sha256 for file in making.files]:
                for ref in by_hash.get(sha256, ()):
                    found.setdefault(ref, _("the same evidence"))
            if len(found) < _MOST_TWINS:
                near = process.extract(
                    payload.title, by_ref, scorer=fuzz.token_set_ratio, score_cutoff=NEAR_TITLE, limit=_MOST_TWINS
                )
                for _title, _score, ref in near:
                    found.setdefault(ref, near_title)
            making.duplicates = [Duplicate(ref, why) for ref, why in list(found.items())[:_MOST_TWINS]]

    # -- Writing -------------------------------------------------------------------------------------------------------
    def _write(self, live: Sequence[_Making]) -> None:
        parts = [part for making in live for part in self._subjects(making)]
        for making in live:
            making.evidence = evidence_rows(
                making.case, making.order.payload, making.files, by=self.by, at=self.at, first=1
            )
        rows.insert(
            [making.case for making in live],
            [making.submission for making in live],
            parts,
            [item for making in live for item in making.evidence],
        )
        for making in self.unrouted:
            if making.refusal is None:
                self._route_by_database(making)
        clocks.start_planned([(making.case, making.planned) for making in live], at=self.at, by=self.by)
        record_many([entry for making in live for entry in self._entries(making)])

    def _route_by_database(self, making: _Making) -> None:
        """Rules that ask for more than the case's own columns: the row is there now, so the database can say."""
        routing.route_stored(making.case, at=self.at)
        making.planned = clocks.planned(making.case, at=self.at)
        making.case.save(update_fields=[*routing.FIELDS, *ordering.FIELDS])

    def _subjects(self, making: _Making) -> list[CaseEntity]:
        found = {}
        for subject in making.order.payload.subjects:
            found[self.entity_ids[subject.identity], subject.role] = rows.blank(
                CaseEntity,
                organization_id=self.organization_id,
                case_id=making.case.pk,
                entity_id=self.entity_ids[subject.identity],
                role=subject.role,
                reported=subject.reported(),
                is_verified=subject.verified,
                added_at=self.at,
            )
        return list(found.values())

    def _entries(self, making: _Making) -> list[Entry]:
        case = making.case
        received = {"channel": str(self.channel), "external_ref": case.external_ref}
        created = {
            "channel": str(self.channel),
            "severity": int(case.severity),
            "queue_id": case.queue_id,
            "is_sandbox": self.is_sandbox,
        }
        found = [
            Entry(events.SUBMISSION_RECEIVED, case, self.at, self.by, received),
            Entry(events.CASE_CREATED, case, self.at, self.by, created),
        ]
        if case.routed_why.get("rule"):
            why = {"queue_id": case.queue_id, "rule": case.routed_why["rule"], "why": case.routed_why.get("filter", "")}
            found.append(Entry(events.CASE_ROUTED, case, self.at, None, why))
        return found

    def _accepted(self, making: _Making) -> Accepted:
        return Accepted(
            case=making.case,
            submission=making.submission,
            promised=promised(plan.clock for plan in making.planned),
            duplicate_of=making.duplicates,
            warnings=making.submission.warnings,
        )


def case_ref(case_id: int) -> str:
    """The reference of the case with this id: also for one that is hidden from who submitted it."""
    return f"ESC-{permute(case_id, key=settings.REFERENCE_KEY)}"


def promised(started: Iterable[SlaClock]) -> dict[str, datetime]:
    """Due times (aware UTC) by the names the API uses."""
    return {
        PROMISES[Metric(clock.metric)]: clock.due_at
        for clock in started
        if clock.due_at is not None and clock.metric in PROMISES
    }


def refusal_of(error: IntegrityError) -> DomainError:
    """Another transaction took the reference between our look and our write."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if "external_ref" in name or "idempotency_key" in name:
        return AlreadySubmitted(
            _("The same reference or key was submitted at this moment by another request: read it back, or try again."),
            retry_after_s=1,
        )
    raise error


# Ids come from the sequences so that the case is written once, with its reference; the rest are look-ups by indexes named here.
_LOOK_UP = """
WITH ids AS (
  SELECT array_agg(nextval('escalations_case_id_seq')) AS cases, array_agg(nextval('escalations_submission_id_seq')) AS submissions
  FROM generate_series(1, %(count)s)
), entities AS MATERIALIZED (
  SELECT CASE WHEN cardinality(%(kinds)s::text[]) = 0 THEN '{}'::bigint[] ELSE app_entity_ids(
    %(platforms)s::text[], %(kinds)s::text[], %(entity_keys)s::text[], %(urls)s::text[], %(labels)s::text[], %(at)s) END AS ids
), taken AS (
  -- Uses indexes: submission_external_ref_once, submission_sandbox_external_ref_once, submission_idempotency_key_once
  SELECT json_agg(json_build_object('external_ref', s.external_ref, 'key', s.idempotency_key, 'case', s.case_id)) AS found
  FROM (
    SELECT case_id, external_ref, '' AS idempotency_key FROM escalations_submission
    WHERE organization_id = %(organization)s AND external_ref = ANY (%(refs)s::text[]) AND external_ref <> ''
      AND is_sandbox = %(sandbox)s AND result = 'created'
    UNION ALL
    SELECT case_id, '', idempotency_key FROM escalations_submission
    WHERE organization_id = %(organization)s AND key_id = %(key)s AND idempotency_key = ANY (%(keys)s::text[])
      AND idempotency_key <> ''
  ) s
), twins AS (
  -- Uses the foreign key's index on entity, and evidence_by_sha256; the newest few of each. The cases are found by their ids
  -- alone: with the organization named again, the planner may walk all cases of an organization it has no figures for.
  SELECT json_agg(t) AS found FROM (
    SELECT e.entity_id, NULL AS sha256, c.ref
    FROM unnest((SELECT ids FROM entities)) AS wanted(id)
    CROSS JOIN LATERAL (
      SELECT entity_id, case_id FROM escalations_caseentity
      WHERE entity_id = wanted.id AND organization_id = %(organization)s ORDER BY case_id DESC LIMIT 5
    ) e JOIN escalations_case c ON c.id = e.case_id
    WHERE c.is_open AND c.is_sandbox = %(sandbox)s
    UNION
    SELECT NULL, e.sha256, c.ref
    FROM unnest(%(hashes)s::text[]) AS wanted(sha256)
    CROSS JOIN LATERAL (
      SELECT sha256, case_id FROM escalations_evidence
      WHERE sha256 = wanted.sha256 AND organization_id = %(organization)s ORDER BY case_id DESC LIMIT 5
    ) e JOIN escalations_case c ON c.id = e.case_id
    WHERE c.is_open AND c.is_sandbox = %(sandbox)s
  ) t
)
SELECT ids.cases, ids.submissions, entities.ids, taken.found, twins.found,
  app_recent_titles(%(organization)s, %(sandbox)s, %(at)s::timestamptz - interval '3 days', %(titles)s), ({routing})
FROM ids, entities, taken, twins
"""
_LOOK_UP_ROUTED = _LOOK_UP.replace("{routing}", routing.STAMP)
