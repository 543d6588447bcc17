"""The colours' contrast, the front end's weight, the vendored files' integrity: what a careless edit would break silently."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TOKENS = (STATIC / "css/tokens.css").read_text()


def _block(selector: str) -> str:
    match = re.search(re.escape(selector) + r"\{(.*?)\}", TOKENS, re.S)
    assert match, selector
    return match[1]


def _colours(theme: str) -> dict[str, str]:
    found: dict[str, str] = {}
    sources = [_block(":root")] + ([_block("[data-theme=contrast]")] if theme.startswith("contrast") else [])
    for source in sources:
        for name, light, dark in re.findall(r"--([\w-]+):light-dark\((#\w{6}),(#\w{6})\)", source):
            found[name] = dark if theme.endswith("dark") else light
    return found


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two sRGB colours."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *((text, ground) for text in ("text", "text-2", "text-3") for ground in ("bg", "surface", "surface-2")),
    *((text, "surface-3") for text in ("text", "text-2")),
    *((text, "selected") for text in ("text", "text-2", "accent")),
    ("text-3", "surface-2"),  # ghost rows stay readable
    ("accent", "surface"),
    ("accent", "bg"),
    ("accent", "surface-2"),
    ("on-accent", "accent"),
    ("on-accent", "accent-2"),
    *((f"s{n}-fg", f"s{n}-bg") for n in range(5)),
    *((f"sla-{band}-fg", f"sla-{band}-bg") for band in ("risk", "due", "breach", "paused")),
    ("sla-ok-fg", "surface"),
    ("sla-ok-fg", "selected"),
    ("sla-met-fg", "surface"),
    ("note-edge", "surface"),
    ("reply-edge", "surface"),
    ("well-fg", "well-bg"),
]
EDGE_PAIRS = [
    ("border-strong", "surface"),
    ("border-strong", "surface-2"),
    ("focus", "surface"),
    ("focus", "bg"),
    ("focus", "selected"),
]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast-light", "contrast-dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_is_readable_on_its_ground(theme: str, text: str, ground: str) -> None:
    colours = _colours(theme)

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "contrast-light", "contrast-dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_and_focus_are_visible(theme: str, edge: str, ground: str) -> None:
    colours = _colours(theme)

    assert contrast(colours[edge], colours[ground]) >= 3


def _weight(*patterns: str) -> int:
    files = sorted({file for pattern in patterns for file in STATIC.glob(pattern)})
    assert files
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_styles_weigh_at_most_30_kb_gzipped() -> None:
    assert _weight("css/*.css") <= 30 * 1024


def test_scripts_weigh_at_most_60_kb_gzipped() -> None:
    assert _weight("js/*.js", "vendor/*.js") <= 60_000


def test_vendored_files_are_the_ones_we_took() -> None:
    listed = dict(reversed(line.split()) for line in (STATIC / "vendor/SHA256SUMS").read_text().splitlines())
    present = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (STATIC / "vendor").iterdir()
        if file.name != "SHA256SUMS"
    }

    assert present == listed


@pytest.mark.parametrize("sheet", sorted((STATIC / "css").glob("*.css")), ids=lambda file: file.name)
def test_styles_name_no_physical_side_and_no_other_origin(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)

    assert not re.findall(r"(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:", text)
    assert "url(" not in text.replace("url(#", "")  # a filter of the page itself is of no other origin
    assert "@import" not in text


@pytest.mark.parametrize(
    "sheet",
    sorted({*(STATIC / "css").glob("*.css")} - {STATIC / "css/tokens.css", STATIC / "css/print.css"}),
    ids=lambda file: file.name,
)
def test_colours_come_from_the_tokens(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgb\(|\bhsl\(", text)


def _templates() -> list[Path]:
    return [file for file in sorted((ROOT / "templates").rglob("*.html")) if "email" not in file.parts]


@pytest.mark.parametrize("template", _templates(), ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_templates_keep_the_content_security_policy(template: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", template.read_text(), flags=re.S)

    assert not re.search(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|hx-on|hx-vals=[\"']js:|javascript:", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or "application/json" in script, script


def test_icons_used_in_templates_exist() -> None:
    sprite = (STATIC / "icons/sprite.svg").read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = {
        name
        for template in _templates()
        for name in re.findall(r"{%\s*(?:icon|glyph)\s+\"([\w-]+)\"", template.read_text())
    }

    assert used <= drawn
