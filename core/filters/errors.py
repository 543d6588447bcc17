"""What is wrong with a filter, where, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process


@dataclass(frozen=True)
class Problem:
    """One fault. `start` and `length` count characters of the text; `code` is stable, `message` is for people.

    `replacement` is the text that would mend the marked part, when a good guess exists.
    """

    start: int
    length: int
    code: str
    message: str
    replacement: str | None = None

    @property
    def end(self) -> int:
        """Where the marked part ends (exclusive)."""
        return self.start + self.length

    def sentence(self, text: str) -> str:
        """The marked part, what was expected, and the guess: "`sla:<2x` — expected a duration such as `2h`"."""
        marked = text[self.start : self.end].strip()
        said = f"`{marked}` — {self.message}" if marked else self.message[:1].upper() + self.message[1:]
        if self.replacement is None or self.replacement.strip() in ("", marked):
            return said
        return _("%(said)s. Did you mean `%(guess)s`?") % {"said": said, "guess": self.replacement}

    def mended(self, text: str) -> str | None:
        """The whole text with the guess in place, or None without a guess."""
        if self.replacement is None:
            return None
        return text[: self.start] + self.replacement + text[self.end :]

    def as_dict(self, text: str) -> dict[str, str | int | None]:
        """For JSON: position, length, code, the sentence and the mended text."""
        return {
            "start": self.start,
            "length": self.length,
            "code": self.code,
            "message": self.sentence(text),
            "suggestion": self.mended(text),
        }


class FilterError(ValueError):
    """The text is not a filter. `problems` holds at least one fault, in the order of the text."""

    def __init__(self, text: str, problems: Iterable[Problem]) -> None:
        self.text = text
        self.problems = tuple(sorted(problems, key=lambda problem: problem.start))
        super().__init__("; ".join(problem.sentence(text) for problem in self.problems))


def nearest(word: str, known: Iterable[str], *, at_least: float = 60.0) -> str | None:
    """The known word most like `word`, or None when nothing is close enough to offer."""
    folded = word.casefold()
    by_folded = {name.casefold(): name for name in known}
    if not folded or not by_folded:
        return None
    found = process.extractOne(folded, by_folded.keys(), scorer=fuzz.ratio, score_cutoff=at_least)
    if found is not None:
        return by_folded[found[0]]
    # A short beginning of a long name ("stat" for "status") scores low as a whole, but is clear enough alone.
    starts = [name for key, name in by_folded.items() if len(folded) >= 2 and key.startswith(folded)]
    return starts[0] if len(starts) == 1 else None
