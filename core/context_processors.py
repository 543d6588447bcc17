"""What every page's frame needs, computed only when a template asks (fragments ask for little of it)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from core import navigation, toasts
from core.keyboard import Keyboard, keyboard_of
from core.release import release

THEMES = ("system", "light", "dark", "contrast")
DENSITIES = ("compact", "cosy", "touch")


class Page:
    """The frame around one response for one viewer; `page` in templates."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.viewer: Any = getattr(request, "user", None)

    def _setting(self, name: str, default: Any) -> Any:
        value = getattr(self.viewer, name, default)
        return default if value is None else value

    @cached_property
    def theme(self) -> str:
        """The value of `<html data-theme>`: the person's choice, else the system's."""
        theme = self._setting("theme", "system")
        return theme if theme in THEMES else "system"

    @cached_property
    def density(self) -> str:
        """The value of `<html data-density>`."""
        density = self._setting("density", "compact")
        return density if density in DENSITIES else "compact"

    @property
    def font_px(self) -> int:
        """The size of body text, 13 to 18 (SET-3); everything else is measured by it."""
        size = self._setting("font_px", 13)
        return size if isinstance(size, int) and 13 <= size <= 18 else 13

    @property
    def motion(self) -> str:
        """`none` for somebody who wants nothing to move, whatever the system says; else `system`."""
        return "none" if self._setting("reduce_motion", False) else "system"

    @property
    def product(self) -> str:
        """The product's name in the interface (a setting)."""
        return str(settings.PRODUCT_NAME)

    @cached_property
    def at(self) -> datetime:
        """The database's time at the start of the request (aware UTC); clocks in the browser count from it."""
        at = getattr(self._request, "at", None)
        return at if isinstance(at, datetime) else timezone.now()

    @property
    def zone(self) -> str:
        """The viewer's IANA zone; UTC where none is set."""
        return str(self._setting("time_zone", "UTC") or "UTC")

    @property
    def hour12(self) -> bool:
        """Whether the viewer reads times on a 12-hour clock."""
        return bool(self._setting("hour12", False))

    @property
    def leads(self) -> str:
        """Which of the two times leads everywhere, `local` or `utc` (FRM-4; a cookie the dual clock writes)."""
        return "utc" if self._request.COOKIES.get("leads") == "utc" else "local"

    @property
    def is_rail_wide(self) -> bool:
        """Whether the rail shows its labels (`[`; a cookie)."""
        return self._request.COOKIES.get("rail") == "wide"

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is signed in; without, the frame has no rail."""
        return bool(self.viewer is not None and self.viewer.is_authenticated)

    @property
    def key_settings(self) -> Mapping[str, Any]:
        """The person's keyboard settings, in the form `core.keys.resolve` reads."""
        given = self._setting("key_settings", {})
        return given if isinstance(given, Mapping) else {}

    @cached_property
    def keyboard(self) -> Keyboard:
        """The keys in force for this person, as templates print them."""
        return keyboard_of(self.key_settings)

    @cached_property
    def rail(self) -> tuple[tuple[navigation.Shown, ...], ...]:
        """The rail's groups for this viewer."""
        return navigation.rail_for(self._request)

    @cached_property
    def commands(self) -> list[navigation.Shown]:
        """The top bar's commands for this viewer."""
        return navigation.commands_for(self._request)

    @cached_property
    def toasts(self) -> list[dict[str, Any]]:
        """What earlier requests left to say (`core.toasts.show_next`); taking them empties the list."""
        return toasts.take(self._request, at=self.at)

    @property
    def palette_url(self) -> str:
        """Where the palette asks; "" leaves it out."""
        return navigation.url_of("palette")

    @property
    def stream_url(self) -> str:
        """The event stream; "" leaves the live indicator out."""
        return navigation.url_of("stream") if self.is_signed_in else ""

    @property
    def sign_in_url(self) -> str:
        """The sign-in page, so that the browser can tell an ended session from an answer."""
        return navigation.url_of("sign_in")

    @property
    def sign_out_url(self) -> str:
        """Where the sign-out form posts; "" leaves it out."""
        return navigation.url_of("sign_out")

    @property
    def notices_url(self) -> str:
        """Where people choose what they are told; "" leaves the link out."""
        return navigation.url_of("notices")

    @property
    def release(self) -> str:
        """The release this page was made by."""
        return release()

    @property
    def is_demo(self) -> bool:
        """Whether demo data is present and says so (FRM-9)."""
        return bool(getattr(settings, "DEMO", False))


def page(request: HttpRequest) -> dict[str, Page]:
    """Put `page` into every template's context."""
    return {"page": Page(request)}
