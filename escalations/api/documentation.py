"""What OpenAPI says about each call. Bodies come from the shapes that read them, examples run as tests (test_api_examples)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import orjson
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from core.shapes import Shape
from escalations.api import inputs
from escalations.api import serializers as answers
from escalations.operations.submission_input import SUBMISSION

F = TypeVar("F", bound=Callable[..., Any])
Json = dict[str, Any]
PROBLEM_TYPE = "application/problem+json"

# -- Codes: every `code` an error may carry, with what to do. The errors page and OpenAPI are made of this table.
CODES: dict[str, tuple[int, str]] = {
    "bad_request": (400, "The request could not be read. Look at `detail`."),
    "parse_error": (400, "The body is not JSON. `detail` names line and column."),
    "bad_encoding": (400, "Send UTF-8 without a byte order mark."),
    "duplicate_key": (400, "One object holds a key twice. Keep one."),
    "too_deep": (400, "The body nests too deep. No field of ours needs more than four levels."),
    "nul_not_allowed": (400, "A text holds the NUL character. Remove it."),
    "body_missing": (400, "Send a JSON body with Content-Type: application/json."),
    "url_not_allowed": (
        400,
        "Webhooks go to https addresses on the public internet alone. `detail` says what is wrong.",
    ),
    "bad_cursor": (400, "The cursor is not of this list. Start again without it."),
    "idempotency_key_missing": (400, "Send Idempotency-Key: new for each thing, the same for a retry."),
    "idempotency_key_malformed": (400, "Idempotency-Key has 1 to 255 visible ASCII characters without spaces."),
    "if_match_missing": (400, "Send If-Match with the ETag you read."),
    "if_match_malformed": (400, 'If-Match looks like "rev-18".'),
    "key_missing": (401, "Send Authorization: Bearer and your key."),
    "key_malformed": (401, "Copy the whole key, and keep the word Bearer."),
    "key_invalid": (401, "The key is unknown, revoked or expired. Ask your lead for a new one."),
    "key_network": (401, "The key may be used from certain networks only."),
    "not_permitted": (403, "Your role or key does not allow this. `rule` names the rule."),
    "scope_missing": (403, "The key lacks a scope. `detail` names it."),
    "not_found": (404, "It does not exist, or it is not yours."),
    "no_such_address": (404, "There is no such address. Look at the reference."),
    "method_not_allowed": (405, "This address has no such method. `Allow` lists those it has."),
    "not_acceptable": (406, "Only JSON is answered. Send Accept: application/json."),
    "external_ref_taken": (409, "You submitted this reference before. `ref` is the case."),
    "idempotency_key_taken": (409, "This key made a submission long ago. `ref` is the case."),
    "idempotency_in_flight": (409, "The first request with this key is running. Send it again after Retry-After."),
    "not_appealable": (409, "There is no decision in force to appeal."),
    "window_over": (
        409,
        "The time to appeal, or to contest a return, is over. `detail` says when or what to do instead.",
    ),
    "already_appealed": (409, "This decision was appealed before. Once is all there is."),
    "appeal_settled": (409, "The appeal is decided or withdrawn already."),
    "not_disputable": (409, "It was not sent back: there is nothing to contest."),
    "already_disputed": (409, "This return was contested before. Once is all there is."),
    "illegal_transition": (409, "The case cannot go there from where it is. `legal` lists where it can."),
    "answered_differently": (409, "You answered this action before, and otherwise. The first answer stands."),
    "hand_off_state": (409, "The action cannot go there from where it stands. `state` says where."),
    "hand_offs_open": (409, "Something of this case was handed over and is not confirmed. The team sees to it first."),
    "conflict": (409, "This cannot be done now. Look at `detail`."),
    "stale_revision": (412, "Somebody changed it since you read it. `current` is its revision; read it again."),
    "too_large": (413, "The body or file is too large. `detail` says how large it may be."),
    "unsupported_media_type": (415, "Send application/json, or multipart/form-data to /uploads/."),
    "type_mismatch": (415, "The file's bytes are not what it says it is."),
    "paused": (422, "The endpoint is paused: resume it first."),
    "too_many": (422, "More than is allowed at once. `detail` says how many."),
    "invalid": (422, "Values need correcting. `errors` lists every one with its pointer."),
    "idempotency_key_reused": (422, "This key was used with another body. A new thing needs a new key."),
    "assignee_not_eligible": (422, "The person cannot work in this queue."),
    "rate_limited": (429, "Too many requests in this minute. Wait for Retry-After."),
    "internal_error": (500, "Our fault, and logged. Send us the request_id."),
    "unavailable": (503, "The database is away. Nothing was changed; try again after Retry-After."),
    "file_refused": (422, "The file cannot be read as a table; `detail` says what to send instead."),
    "storage_full": (507, "Files cannot be taken just now; cases can."),
}
# Codes of single values, in `errors[].code`.
VALUE_CODES: dict[str, str] = {
    "required": "A value is needed here.",
    "unknown_field": "There is no such field. `detail` names the nearest.",
    "unknown_parameter": "There is no such query parameter.",
    "repeated": "A query parameter stands twice.",
    "wrong_type": "Another JSON type is needed.",
    "wrong_form": "The text has another form than it needs.",
    "not_a_choice": "Not one of the codes listed.",
    "too_long": "More characters than fit.",
    "too_many": "More items than fit.",
    "out_of_range": "A number or time outside its bounds.",
    "naive_time": "A time without a zone. End it in Z.",
    "in_the_past": "The time has passed.",
    "in_the_future": "The time has not come yet.",
    "reversed": "The range ends before it starts.",
    "wrong_order": "The end lies before the beginning.",
    "url_not_allowed": "Not a whole http or https address, or one with a password in it.",
    "unknown_country": "Not a country of ISO 3166.",
    "unknown_language": "Not a language code.",
    "unknown_upload": "No upload of yours with this id waits to be attached.",
    "not_found": "It does not exist, or it is not yours.",
    "not_in_batch": "Not possible in a batch.",
    "twin_in_batch": "An earlier item has the same reference or key.",
    "empty_file": "The file has no bytes.",
    "hash_mismatch": "The bytes that came have another SHA-256 than you said.",
    "no_access_to_case": "This person may not see the case.",
    "unknown": "Not one of the values that are known.",
}

SUBMIT_EXAMPLE: Json = {
    "external_ref": "NG-20931",
    "title": "Fake broker ads using a doctored news clip",
    "ask": "Pause these ads today.",
    "surface": "ads",
    "platform": "vid",
    "suspected_policy": "AD-FR-2.1",
    "language": "es",
    "market": "MX",
    "severity_inputs": {"velocity": "growing", "reversibility": "hard", "confidence": "high"},
    "severity_claimed": "S2",
    "severity_reason": "1.2M views in a day, and people are losing money",
    "subjects": [{"kind": "ad", "url": "https://vid.example/ads/7731"}],
    "impact": {"views": 1200000, "spend": 40000, "currency": "USD", "source": "platform dashboard"},
    "evidence": [
        {
            "kind": "url",
            "url": "https://vid.example/shots/7731.png",
            "captured_at": "2026-11-10T14:51:00Z",
            "graphic_tier": "G0",
        }
    ],
}
SHORTEST_EXAMPLE: Json = {
    "title": "Account sells forged vaccination cards",
    "ask": "Please review the account.",
    "surface": "commerce",
    "harm": "fraud_scam",
    "market": "DE",
    "subjects": [{"kind": "account", "platform": "shop", "id": "@cards4all"}],
}
BATCH_EXAMPLE: Json = {
    "items": [
        {"idempotency_key": "ng-20931", **SHORTEST_EXAMPLE, "external_ref": "NG-20931"},
        {"idempotency_key": "ng-20932", **SHORTEST_EXAMPLE, "external_ref": "NG-20932", "title": "Another account"},
    ]
}
MESSAGE_EXAMPLE: Json = {"body": "The ads came back under a new account: @broker_2.", "language": "en"}
DISPUTE_EXAMPLE: Json = {"text": "The evidence is in item 1: the page's source names the shop."}
APPEAL_EXAMPLE: Json = {"text": "The page was ours: the licence is attached to the case.", "language": "en"}
RAISE_EXAMPLE: Json = {"severity": "S2", "reason": "It was copied to three more accounts since."}
WITHDRAW_EXAMPLE: Json = {"reason": "Sent by mistake."}
UPLOAD_EXAMPLE: Json = {"file": "(bytes)", "sha256": ""}
ASSIGN_EXAMPLE: Json = {"assignee": "ana.ruiz@example.test"}
SEVERITY_EXAMPLE: Json = {"severity": "S1", "reason": "The police called."}
TAGS_EXAMPLE: Json = {"add": ["election"], "remove": []}
MOVE_EXAMPLE: Json = {"queue": "general", "reason": "The language is Spanish."}
RECEIVED_EXAMPLE: Json = {"state": "received"}
DONE_EXAMPLE: Json = {"state": "accepted", "foreign_id": "mod-88213"}
REFUSED_EXAMPLE: Json = {"state": "refused", "reason": "The account was deleted by its owner."}
WAIT_EXAMPLE: Json = {"reason": "The police in Lyon answer by Friday."}
ELSEWHERE_EXAMPLE: Json = {"occurred_at": "2026-11-20T09:30:00Z", "reason": "Answered by phone."}
EDIT_EXAMPLE: Json = {"market": "IE", "language": "ga"}

_RATE = [
    OpenApiParameter(name, int, OpenApiParameter.HEADER, description=help, response=True)
    for name, help in (
        ("RateLimit-Limit", "Requests a minute of this key."),
        ("RateLimit-Remaining", "Requests left in this minute."),
        ("RateLimit-Reset", "Seconds until the minute is over."),
    )
]
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="New for each thing you create, the same when you retry.",
    examples=[OpenApiExample("key", "northgate-20931")],
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": r'^"rev-[0-9]{1,9}"$'},
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the case as you read it.",
    examples=[OpenApiExample("revision", '"rev-1"')],
)
_REF = OpenApiParameter(
    "ref",
    {"type": "string", "pattern": r"^ESC-[0-9]{5,12}$"},
    OpenApiParameter.PATH,
    description="Our reference.",
)
_ID = OpenApiParameter(
    "id", {"type": "string", "format": "uuid"}, OpenApiParameter.PATH, description="The action's id."
)
_ANY = (401, 403, 406, 429, 503)
_WRITES = (400, 413, 415, 422)


def component(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def describe(
    *,
    id: str,
    summary: str,
    tag: str,
    answer: Json,
    status: int = 200,
    body: Json | None = None,
    media_type: str = "application/json",
    examples: Mapping[str, Json] | None = None,
    query: Mapping[str, Shape] | None = None,
    headers: tuple[OpenApiParameter, ...] = (),
    ref: bool = False,
    errors: tuple[int, ...] = (),
    help: str = "",
) -> Callable[[F], F]:
    """What a call is to the contract; for the calls of every app."""
    refusals = sorted({*_ANY, *errors, *(_WRITES if body is not None else ()), *((404,) if ref else ())})
    responses: dict[Any, Any] = {status: OpenApiResponse(answer, description="Done.")}
    for number in refusals:
        codes = [f"`{code}`: {what}" for code, (known, what) in CODES.items() if known == number]
        responses[(number, PROBLEM_TYPE)] = OpenApiResponse(component("Problem"), description="\n".join(codes))
    parameters = [*_RATE, *headers, *([_REF] if ref else [])]
    for name, shape in (query or {}).items():
        schema = shape.schema()
        parameters.append(
            OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=schema.pop("description", ""))
        )
    return extend_schema(
        operation_id=id,
        summary=summary,
        description=help,
        tags=[tag],
        request={media_type: body} if body is not None else None,
        responses=responses,
        parameters=parameters,
        examples=[
            OpenApiExample(name, value, request_only=True, media_type=media_type)
            for name, value in (examples or {}).items()
        ],
    )


class ServiceKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a key is sent."""

    target_class = "accounts.api.authentication.ServiceKeyAuthentication"
    name = "serviceKey"

    def get_security_definition(self, auto_schema: object) -> Json:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`wf_live_…` or `wf_test_…`; a test key makes sandbox cases, for which nobody is paged.",
        }


