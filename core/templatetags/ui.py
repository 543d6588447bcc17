"""Tags for what every page shows: icons, severity, status and clock chips, times, keys, toasts. Built in, no {% load %}.

{% icon "search" %}  {% icon "video" _("Video") %}      a symbol of static/icons/sprite.svg, with a name or silent
{% sev case.severity %}                                 severity chip, 0–4 or "S0"–"S4"
{% status case.status _("In review") %}                 status chip with its glyph
{% clock face %}  {% clock face seconds=True %}         a core.clockface.ClockFace
{% when at %}  {% when at "date" %}                     a time in both zones; the dual clock says which leads
{% both at %}                                           both zones written out
{% key "claim" %}  {% kbd "claim" %}                    attributes for the control, and its printed key
{% hints "case" "reply" "note" %}                       the bar at the page's foot
{% kept "rail.html" rail=page.rail %}                   a template printed once for the same values
{% query page=2 %}                                      this address with parameters changed
{% export_link "people" %}                              the control that takes this list out as a file, where one may
{% form_token %}                                        HTX-17: the hidden input that makes a double submit harmless
{{ text|middle:48 }}                                    long ids and URLs cut in the middle
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import dateformat, formats, timezone
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import keys, navigation
from core.clockface import ClockFace, due_before, risk_before
from core.keyboard import Keyboard, keyboard_of

register = template.Library()

_UTC = ZoneInfo("UTC")
_BAND_GLYPH = {"risk": "ckrisk", "due": "ckdue", "breach": "ckbreach", "paused": "ckpaused", "met": "ckmet"}


def _svg(name: str, css: str, label: str | Promise = "") -> SafeString:
    return _drawn(name, css, str(label))


@lru_cache(maxsize=1024)  # a page draws the same few dozen again and again
def _drawn(name: str, css: str, label: str) -> SafeString:
    naming = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', css, naming, static("icons/sprite.svg"), name)


@register.simple_tag
def icon(name: str, label: str | Promise = "", css: str = "") -> SafeString:
    """A 16 px icon; silent for screen readers unless it has a label."""
    return _svg(name, f"i {css}".strip(), label)


@register.simple_tag
def glyph(name: str, label: str | Promise = "") -> SafeString:
    """A small filled shape (severity, clock, status)."""
    return _svg(name, "g", label)


@register.simple_tag
def sev(value: int | str, name: str | Promise = "") -> SafeString:
    """The severity chip: shape, letter and violet step; `name` explains it to those who cannot see the shape."""
    level = str(value).upper().removeprefix("S")
    if level not in {"0", "1", "2", "3", "4"}:
        return SafeString("")
    spoken = format_html('<span class="vh"> {}</span>', name) if name else ""
    return format_html(
        '<span class="sev s{0}">{1}<span class="vh">{2} </span>S{0}{3}</span>',
        level,
        _svg(f"sv{level}", "g"),
        _("Severity"),
        spoken,
    )


@register.simple_tag
def status(value: str, label: str | Promise, detail: str | Promise = "") -> SafeString:
    """The status chip: the glyph of the case's state and its word; `detail` says on whom a waiting case waits."""
    more = format_html(' <span class="meta">{}</span>', detail) if detail else ""
    return format_html('<span class="status st-{}">{}{}{}</span>', value, _svg(f"st-{value}", "g"), label, more)


@register.simple_tag(takes_context=True)
def clock(context: Context, face: ClockFace | None, seconds: bool = False, at: datetime | None = None) -> SafeString:
    """A clock chip that ticks in the browser; screen readers get the absolute time instead (SLA-6)."""
    if face is None:
        return SafeString("")
    now = at or _page_time(context)
    band = face.band(now)
    words = {
        "ok": _("on track"),
        "risk": _("at risk"),
        "due": _("due now"),
        "breach": _("overdue"),
        "paused": _("paused"),
        "met": _("met"),
    }
    ticking = (
        format_html(
            ' data-clock data-due="{}" data-risk="{}" data-now="{}"{}{}',
            face.due_at.isoformat(),
            int(risk_before(face.target).total_seconds()),
            int(due_before(face.target).total_seconds()),
            mark_safe(" data-seconds") if seconds else "",
            mark_safe(" data-mine") if face.is_mine else "",
        )
        if face.state == "running"
        else ""
    )
    drawn = _svg(_BAND_GLYPH[band], "g") if band in _BAND_GLYPH else ""
    text = _("paused") if band == "paused" else face.words(now, seconds=seconds)
    return format_html(
        '<span class="sla {band}" data-letter="{letter}" title="{title}"{ticking}>{glyph}'
        '<span class="tick-text" aria-hidden="true">{letter} {text}</span>'
        '<span class="vh">{name}, <span class="band-text">{word}</span>, {due} <time datetime="{iso}">{absolute}</time></span></span>',
        band=band,
        letter=face.letter,
        title=f"{face.name}: {_both(context, face.due_at)}",
        ticking=ticking,
        glyph=drawn,
        text=text,
        name=face.name,
        word=words[band],
        due=_("due"),
        iso=face.due_at.isoformat(),
        absolute=_both(context, face.due_at),
    )


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | None, form: str = "auto") -> SafeString:
    """An instant in the viewer's zone and in UTC; CSS shows the one that leads, the title has both.

    `form`: `time` 14:02 · `date` 22 Nov 2026 · `full` both · `auto` the time today, date and time otherwise.
    """
    return printer_of_times(context)(at, form)


