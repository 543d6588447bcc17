"""The developers' pages: a first call that works when pasted, the reference, the errors, what changed (ux.md VPO-7, FST-5)."""

from __future__ import annotations

import json
import re
import secrets
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organization, User
from accounts.operations import keys
from accounts.permissions import can
from accounts.roles import Action
from core.types import AtRequest
from escalations.api.documentation import CODES, SUBMIT_EXAMPLE, VALUE_CODES, document

PLACEHOLDER = "wf_test_<your key>"


@dataclass(frozen=True)
class Reader:
    """Whose key the examples hold; `is_own` where it is the reader's organization's."""

    token: str
    organization: str
    may_make: bool
    is_own: bool

    @property
    def has_token(self) -> bool:
        return bool(self.token)


@dataclass(frozen=True)
class Call:
    """One call of the reference."""

    anchor: str
    method: str
    path: str
    summary: str
    help: SafeString
    curl: str
    python: str
    parameters: list[dict[str, Any]]
    statuses: list[str]


def reader_of(request: HttpRequest) -> Reader:
    """The reader's own sandbox key; in the demo, the demo vendor's for whoever has none (it makes sandbox cases only)."""
    at = request.at  # type: ignore[attr-defined]
    user = request.user
    if isinstance(user, User) and not user.is_internal:
        token = keys.sandbox_token(user.organization, at=at)
        return Reader(token, user.organization.name, not token and can(user, Action.KEYS_EDIT), True)
    if settings.DEMO:
        for vendor in Organization.objects.filter(kind=Organization.Kind.VENDOR, is_active=True).order_by("id"):
            token = keys.sandbox_token(vendor, at=at)
            if token:
                return Reader(token, vendor.name, False, False)
    return Reader("", "", False, False)


@require_GET
def quickstart(request: HttpRequest) -> HttpResponse:
    """The first screen: one call to paste, what comes back, the errors people meet."""
    reader = reader_of(request)
    address = request.build_absolute_uri(reverse("api:submissions"))
    mark = secrets.token_hex(4)  # a new thing for every reading of the page; pasting twice is a retry
    body = {**SUBMIT_EXAMPLE, "external_ref": f"NG-{mark}"}
    token = reader.token or PLACEHOLDER
    return _page(
        request,
        "quickstart",
        {
            "reader": reader,
            "curl": curl("POST", address, body, token=token, idempotency_key=f"first-{mark}"),
            "python": python("POST", address, body, token=token, idempotency_key=f"first-{mark}"),
            "answer": shown(_ANSWER),
            "errors": _errors(),
        },
    )


@require_POST
@login_required
def make_sandbox_key(request: AtRequest) -> HttpResponse:
    """Make the organization's sandbox key where it has none yet."""
    user = request.user
    if isinstance(user, User):
        keys.ensure_sandbox_key(organization=user.organization, by=user, at=request.at)
    return HttpResponseRedirect(reverse("escalations:developers"))


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """Every call, from the same document that is the contract."""
    reader = reader_of(request)
    base = request.build_absolute_uri("/").rstrip("/")
    calls = calls_of(document(), base=base, token=reader.token or PLACEHOLDER)
    groups: dict[str, list[Call]] = {tag: [] for tag in (*_OUTWARD_TAGS, "Cases")}
    for tag, call in calls:
        groups.setdefault(tag, []).append(call)
    return _page(request, "reference", {"reader": reader, "groups": groups})


@require_GET
def errors(request: HttpRequest) -> HttpResponse:
    """Every code an answer may carry; `type` of a problem points here."""
    listed = [(code, status, worded(help)) for code, (status, help) in CODES.items()]
    return _page(
        request,
        "errors",
        {
            "codes": sorted(listed, key=lambda row: row[1]),
            "values": [(code, worded(help)) for code, help in VALUE_CODES.items()],
        },
    )


@require_GET
def changelog(request: HttpRequest) -> HttpResponse:
    """What changed in the API, newest first."""
    return _page(request, "changelog", {"changes": CHANGES})


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """The contract as committed under docs/reference/."""
    return HttpResponse(_contract(), content_type="application/yaml")


@cache
def _contract() -> bytes:
    return (Path(settings.BASE_DIR) / "docs" / "reference" / "openapi.yaml").read_bytes()


CHANGES: list[tuple[str, list[str]]] = [
    (
        "v1, 2026-11-22",
        [
            "Submit one or up to 500 escalations, with idempotency keys.",
            "Read submissions back, write messages, withdraw, follow the feed of changes.",
            "Send files as evidence.",
            "Make webhook endpoints, rotate their secrets, read what was sent, send it again.",
            "Cases and their verbs for internal keys.",
            "Raise the severity of a submission by one level, until somebody works on it.",
            "Contest that a submission was sent back, and read what was found.",
            "What an appeal asks or answers the person concerned is an action `message` with `why` `appeal` and its words in `notice`.",
        ],
    )
]


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    may_see_keys = isinstance(request.user, User) and can(request.user, Action.KEYS_READ)
    return render(request, f"developers/{name}.html", {"here": name, "may_see_keys": may_see_keys, **context})


# -- Examples ----------------------------------------------------------------------------------------------------------
def curl(
    method: str, address: str, body: Any, *, token: str, idempotency_key: str = "", more: dict[str, str] | None = None
) -> str:
    """A command line that works as it stands."""
    lines = [f"curl -sS -X {method} {shlex.quote(address)}", f'-H "Authorization: Bearer {token}"']
    if idempotency_key:
        lines.append(f'-H "Idempotency-Key: {idempotency_key}"')
    for name, value in (more or {}).items():
        lines.append(f"-H {shlex.quote(f'{name}: {value}')}")
    if body is not None:
        lines.append('-H "Content-Type: application/json"')
        text = shown(body).replace("'", "'\\''")
        lines.append(f"-d '{text}'")
    return " \\\n  ".join(lines)