def components() -> Json:
    """Schemas with a name."""
    item = SUBMISSION.schema()
    key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    item["properties"] = {"idempotency_key": key, **item["properties"]}
    item["required"] = ["idempotency_key", *item["required"]]
    return {
        "Submission": SUBMISSION.schema(),
        "BatchItem": item,
        "Accepted": answers.ACCEPTED_SCHEMA,
        "SubmissionDetail": answers.SUBMISSION_SCHEMA,
        "Message": answers.MESSAGE_SCHEMA,
        "Appeal": answers.APPEAL_SCHEMA,
        "Dispute": answers.DISPUTE_SCHEMA,
        "Upload": answers.UPLOAD_SCHEMA,
        "Event": answers.EVENT_SCHEMA,
        "Case": answers.CASE_SCHEMA,
        "CaseClocks": answers.SLA_SCHEMA,
        "EnforcementAction": answers.ACTION_SCHEMA,
        "Problem": answers.PROBLEM_SCHEMA,
    }


def add_components(result: Json, generator: object, request: object, public: bool) -> Json:
    """drf-spectacular's hook: our named schemas beside what it found."""
    found = result.setdefault("components", {})
    found.setdefault("schemas", {}).update(components())
    found["schemas"] = dict(sorted(found["schemas"].items()))
    found["responses"] = {}
    for path in result.get("paths", {}).values():
        for call in path.values():
            _share_refusals(call, found["responses"])
    found["responses"] = dict(sorted(found["responses"].items()))
    return result


