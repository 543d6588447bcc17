"""Write `config/first_schema.sql` anew: `.venv/bin/python scripts/first_schema.py`. Wanted now and then, when many migrations came."""

from __future__ import annotations

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


def migrated(folder: Path) -> embedded.Postgres:
    """A server with a database that all migrations have made."""
    postgres = embedded.Postgres(folder, fast=True).start()
    database.provision(postgres.url(database.DATABASE))
    environment = os.environ | {
        "DATABASE_URL": postgres.url(database.DATABASE, database.OWNER),
        "WATCHFLOOR_DB_ROLE": database.OWNER,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "WATCHFLOOR_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
    subprocess.run(command, cwd=BASE, env=environment, check=True)
    return postgres


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="wf-schema-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        postgres = migrated(Path(made))
        try:
            text = dump(postgres, database.DATABASE)
        finally:
            postgres.stop()
    head = "-- Written by scripts/first_schema.py from the migrations; see config/first_schema.py.\n"
    head += "".join(f"-- made from {name} {digest}\n" for name, digest in first_schema.sources().items())
    first_schema.FILE.write_text(f"{head}\n{WITHOUT_DEFAULTS}\n{text}", encoding="utf-8")
    print(f"{first_schema.FILE.relative_to(BASE)}: {len(text.splitlines())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
