"""A document becomes a PDF, by Typst in a child process with limits (ux.md §16; reliability.md T6)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from core import engine
from reporting.documents.parts import ChartOf, Document, Heading, Part, PictureOf, TableOf
from reporting.documents.pictures import printable

HERE = Path(__file__).resolve().parent
_COMPILER, _LAYOUT, _PICTURE = HERE / "compiler.py", HERE / "layout.typ", HERE / "picture.typ"
TIMEOUT_S = 12  # below the fifteen after which the engine's watchdog believes that a lane hangs
PAPERS = ("a4", "us-letter")
LETTER_LANDS = frozenset({"America", "Canada", "US"})  # first parts of zones where Letter is what printers hold
LONGEST = 200_000  # characters of one text
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
# Words longer than a line of a page, and than a column of a table; a SHA-256 fits the page and stays whole.
_LONG, _LONG_IN_CELL = re.compile(r"\S{76,}"), re.compile(r"\S{25,}")

Paper = Literal["a4", "us-letter"]


class NotPrinted(Exception):
    """The PDF could not be made: it took too long, or too much memory, or the layout is wrong."""


@dataclass(frozen=True)
class Pdf:
    """A finished PDF. `is_missing`: some characters have no glyph in the fonts of this machine; the document says so, too."""

    content: bytes
    is_missing: bool = False


def paper_of(zone: str) -> Paper:
    """What printers hold where somebody lives, by their IANA zone."""
    return "us-letter" if zone.split("/")[0] in LETTER_LANDS else "a4"


def render(document: Document, *, paper: Paper = "a4") -> Pdf:
    """The document as PDF/UA-1 of A4 or Letter. The same document gives the same bytes (PRT-3).

    Takes about half a second in a child process with limits of memory, processor and time. Raises `NotPrinted`.
    """
    with tempfile.TemporaryDirectory(prefix="document-") as made:
        folder = Path(made)
        (folder / "layout.typ").write_bytes(_LAYOUT.read_bytes())
        (folder / "document.json").write_text(json.dumps(_data(document, paper, folder)), encoding="utf-8")
        head, content = _compiled(folder)
    if not content.startswith(b"%PDF-"):
        raise NotPrinted("What came out is no PDF.")
    return Pdf(content, bool(json.loads(head)["missing"]))


def picture(svg: str, *, title: str, alt: str, lines: Sequence[str], language: str) -> bytes:
    """A chart as a PNG on white, with its title above and `lines` (period, filter, as of) below. Raises `NotPrinted`."""
    with tempfile.TemporaryDirectory(prefix="picture-") as made:
        folder = Path(made)
        (folder / "layout.typ").write_bytes(_PICTURE.read_bytes())
        (folder / "picture.svg").write_text(printable(svg), encoding="utf-8")
        bare = language.partition("-")[0]
        data = {
            "title": _clean(title).strip() or "–",
            "alt": _clean(alt).strip() or "–",
            "lines": [_clean(line) for line in lines],
            "language": bare if re.fullmatch(r"[a-z]{2,3}", bare) else "en",
        }
        (folder / "document.json").write_text(json.dumps(data), encoding="utf-8")
        _head, content = _compiled(folder, "png")
    if not content.startswith(b"\x89PNG"):
        raise NotPrinted("What came out is no picture.")
    return content


def _compiled(folder: Path, form: str = "pdf") -> tuple[bytes, bytes]:
    """The child's line of JSON and what it made. Raises `NotPrinted`."""
    engine.progress()
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(_COMPILER), str(folder), form],
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
            env={"LC_ALL": "C.UTF-8", "HOME": str(folder), "RAYON_NUM_THREADS": "2"},
            cwd=folder,
        )
    except subprocess.TimeoutExpired as error:
        raise NotPrinted(f"It took more than {TIMEOUT_S} seconds.") from error
    finally:
        engine.progress()
    head, found, content = child.stdout.partition(b"\n")
    if child.returncode or not found:
        said = child.stderr.decode(errors="replace").strip().splitlines()
        raise NotPrinted(f"Typst ended with {child.returncode}: {said[-1][:300] if said else 'no word'}")
    return head, content


def _data(document: Document, paper: Paper, folder: Path) -> dict[str, Any]:
    language, _dash, region = document.language.partition("-")
    with override(document.language):
        words = {
            "draft": pgettext("document", "Draft"),
            "page": _("Page"),
            "of": pgettext("page x of y", "of"),
            "missing": _("Some characters have no glyph in the fonts of this installation and are printed as boxes."),
        }
    return {
        "title": _breakable(_clean(document.title).strip(), _LONG) or "–",
        "kind": _clean(document.kind),
        "header": [[_clean(name), _breakable(_clean(text), _LONG)] for name, text in document.header],
        "classification": _clean(document.classification),
        "name": _clean(document.name),
        "made": _clean(document.made),
        "as_of": _clean(document.as_of),
        "author": _clean(document.author),
        "is_draft": document.is_draft,
        "language": language if re.fullmatch(r"[a-z]{2,3}", language) else "en",
        "region": region.upper() if re.fullmatch(r"[A-Za-z]{2}", region) else None,
        "paper": paper if paper in PAPERS else "a4",
        "parts": [_part(part, number, folder) for number, part in enumerate(document.parts)],
        "words": words | document.words,
    }


def _part(part: Part, number: int, folder: Path) -> dict[str, Any]:
    """A part as the layout reads it; a picture goes into a file of its own."""
    values = _cleaned(part)
    if isinstance(part, Heading):
        values["text"] = values["text"].strip() or "–"
    if isinstance(part, ChartOf):
        name = f"picture-{number}.svg"
        (folder / name).write_text(printable(part.svg), encoding="utf-8")
        values["svg"] = name
        values["alt"] = values["alt"] or values["title"] or "–"
    if isinstance(part, PictureOf):
        name = f"picture-{number}.png"
        (folder / name).write_bytes(part.png)
        values["png"] = name
    return {"part": type(part).__name__, **values}


def _cleaned(value: Any, *, long: re.Pattern[str] = _LONG) -> Any:
    if isinstance(value, str):
        return _breakable(_clean(value), long)
    if isinstance(value, TableOf):
        long = _LONG_IN_CELL
    if is_dataclass(value):
        return {
            one.name: _clean(getattr(value, one.name))
            if one.name == "url"
            else _cleaned(getattr(value, one.name), long=long)
            for one in fields(value)
        }
    if isinstance(value, dict):
        return {name: _cleaned(one, long=long) for name, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_cleaned(one, long=long) for one in value]
    return value


def _breakable(text: str, long: re.Pattern[str]) -> str:
    """Text whose words that no line holds (addresses, keys) may be broken: with spaces of no width in them."""
    return long.sub(lambda found: "\u200b".join(re.findall(".{1,12}", found[0])), text)


def _clean(text: str) -> str:
    """Without what no font prints and no reader of PDF expects; cut where somebody sends a book."""
    cut = str(text) if len(text) <= LONGEST else text[:LONGEST] + " …"
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", cut.replace("\r\n", "\n").replace("\r", "\n"))