def _share_refusals(call: Json, shared: Json) -> None:
    """Point every refusal at one named answer per status: they are the same everywhere."""
    for status, answer in call.get("responses", {}).items():
        if PROBLEM_TYPE in answer.get("content", {}):
            shared[f"Problem{status}"] = answer
            call["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}


@cache
def document() -> Json:
    """The whole OpenAPI 3.1 document as plain values."""
    schema: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    plain: Json = orjson.loads(orjson.dumps(schema, default=str))
    return plain


_BATCH_ANSWER: Json = {
    "type": "object",
    "required": ["accepted", "refused", "results"],
    "properties": {
        "accepted": {"type": "integer"},
        "refused": {"type": "integer"},
        "results": {
            "type": "array",
            "description": "One per item, in your order: `submission` where status is below 300, else the problem.",
            "items": {
                "type": "object",
                "required": ["status"],
                "properties": {
                    "status": {"type": "integer"},
                    "replayed": {"type": "boolean"},
                    "submission": {"anyOf": [component("Accepted"), component("SubmissionDetail")]},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "errors": answers.PROBLEM_SCHEMA["properties"]["errors"],
                },
            },
        },
    },
}


def submit(view: F) -> F:
    return describe(
        id="submit",
        summary="Submit an escalation",
        tag="Submissions",
        status=201,
        answer=component("Accepted"),
        body=component("Submission"),
        examples={"whole": SUBMIT_EXAMPLE, "shortest": SHORTEST_EXAMPLE},
        headers=(IDEMPOTENCY,),
        errors=(409,),
        help="The answer is a real case with its severity explained and the promised times of every clock. Scope: "
        "`submissions:write`. Sending the same key and body again answers the same, with `Idempotency-Replayed: true`.",
    )(view)


def list_submissions(view: F) -> F:
    return describe(
        id="list_submissions",
        summary="List what you submitted, newest first",
        tag="Submissions",
        answer=answers.page_schema(component("SubmissionDetail")),
        query=inputs.SUBMISSIONS_QUERY,
        errors=(400, 422),
        help="Scope: `submissions:read`. Pages are stable while new submissions arrive.",
    )(view)


def batch(view: F) -> F:
    body = {
        "type": "object",
        "required": ["items"],
        "additionalProperties": False,
        "properties": {"items": {"type": "array", "minItems": 1, "maxItems": 500, "items": component("BatchItem")}},
    }
    return describe(
        id="submit_batch",
        summary="Submit up to 500 at once",
        tag="Submissions",
        answer=_BATCH_ANSWER,
        body=body,
        examples={"two": BATCH_EXAMPLE},
        errors=(409,),
        help="Each item has its own `idempotency_key` and is judged alone. Scope: `submissions:write`.",
    )(view)


def read_submission(view: F) -> F:
    return describe(
        id="read_submission",
        summary="Read one back",
        tag="Submissions",
        answer=component("SubmissionDetail"),
        ref=True,
        errors=(422,),
        help="Scope: `submissions:read`. By your own reference: `GET /submissions/?external_ref=`.",
    )(view)


_MESSAGES: Json = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": component("Message")}},
}


