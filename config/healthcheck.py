"""Container health checks: `python -m config.healthcheck web|engine|beat`; exit code 0 means healthy. No Django."""

from __future__ import annotations

import contextlib
import http.client
import os
import sys
import time
from pathlib import Path

import psycopg2

BEAT_WRITES_EVERY_S = 180
ENGINE_BEATS_WITHIN_S = 30


def web() -> str:
    """Empty when this container's web process is ready; else what is wrong."""
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    try:
        host = os.environ.get("WATCHFLOOR_HOSTS", "localhost").split(",")[0].strip().lstrip(".*") or "localhost"
        connection.request("GET", "/readyz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        return "" if answer.status == 200 else f"/readyz answers {answer.status}: {answer.read(500).decode()}"
    except OSError as error:
        return f"no answer: {error}"
    finally:
        connection.close()


def engine() -> str:
    """Empty when some engine beat lately; they share the work, so one beating engine is a working whole."""
    try:
        conn = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=3)
        with contextlib.closing(conn), conn.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp() - max(at)) FROM audit_enginebeat")
            age = (cursor.fetchone() or (None,))[0]
    except (KeyError, psycopg2.Error) as error:
        return f"no database: {error}"
    return "" if age is not None and age <= ENGINE_BEATS_WITHIN_S else f"newest beat is {age} s old"


def beat() -> str:
    """Empty when beat wrote its schedule lately."""
    written = [path.stat().st_mtime for path in Path(os.environ.get("WATCHFLOOR_DATA_DIR", "/data")).glob("beat*")]
    age = time.time() - max(written, default=0)
    return "" if age < 3 * BEAT_WRITES_EVERY_S else "the schedule file is old or missing"


CHECKS = {"web": web, "engine": engine, "beat": beat}


def main(arguments: list[str]) -> int:
    """Run one check, and say what is wrong."""
    if len(arguments) != 1 or arguments[0] not in CHECKS:
        print(f"usage: python -m config.healthcheck {'|'.join(CHECKS)}", file=sys.stderr)
        return 2
    problem = CHECKS[arguments[0]]()
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