def printer_of_times(context: Context) -> Callable[..., SafeString]:
    """What `{% when %}` prints for this page's reader, as a function of the instant and the form: for lists written in one pass."""
    zone = _zone(context)
    page = context.get("page")
    hour12 = bool(page and page.hour12)
    today = _page_time(context).astimezone(zone).date()
    language = get_language() or ""

    def print_time(at: datetime | None, form: str = "auto") -> SafeString:
        return SafeString("–") if at is None else _when(at, form, zone, hour12, today, language)

    return print_time


@lru_cache(maxsize=8192)  # lists and timelines show the same instants to the same reader many times a day
def _when(at: datetime, form: str, zone: ZoneInfo, hour12: bool, today: date, language: str) -> SafeString:
    local = at.astimezone(zone)
    utc = at.astimezone(_UTC)
    if form == "auto":
        form = "time" if local.date() == today else "full"
    return format_html(
        '<time datetime="{}" title="{}"><span class="t-local">{}</span><span class="t-utc">{}</span></time>',
        utc.isoformat(timespec="seconds").replace("+00:00", "Z"),
        _in_both(at, zone, hour12),
        _write(local, form, today.year, hour12),
        _write(utc, form, today.year, hour12) + ("" if form == "date" else "Z"),
    )


@register.simple_tag(takes_context=True)
def both(context: Context, at: datetime) -> SafeString:
    """An instant in full in the viewer's zone and in UTC, both readable: for what was promised to somebody (TLZ-1)."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), _both(context, at))


@register.simple_tag(takes_context=True)
def key(context: Context, action: str, scope: str = "") -> SafeString:
    """Attributes for the control of an action: data-key-action, aria-keyshortcuts and a title that names the key."""
    return _keyboard(context).attributes(action, scope or context.get("key_scope") or "")


@register.simple_tag(takes_context=True)
def kbd(context: Context, action: str, scope: str = "") -> SafeString:
    """The printed key of an action; nothing where the person switched it off."""
    return _keyboard(context).caps(action, scope or context.get("key_scope") or "")


@register.simple_tag(takes_context=True)
def hints(context: Context, scope: str, *actions: str) -> SafeString:
    """The bar at the page's foot: the active scope and a few of its keys (KEY-3 shows chords here too)."""
    return _hints(_keyboard(context), scope, actions)


@lru_cache(maxsize=256)
def _hints(keyboard: Keyboard, scope: str, actions: tuple[str, ...]) -> SafeString:
    rows = []
    for action in actions:
        found = keyboard.find(action, scope)
        if found is not None:
            caps = found.shown.split(" ") if found.shown not in ("", "-") else keys.printed(found.keys[0])
            rows.append({"caps": caps, "label": found.label})
    title = dict(keys.SCOPES).get(scope, scope)  # type: ignore[call-overload]
    return SafeString(render_to_string("components/hints.html", {"title": title, "rows": rows}))


@register.simple_tag(takes_context=True)
def key_island(context: Context) -> SafeString:
    """The registry as JSON in the page's head, read by static/js/keys.js."""
    return _keyboard(context).island


@register.simple_tag(takes_context=True)
def kept(context: Context, template_name: str, **values: Any) -> SafeString:
    """A template that is printed once for the same values, language and keys, and kept: `{% kept "rail.html" rail=page.rail %}`.

    It sees nothing but these values, which must be hashable, so what it prints can be nobody else's. No form with a token in it.
    """
    given = tuple((name, type(value), value) for name, value in values.items())  # 1 is not True, nor "a" a safe "a"
    return _kept(template_name, _keyboard(context), given)


@lru_cache(maxsize=512)  # some KB each
def _kept(template_name: str, keyboard: Keyboard, values: tuple[tuple[str, type, Any], ...]) -> SafeString:
    context = {name: value for name, _type, value in values} | {"keyboard": keyboard}
    return SafeString(render_to_string(template_name, context))


class _Address(URLNode):
    """`{% url %}` whose answers are kept: a case page names its own address thirty times, each of them a walk over all patterns."""

    def render(self, context: Context) -> str:
        args = tuple(arg.resolve(context) for arg in self.args)
        kwargs = tuple((name, value.resolve(context)) for name, value in self.kwargs.items())
        # Other things may print alike and be different, or the other way round.
        if not all(type(value) in (str, int) for value in (*args, *(value for _name, value in kwargs))):
            return str(super().render(context))
        match = getattr(context.get("request"), "resolver_match", None)
        name, namespace = self.view_name.resolve(context), match.namespace if match else None
        where = (settings.ROOT_URLCONF, get_urlconf(), get_script_prefix())
        try:
            address = _address(str(name), args, kwargs, namespace, where)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            address = ""
        if self.asvar:
            context[self.asvar] = address
            return ""
        return str(conditional_escape(address)) if context.autoescape else address