def list_messages(view: F) -> F:
    return describe(
        id="list_messages",
        summary="Read the messages of a submission",
        tag="Messages",
        answer=_MESSAGES,
        ref=True,
        errors=(422,),
        help="Oldest first. Scope: `submissions:read`.",
    )(view)


def write_message(view: F) -> F:
    return describe(
        id="write_message",
        summary="Write to the team",
        tag="Messages",
        status=201,
        answer=component("Message"),
        body=inputs.MESSAGE.schema(),
        examples={"message": MESSAGE_EXAMPLE},
        headers=(IDEMPOTENCY,),
        ref=True,
        errors=(409,),
        help="Answers a question where one was asked: the case goes on. Scope: `messages:write`.",
    )(view)


def raise_severity(view: F) -> F:
    return describe(
        id="raise_severity",
        summary="Say that a submission is worse than it looked",
        tag="Submissions",
        answer=component("SubmissionDetail"),
        body=inputs.SEVERITY.schema(),
        examples={"worse": RAISE_EXAMPLE},
        ref=True,
        errors=(403, 409),
        help="By one level at a time, S1 at most, until somebody works on it; lowering takes our team. Whether the promised times get "
        "shorter is agreed with you: where they do not, our team is told to look. Scope: `submissions:write`.",
    )(view)


