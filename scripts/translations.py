"""Keep the translations whole: `python scripts/translations.py` finds the words of the code and merges them into every
catalogue under locale/ and compiles those; `--check` changes nothing and says what is untranslated, broken or not compiled.

A catalogue is sorted by its English words and names no lines of code, so that it changes only where words do.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locale"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("WATCHFLOOR_ENV", "test")
os.environ.setdefault("DATABASE_URL", "postgresql://watchfloor@/watchfloor")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")

_PLAIN, _PLURAL = None, (1, 2)
KEYWORDS = {
    "_": _PLAIN,
    "gettext": _PLAIN,
    "gettext_lazy": _PLAIN,
    "gettext_noop": _PLAIN,
    "ngettext": _PLURAL,
    "ngettext_lazy": _PLURAL,
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NOT_OURS = {".git", ".venv", ".data", "tests", "benchmarks", "scripts", "docs", "static", "staticfiles", "node_modules"}
# What a translation must carry over unchanged: %(name)s, %s, {name}.
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # version control knows when; a date here would change with every run
Words = str | tuple[str, str]
Key = tuple[str, str]  # context, English words (of a plural, the singular)


def sources() -> Iterator[Path]:
    """The files that may hold words of ours."""
    for folder in sorted(ROOT.iterdir()):
        if folder.is_dir() and folder.name not in NOT_OURS and not folder.name.startswith("."):
            for path in sorted(folder.rglob("*")):
                if "migrations" not in path.parts and path.suffix in {".py", ".html", ".txt"}:
                    yield path


def words() -> dict[Key, Words]:
    """Every text marked for translation, by context and singular."""
    from django.utils.translation.template import templatize

    found: dict[Key, Words] = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Lines lose their indentation, which means something in the Python that this becomes.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            if isinstance(message, str):
                found.setdefault((context or "", message), message)
            elif message and all(message):  # a plural wins over the same words alone
                one, many = str(message[0]), str(message[1])
                found[context or "", one] = (one, many)
    return found


def catalogue(path: Path, language: str) -> Catalog:
    """The catalogue as it is on disk, or an empty one."""
    if path.exists():
        with path.open("rb") as file:
            return read_po(file, locale=language, abort_invalid=True)
    return _empty(language)


def _empty(language: str) -> Catalog:
    """A catalogue whose header never changes by itself."""
    return Catalog(
        locale=language,
        fuzzy=False,
        project="Watchfloor",
        version="1",
        header_comment="# Written by scripts/translations.py from the code's words. Translate here.",
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
    )


def merged(old: Catalog, language: str, current: dict[Key, Words]) -> Catalog:
    """A catalogue of the current words with the old translations; words that are gone are dropped."""
    new = _empty(language)
    for (context, one), text in sorted(current.items(), key=lambda item: (item[0][1], item[0][0])):
        known = old.get(one, context or None)
        kept = known.string if known is not None and isinstance(known.id, str) == isinstance(text, str) else None
        kept = kept or ("" if isinstance(text, str) else ("",) * new.num_plurals)
        new.add(text, string=kept, context=context or None, flags=known.flags & {"fuzzy"} if known is not None else ())
    return new


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """The catalogue as a .po and as a .mo: the same bytes for the same words."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalog, width=120)
    write_mo(compiled, catalog)
    return text.getvalue(), compiled.getvalue()


def problems(catalog: Catalog) -> Iterator[str]:
    """What is untranslated, doubtful, or carries other places than the English."""
    for message in catalog:
        if message.id:
            yield from (f"{message.id!r}: {wrong}" for wrong in _problems_of(message))


def _problems_of(message: Message) -> Iterator[str]:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
    if message.fuzzy:
        yield "is marked fuzzy"
    if not all(strings):
        yield "is not translated"
        return
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = set(PLACES.findall(ids[-1]))
    for string in strings:
        found = set(PLACES.findall(string))
        missing = wanted - found if string == strings[-1] else set()
        if found - wanted or missing:
            yield f"has the places {sorted(found)}, the English {sorted(wanted)}"


def main(arguments: list[str]) -> int:
    """Merge and compile every catalogue; with `--check` answer 1 and say why when one is not whole."""
    import django
    from django.conf import settings

    django.setup()
    current, wrong = words(), []
    for language, _name in settings.LANGUAGES:
        if language == settings.LANGUAGE_CODE:
            continue
        path = LOCALES / language / "LC_MESSAGES" / "django.po"
        new = merged(catalogue(path, language), language, current)
        wrong += [f"{language}: {problem}" for problem in problems(new)]
        for name, content in zip((path, path.with_suffix(".mo")), written(new), strict=True):
            if name.exists() and name.read_bytes() == content:
                continue
            if "--check" in arguments:
                wrong.append(f"{name.relative_to(ROOT)} is out of date")
            else:
                name.parent.mkdir(parents=True, exist_ok=True)
                name.write_bytes(content)
                print(f"wrote {name.relative_to(ROOT)}")
    for line in wrong:
        print(line)
    if wrong:
        print(
            f"{len(wrong)} to mend: run python scripts/translations.py, then translate in locale/*/LC_MESSAGES/django.po"
        )
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