@lru_cache(maxsize=4096)
def _address(
    name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...], namespace: str | None, where: tuple[Any, ...]
) -> str:
    return reverse(name, args=args, kwargs=dict(kwargs), current_app=namespace)


@register.tag("url")
def url(parser: Parser, token: Token) -> _Address:
    """Django's `{% url %}`, with its answers kept."""
    node = django_url(parser, token)
    return _Address(node.view_name, node.args, node.kwargs, node.asvar)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present query string with parameters set (None or "" drops one), starting with `?`."""
    request = context.get("request")
    values = request.GET.copy() if request is not None else {}
    for name, value in changes.items():
        if value in (None, ""):
            values.pop(name, None)
        else:
            values[name] = str(value)
    encoded = values.urlencode() if hasattr(values, "urlencode") else ""
    return f"?{encoded}" if encoded else "?"


@register.simple_tag(takes_context=True)
def export_link(context: Context, source: str, **params: Any) -> SafeString:
    """The control that takes a list out as a file, filtered as its page is; `params` name what the path says of it.

    "" for whoever may not take it out, and outside of a page.
    """
    request = context.get("request")
    address = navigation.export_url(request.user, source) if request is not None else ""
    if request is None or not address:
        return SafeString("")
    asked = request.GET.copy()
    for name in ("cursor", "before", "page", "source", "as"):
        asked.pop(name, None)
    for name, value in {"source": source, **params}.items():
        asked[name] = str(value)
    return format_html(
        '<a class="btn btn-sm" href="{}?{}">{}{}</a>', address, asked.urlencode(), icon("download"), _("Export")
    )


@register.simple_tag
def form_token() -> SafeString:
    """A hidden input with a fresh token: an operation that saw it before answers with the first result (HTX-17)."""
    return format_html('<input type="hidden" name="form_token" value="{}">', secrets.token_urlsafe(18))


# ISO 639-1. A code outside of it (a made-up language) is announced as an artificial one, since readers refuse unknown tags.
_LANGUAGES = (
    " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu "
    "fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km "
    "kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr "
    "ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
)


@register.filter
def lang(code: str) -> str:
    """A language code as the value of a `lang` attribute (WCAG 3.1.2)."""
    first = code.partition("-")[0].lower()
    return code if len(first) != 2 or f" {first} " in _LANGUAGES else f"art-x-{first}"


@register.filter
def middle(value: Any, length: int = 48) -> str:
    """Long URLs and ids with their middle left out; ends carry the meaning."""
    text = str(value)
    if len(text) <= length:
        return text
    head = (length - 1) * 2 // 3
    return f"{text[:head]}…{text[len(text) - (length - 1 - head) :]}"


@register.filter
def compact(value: float | int | None) -> str:
    """Counts as a table shows them: 410, 1.1k, 94k, 1.2M."""
    return "–" if value is None else _compact(value, get_language() or "")


@lru_cache(maxsize=4096)
def _compact(value: float, language: str) -> str:
    number = float(value)
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            scaled = number / size
            return f"{formats.number_format(scaled, 1 if scaled < 10 else 0)}{unit}".replace(".0", "")
    return formats.number_format(int(number) if number.is_integer() else round(number, 1))


@register.filter
def initials(name: Any) -> str:
    """Two letters for a presence mark."""
    words = [word for word in str(name).split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def _keyboard(context: Context) -> Keyboard:
    """The reader's keys: the page's, those that `kept` passed on, or outside of a page everybody's."""
    page = context.get("page")
    found: Keyboard = page.keyboard if page else context.get("keyboard") or keyboard_of(None)
    return found


def _page_time(context: Context) -> datetime:
    page = context.get("page")
    at: datetime = page.at if page else timezone.now()
    return at


def _zone(context: Context) -> ZoneInfo:
    page = context.get("page")
    try:
        return ZoneInfo(page.zone if page else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _write(at: datetime, form: str, this_year: int, hour12: bool) -> str:
    clock_form = "g:i A" if hour12 else "H:i"
    day = "j M" if at.year == this_year and form != "date" else "j M Y"
    pattern = {"time": clock_form, "date": "j M Y", "full": f"{day} {clock_form}"}.get(form, f"{day} {clock_form}")
    return dateformat.format(at, pattern)


def _both(context: Context, at: datetime) -> str:
    """`22 Nov 2026 15:02 IST · 14:02 UTC`, for titles and screen readers."""
    page = context.get("page")
    return _in_both(at, _zone(context), bool(page and page.hour12))


def _in_both(at: datetime, zone: ZoneInfo, hour12: bool) -> str:
    local = at.astimezone(zone)
    utc = at.astimezone(_UTC)
    utc_text = utc.strftime("%H:%M UTC") if utc.date() == local.date() else utc.strftime("%d %b %H:%M UTC")
    if local.utcoffset() == utc.utcoffset():
        return f"{_write(utc, 'date', utc.year, hour12)} {utc.strftime('%H:%M UTC')}"
    return f"{_write(local, 'date', local.year, hour12)} {local.strftime('%H:%M %Z')} · {utc_text}"