def withdraw(view: F) -> F:
    return describe(
        id="withdraw",
        summary="Take a submission back",
        tag="Submissions",
        answer=component("SubmissionDetail"),
        body=inputs.WITHDRAWAL.schema(),
        examples={"mistake": WITHDRAW_EXAMPLE},
        ref=True,
        errors=(409,),
        help="Until it is decided. Twice is the same as once. Scope: `submissions:write`.",
    )(view)


def read_appeal(view: F) -> F:
    return describe(
        id="read_appeal",
        summary="Read your appeal",
        tag="Appeals",
        answer=component("Appeal"),
        ref=True,
        errors=(422,),
        help="The newest one you filed on this submission; 404 where there is none. Scope: `submissions:read`.",
    )(view)


def file_appeal(view: F) -> F:
    return describe(
        id="file_appeal",
        summary="Appeal the decision on a submission",
        tag="Appeals",
        status=201,
        answer=component("Appeal"),
        body=inputs.APPEAL.schema(),
        examples={"error": APPEAL_EXAMPLE},
        headers=(IDEMPOTENCY,),
        ref=True,
        errors=(409,),
        help="Once per decision, within six months of the day it took effect. Somebody else than who decided looks at it. "
        "Scope: `appeals:write`.",
    )(view)


def read_dispute(view: F) -> F:
    return describe(
        id="read_dispute",
        summary="Read your objection to a return",
        tag="Disputes",
        answer=component("Dispute"),
        ref=True,
        errors=(422,),
        help="The newest one on this submission; 404 where there is none. Scope: `submissions:read`.",
    )(view)


def file_dispute(view: F) -> F:
    return describe(
        id="file_dispute",
        summary="Contest that a submission was sent back",
        tag="Disputes",
        status=201,
        answer=component("Dispute"),
        body=inputs.DISPUTE.schema(),
        examples={"evidence": DISPUTE_EXAMPLE},
        headers=(IDEMPOTENCY,),
        ref=True,
        errors=(409,),
        help="Once per return, within 30 days. Somebody else than who sent it back looks again and answers among the messages; where "
        "you are right the case goes on, and the return no longer counts against you. Scope: `appeals:write`.",
    )(view)


def list_appeal_messages(view: F) -> F:
    return describe(
        id="list_appeal_messages",
        summary="Read what was asked and answered about your appeal",
        tag="Appeals",
        answer=_MESSAGES,
        ref=True,
        errors=(422,),
        help="Oldest first. Scope: `submissions:read`.",
    )(view)


def write_appeal_message(view: F) -> F:
    return describe(
        id="write_appeal_message",
        summary="Say more about your appeal",
        tag="Appeals",
        status=201,
        answer=component("Message"),
        body=inputs.MESSAGE.schema(),
        examples={"message": MESSAGE_EXAMPLE},
        headers=(IDEMPOTENCY,),
        ref=True,
        errors=(409,),
        help="Answers a question where one was asked: the appeal goes on. Scope: `appeals:write`.",
    )(view)


def withdraw_appeal(view: F) -> F:
    return describe(
        id="withdraw_appeal",
        summary="Take your appeal back",
        tag="Appeals",
        answer=component("Appeal"),
        ref=True,
        errors=(409,),
        help="Until it is decided. Twice is the same as once. Scope: `appeals:write`.",
    )(view)


