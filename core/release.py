"""Which release this process serves, so that a page of an older one can say so (ux.md §10)."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings

_OF_PAGES = ("static/js/*.js", "static/css/*.css", "templates/**/*.html")


@cache
def release() -> str:
    """A short name of what pages are made of: the same in every process of one release, another after a change."""
    digest = hashlib.sha256()
    for pattern in _OF_PAGES:
        for path in sorted(Path(settings.BASE_DIR).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
