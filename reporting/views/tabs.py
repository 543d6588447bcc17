"""The tabs of the reports for pages that stand beside the frame: the explorer, SQL, the dictionary."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from reporting import pages
from reporting.pages import Page


def tabs_for(viewer: User, current: str) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is the current one, of every tab this viewer may open."""
    shown = []
    for tab in pages.tabs():
        if tab.may(viewer):
            url = reverse("reporting:page", args=[tab.key]) if isinstance(tab, Page) else pages.address(tab)
            if url:
                shown.append((str(tab.label), url, tab.key == current))
    return shown