def upload(view: F) -> F:
    body = {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "sha256": {
                "type": "string",
                "pattern": "^[0-9a-fA-F]{64}$",
                "description": "Hex; the file is refused if its bytes have another.",
            },
        },
        "additionalProperties": False,
    }
    return describe(
        id="upload",
        summary="Send a file",
        tag="Evidence",
        status=201,
        answer=component("Upload"),
        body=body,
        media_type="multipart/form-data",
        errors=(507,),
        help="Name the `upload_id` in a submission's evidence within 24 hours, or it is dropped. 200 MB a file unless "
        "`limits` of the answer says otherwise. Scope: `evidence:write`.",
    )(view)


def feed(view: F) -> F:
    return describe(
        id="events",
        summary="Follow what changes",
        tag="Events",
        answer={
            "type": "object",
            "required": ["results", "next", "has_more"],
            "properties": {
                "results": {"type": "array", "items": component("Event")},
                "next": {"type": "string", "description": "Send it as `after` the next time. Keep it: it never ends."},
                "has_more": {"type": "boolean", "description": "More is there already: ask again at once."},
            },
        },
        query=inputs.EVENTS_QUERY,
        errors=(400, 422),
        help="In order, none skipped, none twice: events appear once every earlier one is certain. Ask every few seconds "
        "instead of polling lists. Scope: `submissions:read`.",
    )(view)


def list_cases(view: F) -> F:
    return describe(
        id="list_cases",
        summary="List cases (internal keys)",
        tag="Cases",
        answer=answers.page_schema(component("Case")),
        query=inputs.CASES_QUERY,
        errors=(400, 422),
        help="Scope: `cases:read`.",
    )(view)


def read_case(view: F) -> F:
    return describe(
        id="read_case",
        summary="Read a case (internal keys)",
        tag="Cases",
        answer=component("Case"),
        ref=True,
        errors=(422,),
        help="The `ETag` is its revision. Scope: `cases:read`.",
    )(view)


def read_clocks(view: F) -> F:
    return describe(
        id="read_clocks",
        summary="Read a case's clocks, and why each is due when it is (internal keys)",
        tag="Cases",
        answer=component("CaseClocks"),
        query=inputs.SLA_QUERY,
        ref=True,
        errors=(400, 422),
        help="By metric: the cycle that runs and those that ended, with goal, start, stop, breach instant, elapsed and "
        "remaining open time, plan and calendar versions. Scope: `cases:read`.",
    )(view)


def verb(
    id: str, summary: str, body: Json, example: Json, *, edits: bool, help: str, scope: str = "cases:write"
) -> Callable[[F], F]:
    """A POST below a case."""
    return describe(
        id=id,
        summary=f"{summary} (internal keys)",
        tag="Cases",
        answer=component("Case"),
        body=body,
        examples={"example": example},
        headers=(_IF_MATCH,) if edits else (),
        ref=True,
        errors=(409, 412) if edits else (409,),
        help=f"{help} Scope: `{scope}`.",
    )


def list_enforcement(view: F) -> F:
    return describe(
        id="list_enforcement",
        summary="Fetch what the platform is to do, oldest first",
        tag="Enforcement",
        answer=answers.page_schema(component("EnforcementAction")),
        query=inputs.ENFORCEMENT_QUERY,
        errors=(400, 422),
        help="Fetching changes nothing: an action is done once you acknowledge it. What lifts an action follows after the "
        "action itself is answered. Scope: `enforcement:ack`, which our own services have.",
    )(view)


def read_enforcement(view: F) -> F:
    return describe(
        id="read_enforcement",
        summary="Read one action",
        tag="Enforcement",
        answer=component("EnforcementAction"),
        headers=(_ID,),
        errors=(404, 422),
        help="Scope: `enforcement:ack`.",
    )(view)


def acknowledge(view: F) -> F:
    return describe(
        id="acknowledge",
        summary="Say what became of an action",
        tag="Enforcement",
        answer=component("EnforcementAction"),
        body=inputs.ACK.schema(),
        examples={"received": RECEIVED_EXAMPLE, "done": DONE_EXAMPLE, "refused": REFUSED_EXAMPLE},
        headers=(_ID,),
        errors=(404, 409),
        help="Nothing counts as done before `accepted`; after `received` your word is due within the time agreed. A late answer is taken; the same answer twice changes nothing; another "
        "answer than the first is a 409, and a person looks. Scope: `enforcement:ack`.",
    )(view)
