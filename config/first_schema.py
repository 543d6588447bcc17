"""The schema of a first start, restored in one piece: replaying every migration on an empty database takes many seconds.

`config/first_schema.sql` is what the migrations of some day made, by `python scripts/first_schema.py`, which compares what it
wrote with what they made, and names the files it was made from and the digest of its own statements. Migrations added since are applied after it, as everywhere. Where one of the named files has changed, or a
package with migrations has another version, it is left alone and the migrations run from the first. No Django import here.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path

import psycopg2

BASE = Path(__file__).resolve().parent.parent
FILE = BASE / "config" / "first_schema.sql"
PACKAGES = ("django", "django-allauth", "django-axes")  # with migrations of their own
_DIGEST = re.compile(r"^-- statements (\S+)$", re.MULTILINE)
_LINE = re.compile(r"^-- made from (\S+) (\S+)$", re.MULTILINE)


def sources() -> dict[str, str]:
    """What the schema is made from: migration files and their digests, packages and their versions."""
    found = {
        str(path.relative_to(BASE)): hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for path in sorted(BASE.glob("*/migrations/[0-9]*.py"))
    }
    lock = (BASE / "requirements.lock").read_text(encoding="utf-8")
    for package in PACKAGES:
        version = re.search(rf"^{package}==(\S+)", lock, re.MULTILINE)
        found[package] = version[1] if version else "none"
    return found


def written(statements: str) -> str:
    """The file's text for these statements, made by the migrations that stand here now."""
    head = "-- Written by scripts/first_schema.py from the migrations; see config/first_schema.py.\n"
    head += "".join(f"-- made from {name} {digest}\n" for name, digest in sources().items())
    return f"{head}-- statements {_digest(statements)}\n{statements}"


def _digest(statements: str) -> str:
    return hashlib.sha256(statements.encode()).hexdigest()


def usable() -> str:
    """The statements, or nothing where they are not what today's migrations would begin with, or not what the script wrote."""
    try:
        text = FILE.read_text(encoding="utf-8")
    except OSError:
        return ""
    head = _DIGEST.search(text)
    if head is None or _digest(text[head.end() + 1 :]) != head[1]:
        return ""
    here, made_from = sources(), dict(_LINE.findall(text[: head.start()]))
    return text if made_from and all(here.get(name) == digest for name, digest in made_from.items()) else ""


def restore(url: str) -> bool:
    """Make the schema in the empty database at `url`, signed in as the tables' owner; answers whether it did.

    All or nothing. Does nothing in a database that has any table, or where the server refuses a statement.
    """
    statements = usable()
    if not statements:
        return False
    with contextlib.closing(psycopg2.connect(url, connect_timeout=5)) as conn, conn, conn.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")
        if (cursor.fetchone() or (True,))[0]:
            return False
        try:
            cursor.execute("SET LOCAL check_function_bodies = off; SET LOCAL client_min_messages = warning")
            cursor.execute(statements)
        except psycopg2.Error:
            conn.rollback()
            return False
    return True
