"""Write `config/first_schema.sql` anew: `.venv/bin/python scripts/first_schema.py`. Wanted now and then, when many migrations came."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BASE))

from config import database, embedded, first_schema  # noqa: E402  (the path is set above)

# A dump grants as if nothing were granted by default, and sets the defaults at its end: here they stand already, and would
# give tables what a migration took back.
WITHOUT_DEFAULTS = "".join(
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {database.OWNER} IN SCHEMA public REVOKE ALL ON {kind} FROM {role.name};\n"
    for role in database.ROLES
    for kind in ("TABLES", "SEQUENCES")
    if role.name != database.OWNER
)


def dump(postgres: embedded.Postgres, name: str) -> str:
    """Everything in our schemas of a database as statements any connection can run, made by the server's own pg_dump."""
    program = postgres.programs() / "pg_dump"
    said = subprocess.run(
        [
            *(program, "--no-owner", "--schema=public", "--schema=explore", "--rows-per-insert=500"),
            *("--dbname", postgres.url(name)),  # row level security binds the owner, too
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    kept = [
        line
        for line in said.splitlines()
        if not line.startswith(
            ("--", "\\restrict", "\\unrestrict", "SET ", "CREATE SCHEMA public", "COMMENT ON SCHEMA")
        )
        and not re.match(r"SELECT pg_catalog\.set_config\('search_path'", line)
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() + "\n"


def migrate(postgres: embedded.Postgres, name: str) -> None:
    """Run the migrations that are not recorded in a database yet."""
    environment = os.environ | {
        "DATABASE_URL": postgres.url(name, database.OWNER),
        "WATCHFLOOR_DB_ROLE": database.OWNER,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "WATCHFLOOR_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, cwd=BASE, env=environment, check=True)


def shape(postgres: embedded.Postgres, name: str) -> list[str]:
    """Tables, constraints, indexes, functions, triggers, policies, owners and grants, and how many rows a table has."""
    program = postgres.programs() / "pg_dump"
    said = subprocess.run(
        [program, "--schema-only", "--schema=public", "--schema=explore", "--dbname", postgres.url(name)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    lines = [line for line in said.splitlines() if line and not line.startswith(("--", "\\"))]
    # Postgres prints a list of words with its casts one way when parsed from `IN`, another when parsed from what it printed.
    lines = [re.sub(r"::(character varying|text)(\[\])?|[()]", "", line) for line in lines]
    with contextlib.closing(postgres.connect(name)) as conn, conn.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            (rows,) = cursor.fetchone() or (0,)
            lines.append(f"{table}: {rows} rows")
    return sorted(lines)


def write(postgres: embedded.Postgres) -> list[str]:
    """Write the file anew; answers the lines in which a database restored from it differs from one that was migrated."""
    migrated, restored = database.DATABASE, "restored"
    for name in (migrated, restored):
        database.provision(postgres.url(name))
    migrate(postgres, migrated)
    text = f"\n{WITHOUT_DEFAULTS}\n{dump(postgres, migrated)}"
    first_schema.FILE.write_text(first_schema.written(text), encoding="utf-8")
    if not first_schema.restore(postgres.url(restored, database.OWNER)):
        return ["the server refused it"]
    migrate(postgres, restored)  # finds nothing to do
    return sorted(set(shape(postgres, restored)) ^ set(shape(postgres, migrated)))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="wf-schema-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        postgres = embedded.Postgres(Path(made), fast=True).start()
        try:
            differs = write(postgres)
        finally:
            postgres.stop()
    if differs:
        first_schema.FILE.unlink()
        print("What is restored is not what the migrations make, so the file was taken away:", *differs, sep="\n")
        return 1
    print(f"{first_schema.FILE.relative_to(BASE)}: {first_schema.FILE.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