def python(
    method: str, address: str, body: Any, *, token: str, idempotency_key: str = "", more: dict[str, str] | None = None
) -> str:
    """The same call with Python's standard library."""
    headers = {"Authorization": f"Bearer {token}", **(more or {})}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    if body is not None:
        headers["Content-Type"] = "application/json"
    lines = ["import json, urllib.request", ""]
    if body is not None:
        lines.append(f"body = {_literal(body)}")
    data = "json.dumps(body).encode()" if body is not None else "None"
    lines += [
        f"request = urllib.request.Request({address!r}, method={method!r}, data={data}, headers={_literal(headers)})",
        "print(json.load(urllib.request.urlopen(request)))",
    ]
    return "\n".join(lines)


def shown(body: Any) -> str:
    """JSON with a line per field, and more only for what would run far to the right."""
    if not isinstance(body, dict):
        return json.dumps(body)
    lines = []
    for name, value in body.items():
        text = json.dumps(value)
        if len(text) > 72:
            text = json.dumps(value, indent=2).replace("\n", "\n  ")
        lines.append(f"  {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


def worded(text: str) -> SafeString:
    """A sentence of the contract with its `codes` as code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if odd % 2 else part,) for odd, part in parts)
    )


def _literal(value: Any) -> str:
    text = json.dumps(value, indent=4)
    return text.replace(": true", ": True").replace(": false", ": False").replace(": null", ": None")


_SAMPLE_REF = "ESC-4817203"
_SAMPLE_ID = "0b0f0b5e-7c64-4d7e-9a39-6f0f1f0d2c11"
_NAMED_ID = re.compile(r"\{\w+_id\}")
_OUTWARD_TAGS = ("Submissions", "Evidence", "Messages", "Events", "Webhooks")


def calls_of(contract: dict[str, Any], *, base: str, token: str) -> list[tuple[str, Call]]:
    """Every call of the contract with a command line each, in the contract's order."""
    found = []
    for path, methods in contract["paths"].items():
        for method, call in methods.items():
            found.append((call["tags"][0], _call(path, method.upper(), call, base, token)))
    return found


def _call(path: str, method: str, call: dict[str, Any], base: str, token: str) -> Call:
    address = base + _NAMED_ID.sub(_SAMPLE_ID, path.replace("{ref}", _SAMPLE_REF))
    content = call.get("requestBody", {}).get("content", {})
    body: Any = None
    for example in content.get("application/json", {}).get("examples", {}).values():
        body = example["value"]
        break
    asked = [parameter for parameter in call.get("parameters", []) if parameter["in"] in ("query", "header")]
    needs_key = any(parameter["name"] == "Idempotency-Key" for parameter in asked)
    more = {"If-Match": '"rev-1"'} if any(parameter["name"] == "If-Match" for parameter in asked) else {}
    key = slugify(call["operationId"]) + "-1" if needs_key else ""
    if "multipart/form-data" in content:
        line = f'curl -sS -X POST {address} \\\n  -H "Authorization: Bearer {token}" \\\n  -F file=@screenshot.png'
        script = ""
    else:
        line = curl(method, address, body, token=token, idempotency_key=key, more=more)
        script = python(method, address, body, token=token, idempotency_key=key, more=more)
    return Call(
        anchor=call["operationId"],
        method=method,
        path=path,
        summary=call["summary"],
        help=worded(call.get("description", "")),
        curl=line,
        python=script,
        parameters=[asked_for | {"help": worded(asked_for.get("description", ""))} for asked_for in asked],
        statuses=sorted(call["responses"]),
    )


_ANSWER: dict[str, Any] = {
    "ref": _SAMPLE_REF,
    "status": "new",
    "status_url": f"/api/v1/submissions/{_SAMPLE_REF}/",
    "severity": {
        "accepted": "S2",
        "claimed": "S2",
        "why": [{"level": "S2", "because": "it reaches 100,000 people or more"}],
    },
    "queue": {"name": "Review"},
    "promised": {
        "acknowledge": "2026-11-22T15:17:10Z",
        "first_response": "2026-11-22T18:17:10Z",
        "resolve": "2026-11-23T14:17:10Z",
    },
    "duplicate_of": [],
    "warnings": [],
}


@dataclass(frozen=True)
class Met:
    """One of the errors people meet, with what to do about it."""

    status: int
    title: str
    fix: str
    body: str


def _errors() -> list[Met]:
    def shown(status: int, code: str, detail: str, **more: Any) -> str:
        found = {"type": f"/developers/errors/#{code}", "status": status, "code": code, "detail": detail, **more}
        return json.dumps(found, indent=2)

    return [
        Met(
            401,
            _("Key not readable"),
            _("Copy the whole key, and keep the word Bearer."),
            shown(401, "key_malformed", "A key looks like wf_live_<12 characters>_<43 characters>."),
        ),
        Met(
            422,
            _("Values to correct"),
            _("Every fault comes at once, each with a pointer."),
            shown(
                422,
                "invalid",
                "Did you mean language?",
                errors=[{"pointer": "/lang", "code": "unknown_field", "detail": "Did you mean language?"}],
            ),
        ),
        Met(
            422,
            _("Idempotency-Key used again"),
            _("A new thing needs a new key; a retry keeps key and body."),
            shown(422, "idempotency_key_reused", "This Idempotency-Key was used with another body."),
        ),
    ]
