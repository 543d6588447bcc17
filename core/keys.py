"""Every key of the product, once. The browser's handler, the `?` overlay, /help/keys/, the tooltips, the printed <kbd>
and `aria-keyshortcuts` all read this list (ux.md §8, KEY-1 … KEY-5).

A key presses the visible control that carries `data-key-action="<action>"`; where the page has none, nothing happens.
So each line here needs a control in some template (tests/core/test_keys.py looks for it), and a control says its key with
`{% key "claim" %}`. Scopes never overlap: the browser asks the dialog first, then the part that has the focus, then the
page's own scope, then `anywhere`.

A combination is written as the keyboard reports it: `j`, `Shift+C`, `?`, `Mod+Enter` (Ctrl, or Command on a Mac),
`ArrowDown`; a chord is two of them with a space: `g q`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from core import navigation

Scope = Literal["anywhere", "list", "case", "decision", "answer", "policy", "dialog"]
SCOPES: dict[Scope, Any] = {
    "anywhere": _("Anywhere"),
    "list": _("List"),
    "case": _("Case"),
    "decision": _("Decision"),
    "answer": _("Approval"),
    "policy": _("Policy"),
    "dialog": _("Dialog"),
}
_COMBINATION = re.compile(
    r"^(Mod\+)?(Alt\+)?(Shift\+)?"
    r"([!-~]|Enter|Escape|Tab|Home|End|Space|Backspace|ArrowUp|ArrowDown|ArrowLeft|ArrowRight)$"
)
# What browsers and screen readers keep for themselves (KEY-4).
_TAKEN = frozenset(
    {"Mod+l", "Mod+t", "Mod+w", "Mod+n", "Mod+r", "Mod+f", "Alt+ArrowLeft", "Alt+ArrowRight", "Tab", "Space"}
)


# Keyboards on which one of our keys takes AltGr (SET-4): what is pressed there instead. Letters follow the layout by themselves,
# since keys are matched by what they type and not by where they sit.
LAYOUTS: dict[str, tuple[str, dict[str, str]]] = {
    "qwerty": ("QWERTY", {}),
    "azerty": ("AZERTY", {"case.next-in-list": ")", "case.previous-in-list": "(", "list.rail": "("}),
    "qwertz": ("QWERTZ", {"case.next-in-list": ")", "case.previous-in-list": "(", "list.rail": "("}),
    "dvorak": ("Dvorak", {}),
}


@dataclass(frozen=True)
class Key:
    """One action of one scope: its combinations (the first is the one printed), what it does, and how help names it.

    `is_native` marks what the browser does by itself (Escape closes a dialog): shown in the help, handled by nobody.
    `is_character` keys are those that WCAG 2.1.4 asks us to let people switch off, prefix or change.
    """

    scope: Scope
    action: str
    keys: tuple[str, ...]
    label: str | Promise
    is_native: bool = False
    group: str = "do"  # help prints "go" in a column of its own
    within: str = ""  # a selector that must hold the focus (the clause box, the checklist)
    shown: str = ""  # printed instead of `keys` where one line stands for several ("1–7")

    @property
    def id(self) -> str:
        """How settings name it: `list.claim`."""
        return f"{self.scope}.{self.action}"

    @property
    def is_character(self) -> bool:
        """Whether a bare character triggers it (no Ctrl or Command, not Enter, Escape, an arrow, Home or End)."""
        return any(
            not part.startswith("Mod+") and len(part.removeprefix("Shift+")) == 1 for part in self.keys[0].split(" ")
        )


def _key(scope: Scope, action: str, keys: str, label: str | Promise, **more: Any) -> Key:
    return Key(scope, action, tuple(keys.split(" | ")), label, **more)


_FIXED: tuple[Key, ...] = (
    _key("anywhere", "palette", "Mod+k", _("Palette")),
    _key("anywhere", "filter", "/", _("Filter or search")),
    _key("anywhere", "help", "?", _("These keys")),
    _key("anywhere", "next", "n", _("Next best, claim")),
    _key("anywhere", "undo", "z", _("Undo last")),
    _key("anywhere", "shield", "0", _("Shield all media")),
    _key("anywhere", "close", "Escape", _("Close, back one level")),
    *(
        Key("anywhere", f"view-{n}", (f"g {n}",), _("Pinned views"), group="go", shown="g 1…9" if n == 1 else "-")
        for n in range(1, 10)
    ),
    _key("list", "down", "j | ArrowDown", _("Next row")),
    _key("list", "up", "k | ArrowUp", _("Previous row")),
    _key("list", "first", "Home", _("First row")),
    _key("list", "last", "End", _("Last row")),
    _key("list", "open", "Enter", _("Open")),
    _key("list", "open-tab", "Mod+Enter", _("Open in a tab")),
    _key("list", "preview", "o", _("Preview")),
    _key("list", "select", "x", _("Select")),
    _key("list", "extend-down", "Shift+j", _("Extend selection down")),
    _key("list", "extend-up", "Shift+k", _("Extend selection up")),
    _key("list", "select-all", "*", _("Select all matching")),
    _key("list", "claim", "c", _("Claim")),
    _key("list", "release", "Shift+c", _("Release")),
    _key("list", "assign", "a", _("Assign")),
    _key("list", "severity", "s", _("Severity")),
    _key("list", "tag", "t", _p("verb", "Tag")),
    _key("list", "snooze", "h", _("Snooze")),
    _key("list", "done", "e", _("Done")),
    _key("list", "done-entry", "Shift+e", _("Done with all of it")),
    _key("list", "merge-target", "m", _("Merge target")),
    _key("list", "merge", "Shift+m", _("Merge selection")),
    _key("list", "invalid", "Shift+i", _("Invalid")),
    _key("list", "link", "Shift+l", _p("verb", "Link")),
    _key("list", "admit", ".", _("Load new rows")),
    _key("list", "pause-live", "Shift+.", _("Pause live rows")),
    _key("list", "why", "w", _("Why here")),
    _key("list", "expand", "ArrowRight", _("Expand cluster")),
    _key("list", "collapse", "ArrowLeft", _("Collapse cluster")),
    _key("list", "copy-key", "y", _("Copy key")),
    _key("list", "copy-link", "Shift+y", _("Copy link")),
    _key("list", "save-view", "Shift+s", _("Save view")),
    _key("list", "rail", "[", _("Labels on the rail")),
    *(Key("case", f"verdict-{n}", (str(n),), _("Verdict"), shown="1–7" if n == 1 else "-") for n in range(1, 8)),
    _key("case", "decide", "d", _("Decision panel")),
    _key("case", "evidence", "e", _("Evidence")),
    _key("case", "regions", "Tab", _("Next region"), is_native=True),
    _key("case", "reply", "r", _("Reply to submitter")),
    _key("case", "note", "i", _("Internal note")),
    _key("case", "claim", "c", _("Claim")),
    _key("case", "assign", "a", _("Assign")),
    _key("case", "severity", "s", _("Severity")),
    _key("case", "snooze", "h", _("Snooze")),
    _key("case", "watch", "v", _("Watch")),
    _key("case", "merge", "m", _("Merge")),
    _key("case", "print", "p", _("Print")),
    _key("case", "request-info", "Shift+r", _("Request information")),
    _key("case", "invalid", "Shift+i", _("Invalid")),
    _key("case", "pass", "Shift+p", _("Pass for wellness")),
    _key("case", "release", "Shift+c", _("Release")),
    _key("case", "next-in-list", "]", _("Next in the list")),
    _key("case", "previous-in-list", "[", _("Previous in the list")),
    _key("case", "link", "Shift+l", _p("verb", "Link")),
    _key("case", "sample", "o", _("Look at the sample")),
    _key("case", "copy-key", "y", _("Copy key")),
    _key("case", "copy-link", "Shift+y", _("Copy link")),
    _key("decision", "clause-accept", "Enter", _("Accept the highlighted clause"), within="[data-clause-search]"),
    _key("decision", "clause-down", "ArrowDown", _("Next suggestion"), within="[data-clause-search]"),
    _key("decision", "clause-up", "ArrowUp", _("Previous suggestion"), within="[data-clause-search]"),
    *(
        Key(
            "decision",
            f"element-{n}",
            (str(n),),
            _("Tick an element"),
            within="[data-checklist]",
            shown="1–9" if n == 1 else "-",
        )
        for n in range(1, 10)
    ),
    _key("decision", "cite", "p", _("Cite a precedent")),
    _key("decision", "actions", "Shift+a", _("Actions")),
    _key("decision", "why-suggested", "Shift+w", _("Why suggested")),
    _key("decision", "submit", "Mod+Enter", _("Submit")),
    _key("decision", "submit-stay", "Mod+Shift+Enter", _("Submit and stay")),
    _key("decision", "decision-close", "Escape", _("Keep the draft, close")),
    _key("answer", "approve", "y", _("Approve")),
    _key("answer", "refuse", "Shift+n", _("Refuse")),
    _key("policy", "cite", "y", _("Copy the citation")),
    _key("dialog", "primary", "Enter", _("Do it"), is_native=True),
    _key("dialog", "cancel", "Escape", _("Cancel"), is_native=True),
)


def registry() -> tuple[Key, ...]:
    """Every key: the fixed ones and one per link of the rail that has a chord (`go-queue`, "g q")."""
    going = tuple(
        _key("anywhere", f"go-{entry.name}", entry.key, entry.label, group="go")
        for entry in navigation.entries()
        if entry.key
    )
    return _FIXED + going


def is_combination(text: str) -> bool:
    """Whether the text is one combination or a chord of two, in this module's writing."""
    parts = text.split(" ")
    return 1 <= len(parts) <= 2 and all(_COMBINATION.match(part) for part in parts)


