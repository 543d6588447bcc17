"""Charts for paper. On screen their colours come from the page's style sheets, by class and variable; a PDF has neither."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.conf import settings

_SHEETS = ("tokens.css", "reports.css")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_LIGHT = re.compile(r"(?:^|[},])\s*(?::root|html|:root,[^{]*)\{([^}]*)\}")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,\s*([^()]*))?\)")
_RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")
# Declarations that a picture understands; the rest lays out a page.
_PAINTS = frozenset(
    {
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "stroke-linejoin",
        "stroke-linecap",
        "stroke-opacity",
        "opacity",
        "font-size",
        "font-weight",
        "text-anchor",
        "dominant-baseline",
    }
)
_AT_RULE = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")  # other media, themes that were asked for
_LIGHT_DARK = re.compile(r"light-dark\(\s*([^,()]+),[^()]*\)")
_MIX = re.compile(r"color-mix\(in srgb,\s*#([0-9A-Fa-f]{6})\s+([\d.]+)%,\s*#([0-9A-Fa-f]{6})\s*\)")
_SIMPLE = re.compile(r"^[\w\s.>*-]+$")
_LINK = re.compile(r"</?a\b[^>]*>")
_OUTSIDE = re.compile(r"<(image|use|foreignObject|script|style)\b.*?(?:/>|</\1>)", re.DOTALL | re.IGNORECASE)


def printable(svg: str) -> str:
    """The picture with its colours written into it, in light; links, scripts and whatever it would fetch left out."""
    bare = _OUTSIDE.sub("", _LINK.sub("", svg))
    opened = re.match(r"\s*(<\?xml[^>]*>\s*)?<svg\b[^>]*>", bare)
    if opened is None:
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
    start = opened.group(0)
    if "xmlns=" not in start:
        start = start.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{start}<style>{style()}</style>{bare[opened.end() :]}"


@cache
def style() -> str:
    """The rules of our sheets that paint pictures, with variables replaced by what they are in light."""
    texts = [_AT_RULE.sub("", _COMMENT.sub("", path.read_text(encoding="utf-8"))) for path in _paths()]
    variables: dict[str, str] = {}
    for text in texts:
        for block in _LIGHT.findall(text):
            for name, value in re.findall(r"(--[\w-]+)\s*:\s*([^;]+)", block):
                variables.setdefault(name, value.strip())
    rules = ["text{font-family:'Noto Sans','DejaVu Sans','Libertinus Serif',sans-serif}"]
    for text in texts[1:]:
        for selector, body in _RULE.findall(text):
            paints = _painting(body, variables)
            chosen = [one.strip() for one in selector.split(",") if _SIMPLE.match(one.strip())]
            if paints and chosen:
                rules.append(f"{','.join(chosen)}{{{paints}}}")
    return "".join(rules)


def _paths() -> list[Path]:
    folder = Path(settings.BASE_DIR) / "static" / "css"
    return [folder / name for name in _SHEETS if (folder / name).exists()]


def _painting(body: str, variables: dict[str, str]) -> str:
    kept = []
    for line in body.split(";"):
        name, _colon, value = line.partition(":")
        if name.strip() not in _PAINTS:
            continue
        said = _resolved(value.strip(), variables)
        if "(" not in said and "rem" not in said:
            kept.append(f"{name.strip()}:{said.removesuffix('!important').strip()}")
    return ";".join(kept)


def _resolved(value: str, variables: dict[str, str]) -> str:
    for _turn in range(4):  # variables that name variables
        said = _VARIABLE.sub(lambda found: variables.get(found[1], found[2] or found[0]), value)
        if said == value:
            break
        value = said
    value = _MIX.sub(_mixed, _LIGHT_DARK.sub(lambda found: found[1].strip(), value))
    return "none" if value == "transparent" else value


def _mixed(found: re.Match[str]) -> str:
    """Two colours mixed by the share of the first, as browsers do in sRGB."""
    share = float(found[2]) / 100
    pairs = [(int(found[1][n : n + 2], 16), int(found[3][n : n + 2], 16)) for n in (0, 2, 4)]
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02x}" for one, other in pairs)
