"""A caller of the API: sends JSON with a key and reads JSON back."""

from __future__ import annotations

import itertools
import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import ServiceKey
from tests.factories.people import make_key

_number = itertools.count(1)
ALL_SCOPES = (
    "submissions:write",
    "submissions:read",
    "evidence:write",
    "messages:write",
    "decisions:read",
    "appeals:write",
)


class Caller:
    """One key's programs. `post` sends a fresh Idempotency-Key unless one is given."""

    def __init__(self, **key: Any) -> None:
        key.setdefault("scopes", ALL_SCOPES)
        made: tuple[ServiceKey, str] = make_key(**key)
        self.key, self.token = made
        self._client = Client(raise_request_exception=False)

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> HttpResponse:
        return self._client.get(f"/api/v1/{path}", query or {}, headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, idempotency_key: str | None = "", **headers: str) -> HttpResponse:
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key or f"key-{next(_number)}"
        raw = body if isinstance(body, bytes) else json.dumps(body)
        content_type = headers.pop("content_type", "application/json")
        return self._client.post(f"/api/v1/{path}", raw, content_type=content_type, headers=self._headers(headers))

    def upload(self, file: Any, **fields: Any) -> HttpResponse:
        data = {"file": file, **fields} if file is not None else fields
        return self._client.post("/api/v1/uploads/", data, headers=self._headers({}))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | more