def resolve(settings: Mapping[str, Any] | None) -> list[Key]:
    """The registry as one person set it: `{"single_keys": bool, "alt": bool, "remap": {"list.claim": "q"}}`.

    `single_keys` false leaves out what bare characters trigger; `alt` puts Alt before them. Unknown ids and unreadable
    combinations in `remap` are passed over, so that an old setting never breaks a page.
    """
    given = settings or {}
    remap = given.get("remap") or {}
    resolved: list[Key] = []
    for key in registry():
        wanted = remap.get(key.id) if isinstance(remap, Mapping) else None
        if isinstance(wanted, str) and not key.is_native and is_combination(wanted):
            key = replace(key, keys=(wanted,), shown="-" if key.shown == "-" else "")
        if key.is_character and not given.get("single_keys", True):
            key = replace(key, keys=tuple(combination for combination in key.keys if not _is_character(combination)))
            if not key.keys:
                continue
        elif given.get("alt"):
            key = replace(key, keys=tuple(_with_alt(combination) for combination in key.keys))
        resolved.append(key)
    return resolved


def conflicts(settings: Mapping[str, Any]) -> list[tuple[Key, Key | None, str]]:
    """What a person's settings make ambiguous: pairs with the same combination in scopes that can both be asked, and
    combinations that browsers keep (second member None). The string is the combination."""
    found: list[tuple[Key, Key | None, str]] = []
    keys = [key for key in resolve(settings) if not key.is_native]
    for index, key in enumerate(keys):
        for combination in key.keys:
            if combination in _TAKEN:
                found.append((key, None, combination))
            for other in keys[index + 1 :]:
                if key.scope == other.scope and any(_clash(combination, theirs) for theirs in other.keys):
                    found.append((key, other, combination))
    return found


