"""Reading a statement of the SQL tab before the database does: one SELECT, on our views, with functions that only compute. Pure.

This is the outer of three walls (docs/adr/sql-tab.md). Within stand a role that may read the guarded views and nothing else, and a
cursor's declaration, which takes no statement that changes anything. So what is not understood here is refused, even where Postgres
would take it: strings with a prefix, dollar quotes, names spelled in Unicode escapes, nested comments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from core.errors import FieldProblem, Invalid
from reporting import dictionary

LENGTH_MAX = 20_000

# Functions that compute something from their arguments. Nothing here reads settings, files, the catalogue or other statements.
FUNCTIONS = frozenset(
    [
        "abs",
        "age",
        "array_agg",
        "array_length",
        "avg",
        "bit_and",
        "bit_or",
        "bool_and",
        "bool_or",
        "btrim",
        "cardinality",
        "ceil",
        "ceiling",
        "char_length",
        "coalesce",
        "concat",
        "concat_ws",
        "corr",
        "count",
        "cume_dist",
        "date",
        "date_bin",
        "date_part",
        "date_trunc",
        "degrees",
        "dense_rank",
        "div",
        "every",
        "exp",
        "extract",
        "first_value",
        "floor",
        "generate_series",
        "generate_subscripts",
        "greatest",
        "initcap",
        "json_agg",
        "json_build_object",
        "jsonb_agg",
        "jsonb_build_object",
        "justify_days",
        "justify_hours",
        "justify_interval",
        "lag",
        "last_value",
        "lead",
        "least",
        "left",
        "length",
        "ln",
        "log",
        "lower",
        "ltrim",
        "make_date",
        "make_interval",
        "make_timestamptz",
        "max",
        "md5",
        "min",
        "mod",
        "mode",
        "now",
        "nth_value",
        "ntile",
        "nullif",
        "overlay",
        "percent_rank",
        "percentile_cont",
        "percentile_disc",
        "position",
        "power",
        "radians",
        "random",
        "rank",
        "regexp_count",
        "regexp_like",
        "regexp_match",
        "regexp_replace",
        "regr_intercept",
        "regr_r2",
        "regr_slope",
        "replace",
        "reverse",
        "right",
        "round",
        "row_number",
        "rtrim",
        "sign",
        "split_part",
        "sqrt",
        "starts_with",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "string_agg",
        "strpos",
        "substr",
        "substring",
        "sum",
        "to_char",
        "to_date",
        "to_number",
        "to_timestamp",
        "translate",
        "trim",
        "trunc",
        "unnest",
        "upper",
        "var_pop",
        "var_samp",
        "variance",
        "width_bucket",
    ]
)
# Words that may stand before a bracket without calling anything.
BEFORE_BRACKETS = frozenset(
    [
        "all",
        "and",
        "any",
        "array",
        "as",
        "between",
        "by",
        "case",
        "cast",
        "cube",
        "distinct",
        "else",
        "except",
        "exists",
        "filter",
        "from",
        "grouping",
        "group",
        "having",
        "ilike",
        "in",
        "intersect",
        "interval",
        "is",
        "join",
        "lateral",
        "like",
        "limit",
        "not",
        "offset",
        "on",
        "or",
        "order",
        "over",
        "partition",
        "rollup",
        "row",
        "select",
        "sets",
        "similar",
        "some",
        "then",
        "union",
        "using",
        "values",
        "when",
        "where",
        "with",
        "within",
        "materialized",
        "numeric",
        "decimal",
        "varchar",
        "char",
        "timestamp",
        "timestamptz",
        "time",
    ]
)
# Types a value may be made into. Those that look names up in the catalogue (regclass and its kin) are not among them.
FORBIDDEN_NAMES = re.compile(
    r"^(pg_.*|information_schema|reg(class|proc|procedure|oper|operator|type|role|namespace|config|dictionary|collation))$"
)
FORBIDDEN_WORDS = frozenset(
    ["alter", "analyze", "begin", "call", "checkpoint", "close", "cluster", "comment", "commit", "copy", "create", "deallocate", "declare", "delete", "discard", "do", "drop", "execute", "explain", "fetch", "for", "grant", "import", "insert", "into", "listen", "load", "lock", "merge", "move", "notify", "prepare", "reassign", "refresh", "reindex", "release", "reset", "revoke", "rollback", "savepoint", "set", "show", "start", "tablesample", "truncate", "unlisten", "update", "vacuum", "xmltable", "json_table"]
)  # fmt: skip
_FOR_IS_FINE_IN = frozenset({"substring", "overlay"})

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>--[^\n\r]*|/\*(?:(?!/\*|\*/).)*\*/)
  | (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"\x00]|"")+")
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<cast>::)
  | (?P<sign><=|>=|<>|!=|\|\||->>|->|~\*|!~\*|!~|[-+*/%<>=~(),.\[\]:^|&])
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A piece of the statement; `at` counts characters from 0. `name` is how Postgres reads a word or a quoted name."""

    kind: str
    text: str
    at: int

    @property
    def name(self) -> str:
        if self.kind == "word":
            return self.text.lower()
        return self.text[1:-1].replace('""', '"') if self.kind == "quoted" else self.text


class NotAllowed(Invalid):
    """The statement is not one the SQL tab runs; `at` is the place, counted from 0, where there is one."""

    code = "sql_not_allowed"
    title = "The SQL tab does not run this"

    def __init__(self, detail: str, at: int | None = None) -> None:
        super().__init__(detail, errors=[FieldProblem("/statement", self.code, detail)])
        self.at = at


