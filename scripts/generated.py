"""Write the generated documents under docs/reference/, or with `--check` say which of them are out of date.

Each generator answers the whole text of its file from the code, so a document cannot say what the code does not do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("WATCHFLOOR_ENV", "test")
os.environ.setdefault("DATABASE_URL", "postgresql://watchfloor@/watchfloor")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")


def case_states() -> str:
    """The transition table as a diagram and a list."""
    from escalations.lifecycle import TRANSITIONS, CaseStatus

    lines = [
        "# States of a case",
        "",
        "Generated from `escalations/lifecycle.py` by `python scripts/generated.py`. Nothing else is possible.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> new",
    ]
    lines += [f"    {before} --> {after}" for before, edges in TRANSITIONS.items() for after in edges]
    lines += ["    closed --> [*]", "```", "", "| from | to | resolutions it may close with |", "|---|---|---|"]
    for before in CaseStatus:
        for after, resolutions in TRANSITIONS[before].items():
            closing = ", ".join(sorted(resolutions)) or "–"
            lines.append(f"| {before.value} | {after.value} | {closing} |")
    return "\n".join(lines) + "\n"


def permissions() -> str:
    """The permission matrix as a table."""
    from accounts.roles import MATRIX, Reach, Role

    sign = {Reach.ALL: "●", Reach.OWN: "○", Reach.PARTIAL: "◐", Reach.GLASS: "B", Reach.TWO: "2", Reach.NO: "–"}
    lines = [
        "# Who may do what",
        "",
        "Generated from `accounts/roles.py` by `python scripts/generated.py`. ● yes · ○ own, team or assigned · ◐ redacted or "
        "sampled · B break-glass · 2 needs a second person · – no",
        "",
        "| action | " + " | ".join(role.value for role in Role) + " |",
        "|---|" + "---|" * len(Role),
    ]
    for action, row in MATRIX.items():
        lines.append(f"| {action.value} | " + " | ".join(sign[row[role]] for role in Role) + " |")
    lines += ["", *[f"- **{role.value}** {role.label}" for role in Role]]
    return "\n".join(lines) + "\n"


def openapi() -> str:
    """The API's contract, OpenAPI 3.1."""
    import yaml

    from escalations.api.documentation import document

    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)


GENERATORS: dict[str, Callable[[], str]] = {
    "docs/reference/case-states.md": case_states,
    "docs/reference/openapi.yaml": openapi,
    "docs/reference/permissions.md": permissions,
}


def main(arguments: list[str]) -> int:
    """Write every document; with `--check` change nothing and answer 1 when one is out of date."""
    import django

    django.setup()
    stale = []
    for name, generate in GENERATORS.items():
        path, text = ROOT / name, generate()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")
    for name in stale:
        print(f"{name} is out of date: run python scripts/generated.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
