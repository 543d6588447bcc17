"""Which of a few cases are nearly the same: words that differ in little, pictures that look alike (QUE-11).

For the rows of a page: every pair is compared, so nothing has to be written at intake. Fifty rows take some milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from rapidfuzz import fuzz

NEAR_TEXT = 85.0  # of 100: Indel similarity of the normalised words
SHORTEST = 40  # characters: of shorter texts too many are alike by chance
LONGEST = 600
NEAR_PICTURE = 31  # differing bits of PDQ's 256, the distance its authors call a match
_NUMBERS = re.compile(r"\d+")


def normal_text(title: str, ask: str) -> str:
    """The words that are compared: case, white space and the digits of counters and ids say nothing."""
    words = " ".join(f"{title}\n{ask}".casefold().split())
    return _NUMBERS.sub("0", words)[:LONGEST]


def near_texts(texts: Mapping[int, str]) -> list[tuple[int, int]]:
    """Pairs of case ids whose normal texts are nearly the same."""
    long_enough = [(case_id, text) for case_id, text in texts.items() if len(text) >= SHORTEST]
    return [
        (one, other)
        for (one, text), (other, second) in combinations(long_enough, 2)
        if text == second or fuzz.ratio(text, second, score_cutoff=NEAR_TEXT) >= NEAR_TEXT
    ]


def near_pictures(hashes: Iterable[tuple[str, int]]) -> list[tuple[int, int]]:
    """Pairs of case ids with pictures that look alike, from (PDQ as 64 hex digits, case id); no hash is like nothing."""
    known: Sequence[tuple[int, int]] = [(int(text, 16), case_id) for text, case_id in hashes if text]
    return [
        (one, other)
        for (first, one), (second, other) in combinations(known, 2)
        if one != other and (first ^ second).bit_count() <= NEAR_PICTURE
    ]
