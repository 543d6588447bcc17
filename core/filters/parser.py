"""Text to tree.

    query   = or ;
    or      = and { "OR" and } ;
    and     = unary { [ "AND" ] unary } ;
    unary   = [ "-" | "NOT" ] ( term | "(" or ")" ) ;
    term    = field ":" values | free ;
    values  = value { "," value } ;
    value   = [ op ] ( word | quoted ) | range | "none" | "any" | "@me" | "@team" ;
    op      = "<" | "<=" | ">" | ">=" | "=" | "~" ;
    range   = bound ".." bound ;
    free    = word | quoted ;
    word    = any run without white space, "(", ")", '"', ":" or "," ; anything else is quoted

Inside quotes a backslash keeps a following quote or backslash. `sort:`, `group:` and `cols:` stand outside every parenthesis, not
negated and each at most once; they are taken out of the tree. The parser knows no field: names are judged when a filter is compiled.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext as _

from core.filters.errors import FilterError, Problem
from core.filters.tree import (
    MARKERS,
    SHAPE_FIELDS,
    Compare,
    Free,
    Node,
    Not,
    Query,
    Range,
    Special,
    Term,
    Value,
    Word,
    both,
    either,
)

MAX_CHARACTERS = 512
MAX_DEPTH = 5
MAX_TERMS = 40

# Longer operators first, so that `<=` is not read as `<` and a value beginning with `=`.
OPERATORS = ("<=", ">=", "<", ">", "=", "~")
PUNCTUATION = frozenset('():",')
KEYWORDS = frozenset({"AND", "OR", "NOT"})

Leaf = TypeVar("Leaf", Free, Term)


def parse(text: str) -> Query:
    """The tree of a filter text. Raises `FilterError`, which points at the fault, for anything else.

    Bounded: the length is checked first, nothing is read twice, and nesting is limited.
    """
    if len(text) > MAX_CHARACTERS:
        message = _("a filter has at most %(limit)d characters; this one has %(length)d") % {
            "limit": MAX_CHARACTERS,
            "length": len(text),
        }
        raise FilterError(text, [Problem(MAX_CHARACTERS, len(text) - MAX_CHARACTERS, "too_long", message)])
    return _Parser(text).query()


def is_unstorable(char: str) -> bool:
    """NUL cannot be stored, a lone surrogate cannot be sent, other control characters cannot be seen."""
    return unicodedata.category(char) in ("Cc", "Cs") and char not in "\t\n\r"


def quote(text: str) -> str:
    """`text` between quotes, read back as the same text. A backslash is doubled only where it would change what follows."""
    out = []
    for index, char in enumerate(text):
        following = text[index + 1 : index + 2]
        if char == '"' or (char == "\\" and following in ('"', "\\", "")):
            out.append("\\")
        out.append(char)
    return '"' + "".join(out) + '"'


class _Parser:
    """One pass from left to right over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.terms = 0
        self.shape: dict[str, Term] = {}
        self._refuse_unstorable_characters()

    # -- the grammar -------------------------------------------------------------------------------------------------

    def query(self) -> Query:
        self._skip_space()
        if self._done():
            return Query()
        root = self._or()
        if not self._done():
            # Only a closing parenthesis can end `_or` early.
            raise self._problem(self.at, self.at + 1, "unbalanced", _("this parenthesis closes nothing"), mend="")
        return Query(root, tuple(self.shape[name] for name in SHAPE_FIELDS if name in self.shape))

    def _or(self) -> Node | None:
        start = self.at
        parts: list[Node] = []
        while True:
            branch_start = self.at
            branch = self._and()
            more = self._keyword("OR")
            if branch is not None:
                parts.append(branch)
            elif more is not None or parts:
                # Everything on this side was `sort:`, `group:` or `cols:`.
                raise self._problem(
                    branch_start,
                    max(self._trimmed(branch_start, more[0] if more else self.at), branch_start + 1),
                    "shape_in_or",
                    _("one side of OR asks for nothing; put `sort:`, `group:` and `cols:` beside a condition"),
                )
            if more is None:
                break
        return either(parts, (start, self._trimmed(start, self.at))) if parts else None

    def _and(self) -> Node | None:
        start = self.at
        parts: list[Node] = []
        read = 0
        while True:
            joined = self._keyword("AND") if read else None
            if self._done() or self._peek() == ")" or self._sees_keyword("OR"):
                if joined is not None:
                    raise self._problem(*joined, "nothing_after", _("nothing follows AND"))
                if read == 0:
                    self._refuse_missing_operand()
                break
            if self._sees_keyword("AND"):
                self._refuse_missing_operand()
            part = self._unary()
            read += 1
            if part is not None:
                parts.append(part)
        return both(parts, (start, self._trimmed(start, self.at))) if parts else None

    def _unary(self) -> Node | None:
        start = self.at
        negated = self._negation()
        if negated and (self._done() or self._peek() == ")" or self._sees_keyword("OR") or self._sees_keyword("AND")):
            end = self._trimmed(start, self.at)
            raise self._problem(start, end, "nothing_after", _("nothing follows to be left out"))
        if negated and (self._peek() == "-" or self._sees_keyword("NOT")):
            raise self._problem(
                start, self.at + 1, "double_negation", _("left out twice; write it once, or put the text in quotes")
            )
        node = self._group() if self._peek() == "(" else self._term(negated=negated)
        if not negated or node is None:
            return node
        return Not(node, (start, node.span[1]))

    def _negation(self) -> bool:
        if self._peek() == "-":
            self.at += 1
            if not self._done() and self._peek().isspace():
                message = _("put the minus directly before what it leaves out")
                raise self._problem(self.at - 1, self.at, "nothing_after", message)
            return True
        return self._keyword("NOT") is not None

    def _group(self) -> Node:
        opened = self.at
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = _("parentheses nest at most %(limit)d deep") % {"limit": MAX_DEPTH}
            raise self._problem(opened, opened + 1, "too_deep", message)
        self.at += 1
        self._skip_space()
        if self._peek() == ")":
            raise self._problem(opened, self.at + 1, "empty_group", _("there is nothing in these parentheses"))
        inside = None if self._done() else self._or()
        if self._peek() != ")":
            raise self._problem(opened, opened + 1, "unbalanced", _("this parenthesis is never closed"))
        self.at += 1
        self.depth -= 1
        closed = self.at
        self._after_part()
        if inside is None:  # not reached: shape terms are refused inside parentheses, and `()` above
            raise self._problem(opened, closed, "empty_group", _("there is nothing in these parentheses"))
        return replace(inside, span=(opened, closed))

    def _term(self, *, negated: bool) -> Node | None:
        start = self.at
        if self._peek() == '"':
            text = self._quoted()
            if self._peek() == ":":
                raise self._problem(start, self.at + 1, "field_quoted", _("a field name stands without quotes"))
            return self._leaf(Free(text, (start, self.at)))
        word = self._run()
        if self._peek() == ":":
            return self._field_term(word, start, negated=negated)
        if not word:
            raise self._stray()
        if self._peek() == ",":
            end = self._end_of_run(start)
            message = _("a comma stands between the values of a field; put text with a comma in quotes")
            raise self._problem(start, end, "stray_comma", message, mend=quote(self.text[start:end]))
        return self._leaf(Free(word, (start, self.at)))

    def _field_term(self, word: str, start: int, *, negated: bool) -> Term | None:
        name = word.lower()
        if not word:
            raise self._problem(start, self.at + 1, "field_missing", _("a field name is missing before the colon"))
        if not (name.isascii() and name.replace("_", "").isalpha()):
            end = self._end_of_run(start)
            message = _("no field has this name; put text with a colon in quotes")
            raise self._problem(start, end, "not_a_field", message, mend=quote(self.text[start:end]))
        self.at += 1
        values = [self._value(name, start)]
        while self._peek() == ",":
            self.at += 1
            values.append(self._value(name, start))
        if self._peek() == ":":
            end = self._end_of_run(start)
            value = self.text[start + len(word) + 1 : end]
            message = _("put a value with a colon in quotes")
            raise self._problem(start, end, "colon_in_value", message, mend=f"{word}:{quote(value)}")
        term = Term(name, tuple(values), (start, self.at))
        if name not in SHAPE_FIELDS:
            self._leaf(term)
            return term
        self._take_shape(term, negated=negated)
        return None

    def _value(self, name: str, term_start: int) -> Value:
        start = self.at
        op = next((op for op in OPERATORS if self.text.startswith(op, self.at)), None)
        if op is not None:
            self.at += len(op)
            text = self._bound(name, term_start, whole=True)
            return Compare(op, text, (start, self.at))
        was_quoted = self._peek() == '"'
        text = self._bound(name, term_start, whole=False)
        if self.text.startswith("..", self.at):
            self.at += 2
            if not text:
                high = self._run()
                message = _("a range has two ends; for one end write `<=` or `>=`")
                raise self._problem(start, self.at, "half_range", message, mend=f"<={high}" if high else None)
            if self._done() or self._peek().isspace() or self._peek() in "),":
                message = _("a range has two ends; for one end write `<=` or `>=`")
                mend = ">=" + self.text[start : self.at - 2]
                raise self._problem(start, self.at, "half_range", message, mend=mend)
            high = self._bound(name, term_start, whole=True)
            return Range(text, high, (start, self.at))
        span = (start, self.at)
        marker = None if was_quoted else MARKERS.get(text.lower())
        return Special(marker, span) if marker else Word(text, span)

    def _bound(self, name: str, term_start: int, *, whole: bool) -> str:
        """One quoted or plain piece of a value; unless `whole`, a plain one ends before `..` and may be empty there."""
        if self._peek() == '"':
            text = self._quoted()
            if not (
                self._done() or self._peek().isspace() or self._peek() in "),:" or self.text.startswith("..", self.at)
            ):
                end = self._end_of_run(self.at)
                message = _("after a closing quote comes a space or a comma")
                raise self._problem(self.at, end, "after_quote", message, mend=" " + self.text[self.at : end])
            return text
        start = self.at
        run = self._run()
        if not whole and ".." in run:
            cut = run.index("..")
            self.at = start + cut
            return run[:cut]
        if whole and ".." in run:
            message = _("a value with two dots in it stands in quotes")
            raise self._problem(start, self.at, "dots_in_value", message, mend=quote(run))
        if not run:
            message = _("a value is missing after `%(field)s:`") % {"field": name}
            raise self._problem(term_start, max(self.at, term_start + 1), "value_missing", message)
        return run

    # -- reading -----------------------------------------------------------------------------------------------------

    def _done(self) -> bool:
        return self.at >= len(self.text)

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _skip_space(self) -> None:
        while not self._done() and self.text[self.at].isspace():
            self.at += 1

    def _run(self) -> str:
        start = self.at
        while not self._done() and not self.text[self.at].isspace() and self.text[self.at] not in PUNCTUATION:
            self.at += 1
        return self.text[start : self.at]

    def _quoted(self) -> str:
        opened = self.at
        self.at += 1
        out: list[str] = []
        while not self._done():
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                text = "".join(out)
                if not text.strip():
                    raise self._problem(
                        opened, self.at, "empty_quotes", _("there is nothing between these quotes"), mend=""
                    )
                return text
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ('"', "\\"):
                self.at += 1
                char = self.text[self.at]
            out.append(char)
            self.at += 1
        message = _("this quote is never closed")
        raise self._problem(
            opened, len(self.text), "unclosed_quote", message, mend=self.text[opened:].rstrip("\\") + '"'
        )

    def _sees_keyword(self, word: str) -> bool:
        end = self.at + len(word)
        if self.text[self.at : end] != word:
            return False
        following = self.text[end : end + 1]
        return not following or following.isspace() or following in "()"

    def _keyword(self, word: str) -> tuple[int, int] | None:
        """Read `word` if it stands here; its place, or None."""
        if not self._sees_keyword(word):
            return None
        start, self.at = self.at, self.at + len(word)
        place = (start, self.at)
        self._skip_space()
        return place

    # -- keeping count, and refusing -----------------------------------------------------------------------------------

    def _leaf(self, leaf: Leaf) -> Leaf:
        self.terms += 1
        if self.terms > MAX_TERMS:
            message = _("a filter has at most %(limit)d conditions") % {"limit": MAX_TERMS}
            raise self._problem(*leaf.span, "too_many_terms", message)
        self._after_part()
        return leaf

    def _after_part(self) -> None:
        """A space, a closing parenthesis or the end follows a condition, so that the canonical text is never longer."""
        if not self._done() and not self._peek().isspace() and self._peek() != ")":
            end = max(self._end_of_run(self.at), self.at + 1)
            message = _("a space is missing before this")
            raise self._problem(self.at, end, "space_missing", message, mend=" " + self.text[self.at : end])
        self._skip_space()

    def _take_shape(self, term: Term, *, negated: bool) -> None:
        named = {"field": term.field}
        if self.depth:
            raise self._problem(*term.span, "shape_nested", _("`%(field)s:` stands outside parentheses") % named)
        if negated:
            raise self._problem(*term.span, "shape_negated", _("`%(field)s:` cannot be left out; remove it") % named)
        if term.field in self.shape:
            raise self._problem(*term.span, "shape_repeated", _("`%(field)s:` stands only once") % named)
        if not all(isinstance(value, Word | Special) for value in term.values):
            raise self._problem(*term.span, "shape_value", _("`%(field)s:` takes plain names") % named)
        if term.field != "cols" and len(term.values) > 1:
            raise self._problem(*term.span, "shape_value", _("`%(field)s:` takes one name") % named)
        self.shape[term.field] = term
        self._after_part()

    def _refuse_missing_operand(self) -> None:
        """Called where a condition must stand and none does."""
        for word in ("OR", "AND"):
            if self._sees_keyword(word):
                raise self._problem(
                    self.at,
                    self.at + len(word),
                    "nothing_before",
                    _("nothing stands before this; put the word in quotes to find it"),
                )
        if self._peek() == ")" and not self.depth:
            raise self._problem(self.at, self.at + 1, "unbalanced", _("this parenthesis closes nothing"), mend="")
        end = self._trimmed(0, self.at)
        raise self._problem(max(end - 2, 0), end, "nothing_after", _("nothing follows OR"))

    def _stray(self) -> FilterError:
        end = self._end_of_run(self.at)
        if self._peek() == ",":
            message = _("a comma stands between the values of a field; put text with a comma in quotes")
            return self._problem(self.at, end, "stray_comma", message)
        return self._problem(self.at, max(end, self.at + 1), "unexpected", _("this was not expected here"))

    def _end_of_run(self, start: int) -> int:
        """The next white space or parenthesis: as far as a person would mark the fault."""
        end = start
        while end < len(self.text) and not self.text[end].isspace() and self.text[end] not in "()":
            end += 1
        return max(end, min(start + 1, len(self.text)))

    def _trimmed(self, start: int, end: int) -> int:
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return end

    def _problem(self, start: int, end: int, code: str, message: str, *, mend: str | None = None) -> FilterError:
        return FilterError(self.text, [Problem(start, max(end - start, 0), code, message, mend)])

    def _refuse_unstorable_characters(self) -> None:
        for index, char in enumerate(self.text):
            if is_unstorable(char):
                message = _("a character here cannot be searched for (code %(code)d); remove it") % {"code": ord(char)}
                raise self._problem(index, index + 1, "bad_character", message, mend="")
