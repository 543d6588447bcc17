"""Who reads: the first lines of every page of the library."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import User
from core.types import AtRequest
from policies.permissions import check_can_read_library


def reader(request: HttpRequest) -> tuple[User, datetime]:
    """Who reads, and when. For vendors the console's library does not exist (404); other people without the right get a 403 that
    says so."""
    user = cast(User, request.user)
    if not user.is_internal:
        raise Http404
    check_can_read_library(user)
    return user, cast(AtRequest, request).at