def find(action: str, scope: str = "") -> Key | None:
    """The first key of an action, in the named scope or, failing that, in any."""
    every = [key for key in registry() if key.action == action]
    return next((key for key in every if key.scope == scope), every[0] if every else None)


def island(settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the browser needs: scopes with labels, and each key with its scope, action, combinations, label, printed form, and
    the selector that must hold the focus."""
    return {
        "scopes": {name: str(label) for name, label in SCOPES.items()},
        "keys": [
            {
                "scope": key.scope,
                "action": key.action,
                "keys": list(key.keys),
                "label": str(key.label),
                "shown": key.shown,
                "within": key.within,
            }
            for key in resolve(settings)
            if not key.is_native
        ],
        "words": {
            "live": _now("live"),
            "connecting": _now("connecting"),
            "reconnecting": _now("reconnecting (data from {time})"),
            "polling": _now("refreshing every 15 s (data from {time})"),
            "offline": _now("offline: actions are blocked, drafts are saved"),
            "copied": _now("Copied"),
            "limited": _now("Too many requests from you. Nothing was changed."),
            "again_in": _now("Try again in {n} s."),
            "signed_in": _now("Signed in again"),
            "gone": _now("It does not exist, or you may not see it."),
            "failed": _now("That did not work. Nothing was changed."),
            "unreached": _now("No answer from the server. What you typed is kept."),
            "draft_saved": _now("Draft saved"),
            "draft_unsaved": _now("Draft not saved yet"),
            "left": _now("No longer in this list"),
            "new_rows": _now("{n} new"),
            "left_rows": _now("{n} left"),
            "selected": _now("{n} selected"),
            "row_of": _now("{n} of {all}"),
            "band_ok": _now("on track"),
            "band_risk": _now("at risk"),
            "band_due": _now("due now"),
            "band_breach": _now("overdue"),
        },
    }


_ARIA = {"Mod": "Control", "ArrowUp": "ArrowUp", "Space": "Space"}
_PRINTED = {
    "Enter": "↵",
    "Escape": "Esc",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "Shift": "⇧",
    "Alt": "Alt+",
    "Mod": "Ctrl+",
}


def printed(combination: str) -> list[str]:
    """One combination as the reader's keyboard shows it, a string per <kbd>: `g q` → ["g", "q"], `Shift+c` → ["⇧C"].

    Ctrl is printed; keys.js swaps it for ⌘ on a Mac.
    """
    caps = []
    for part in combination.split(" "):
        *modifiers, base = _split(part)
        text = _PRINTED.get(base, base)
        if len(text) == 1 and ("Shift" in modifiers or "Mod" in modifiers):
            text = text.upper()
        caps.append("".join(_PRINTED[modifier] for modifier in modifiers) + text)
    return caps


def aria(key: Key) -> str:
    """The value of `aria-keyshortcuts` (a chord has no form there, so it is left out)."""
    singles = [combination for combination in key.keys if " " not in combination]
    said: list[str] = []
    for combination in singles:
        if combination.startswith("Mod+"):
            said += [combination.replace("Mod", "Control", 1), combination.replace("Mod", "Meta", 1)]
        else:
            said.append(combination)
    return " ".join(said)


def overview(settings: Mapping[str, Any] | None) -> Iterator[tuple[str, str, list[tuple[Key, list[list[str]]]]]]:
    """For the help: (scope, title, [(key, its combinations as caps)]), navigation as a section of its own."""
    every = [key for key in resolve(settings) if key.shown != "-"]
    sections: list[tuple[str, str, list[Key]]] = [
        (scope, str(title), [key for key in every if key.scope == scope and key.group == "do"])
        for scope, title in SCOPES.items()
    ]
    sections.insert(1, ("go", _now("Go to"), [key for key in every if key.group == "go"]))
    for name, title, keys in sections:
        rows = [(key, [key.shown.split(" ")] if key.shown else [printed(one) for one in key.keys]) for key in keys]
        if rows:
            yield name, title, rows


def _split(part: str) -> list[str]:
    """`Mod+Shift+Enter` → its names; the plus key itself stays whole."""
    return [*part[:-2].split("+"), "+"] if part.endswith("++") else [part] if part == "+" else part.split("+")


def _is_character(combination: str) -> bool:
    first = combination.split(" ")[0]
    return not first.startswith("Mod+") and len(_split(first)[-1]) == 1


def _with_alt(combination: str) -> str:
    if not _is_character(combination) or combination.startswith("Alt+"):
        return combination
    first, *rest = combination.split(" ")
    return " ".join([f"Alt+{first}", *rest])


def _clash(one: str, other: str) -> bool:
    """Equal, or one alone is the first half of the other's chord."""
    if (" " in one) == (" " in other):
        return one == other
    return one.split(" ")[0] == other.split(" ")[0]