def check(statement: str) -> str:
    """The statement as it will be run, without a last semicolon. Raises `NotAllowed`, which says where and what to do."""
    if len(statement) > LENGTH_MAX:
        raise NotAllowed(_("A statement has at most %(limit)s characters.") % {"limit": f"{LENGTH_MAX:,}"})
    if "\x00" in statement:
        raise NotAllowed(_("The text holds a NUL character. Remove it."), statement.index("\x00"))
    tokens = _tokens(statement)
    if tokens and tokens[-1].text == ";":
        tokens.pop()
    if not tokens:
        raise NotAllowed(_("Write a SELECT, for example: SELECT queue, count(*) FROM v_case GROUP BY queue"))
    for token in tokens:
        if token.text == ";":
            raise NotAllowed(_("One statement at a time: take out this semicolon and what follows."), token.at)
    if tokens[0].name not in ("select", "with", "values", "(") or tokens[0].kind == "quoted":
        raise NotAllowed(_("A statement here begins with SELECT or WITH: it reads, and nothing else."), tokens[0].at)
    for place, token in enumerate(tokens):
        _check_token(tokens, place, token)
    _check_brackets(tokens)
    last = tokens[-1]
    return statement[: last.at + len(last.text)]


def _tokens(statement: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    while at < len(statement):
        match = _TOKEN.match(statement, at)
        if match is None:
            if statement[at] == ";":
                found.append(Token("end", ";", at))
                at += 1
                continue
            raise NotAllowed(_what_is_wrong(statement, at), at)
        if match.lastgroup == "sign" and statement.startswith("/*", at):
            # Postgres nests comments and we do not: what we took for a string after one would be code there.
            raise NotAllowed(_what_is_wrong(statement, at), at)
        kind = match.lastgroup or ""
        if kind not in ("space", "comment"):
            found.append(Token(kind, match[0], at))
        at = match.end()
    for before, after in pairwise(found):
        # E'…', U&'…', B'…', X'…', N'…': another kind of string, whose end we would read otherwise than Postgres does.
        if after.kind in ("string", "quoted") and before.at + len(before.text) == after.at:
            if before.kind in ("word", "number") or before.text == "&":
                raise NotAllowed(_("Write plain strings and names: no prefix before the quote."), before.at)
            if before.kind in ("string", "quoted"):
                raise NotAllowed(_("Two quoted things touch here: put a space or a comma between them."), after.at)
    return found


def _what_is_wrong(statement: str, at: int) -> str:
    character = statement[at]
    if character == "'":
        return _("This string has no end: write '' for a quote inside it.")
    if character == '"':
        return _("This name in quotes has no end.")
    if character == "$":
        return _("No dollar signs: write strings in single quotes.")
    if statement.startswith("/*", at):
        return _("This comment has no end, or another one in it.")
    return _("The character %(character)s has no place here.") % {"character": repr(character)}


def _check_token(tokens: list[Token], place: int, token: Token) -> None:
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    before = tokens[place - 1] if place else None
    if token.kind not in ("word", "quoted"):
        return
    if FORBIDDEN_NAMES.match(token.name.lower()):
        raise NotAllowed(_("“%(name)s” cannot be used here. The views are %(views)s.") % _named(token), token.at)
    if token.kind == "word" and token.name in FORBIDDEN_WORDS and not _is_part_of_substring(tokens, place):
        raise NotAllowed(_("“%(name)s” cannot be used here: the SQL tab only reads.") % _named(token), token.at)
    if after is None or after.text != "(":
        return
    is_word = token.kind == "word"
    if is_word and token.name in BEFORE_BRACKETS:
        return
    if before is not None and before.text == ".":
        raise NotAllowed(_("Call functions by their plain name, without a schema before it."), token.at)
    if is_word and token.name in FUNCTIONS:
        return
    if before is not None and _names_columns(tokens, place, before):
        return
    raise NotAllowed(
        _(
            "There is no function “%(name)s” here. Those that compute are there: count, sum, avg, round, date_trunc, to_char and more."
        )
        % _named(token),
        token.at,
    )


def _named(token: Token) -> dict[str, str]:
    return {"name": token.name, "views": ", ".join(dictionary.VIEWS)}


def _is_part_of_substring(tokens: list[Token], place: int) -> bool:
    """`substring(x from 1 for 3)`: a `for` that locks nothing."""
    if tokens[place].name != "for":
        return False
    depth = 0
    for number in range(place - 1, 0, -1):
        depth += {")": 1, "(": -1}.get(tokens[number].text, 0)
        if depth < 0:
            return tokens[number - 1].name in _FOR_IS_FINE_IN
    return False


def _names_columns(tokens: list[Token], place: int, before: Token) -> bool:
    """Whether a name and its bracket name a table's columns, and call nothing: `… as t(a, b)`, `with t(a, b) as (…)`."""
    end = _end_of_names(tokens, place + 1)
    if end is None or before.kind == "quoted":
        return False
    if before.name == "as":
        return True
    after = [token.name for token in tokens[end + 1 : end + 3]]
    return (
        before.name in ("with", "recursive", ",")
        and len(after) == 2
        and after[0] == "as"
        and after[1] in ("(", "not", "materialized")
    )


def _end_of_names(tokens: list[Token], opening: int) -> int | None:
    """Where the bracket that was opened closes, when only names and commas stand in it."""
    expects_name = True
    for number, token in enumerate(tokens[opening + 1 :], start=opening + 1):
        if not expects_name and token.text == ")":
            return number
        if expects_name != (token.kind in ("word", "quoted")) or (not expects_name and token.text != ","):
            return None
        expects_name = not expects_name
    return None


def _check_brackets(tokens: list[Token]) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.text == "(":
            opened.append(token)
        elif token.text == ")":
            if not opened:
                raise NotAllowed(_("This bracket was never opened."), token.at)
            opened.pop()
    if opened:
        raise NotAllowed(_("This bracket is never closed."), opened[-1].at)
