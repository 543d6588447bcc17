"""Rules of the house that no single test would notice: read from the code and from the addresses, not from our memory."""

from __future__ import annotations

import ast
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User
from accounts.roles import Role
from core.clock import db_now
from escalations import events
from escalations.models import Case
from escalations.operations import cases
from escalations.selectors import timeline
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "audit", "accounts", "oncall", "policies", "escalations", "notifications", "portal", "config")


def modules(*parts: str) -> Iterator[tuple[str, ast.Module]]:
    """Our modules, or those in the named folders of each app, by their path."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts and (not parts or set(parts) & set(path.parts)):
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


# -- Waiting ---------------------------------------------------------------------------------------------------------
# What would let Redis or a result decide whether something happens (reliability.md R8): argument names, decorators' settings,
# methods of tasks, and names taken from Celery.
WAITING_ARGUMENTS = {"eta", "countdown", "expires", "soft_time_limit", "autoretry_for", "retry_backoff", "max_retries"}
WAITING_METHODS = {"apply_async", "retry", "delay", "s", "si", "signature"}
WAITING_NAMES = {"chord", "chain", "group", "AsyncResult", "GroupResult", "allow_join_result", "signature", "crontab"}


def waits_in_redis(tree: ast.Module) -> Iterator[int]:
    """Lines that let a broker keep time or an answer for us."""
    of_celery = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "celery"
        for name in node.names
    }
    tasks = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for word in node.decorator_list
        if "shared_task" in ast.unparse(word) or ast.unparse(word).startswith("app.task")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"eta", "countdown"}:
            yield node.value.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "celery":
            if WAITING_NAMES & {name.name for name in node.names}:
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called_on = ast.unparse(node.func.value).split(".")[-1]
            is_task = called_on in tasks or (called_on == "self" and node.func.attr == "retry" and bool(of_celery))
            sends = node.func.attr in {"send_task", "apply_async"}
            if (is_task and node.func.attr in WAITING_METHODS) or (
                sends and WAITING_ARGUMENTS & {word.arg for word in node.keywords}
            ):
                yield node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in of_celery:
            yield from (word.value.lineno for word in node.keywords if word.arg in WAITING_ARGUMENTS)


def test_no_task_waits_inside_redis():
    """A deadline is a row; `eta` and its kin come again once Redis' visibility timeout is over, or never after a flush."""
    found = [f"{path}:{line}" for path, tree in modules() for line in waits_in_redis(tree)]

    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "ring.apply_async(countdown=5)",
        "send(eta=at)",
        "ring.delay()",
        "app.send_task('x', expires=5)",
        "from celery import chord",
        "from celery.result import AsyncResult",
        "self.retry(exc=error)",
    ],
)
def test_the_check_for_waiting_tasks_sees_what_it_is_for(line):
    tree = ast.parse(f"from celery import shared_task\n\n@shared_task\ndef ring(self):\n    pass\n\n{line}\n")

    assert list(waits_in_redis(tree)) != []


# -- Events ----------------------------------------------------------------------------------------------------------
# Kinds whose subject is no case, or that are for whoever runs the product: the log names them by their code.
OF_NO_CASE = (
    "batch.",
    "bulk.",
    "routing.",
    "queue.",
    "sla_plan.",
    "view.",
    "simulator.",
    "reply_template.",
    "approval_rules.",
    "contested_clause.",
    "identities.",
    "annotation.",
    "contract_target.",
    "vendor_week.",
    "commitment.",
    "vendor_reviews.",
    "mail.",
    "demo.",
    "strike_ladder.",
    "approval_rules.",
)
FOR_OPERATORS = {
    events.CLOCK_RETRACTED,
    events.CLOCK_DISAGREES,
    events.CLOCK_REARMED,
    events.CLOCK_UNREACHABLE,
    events.TIMER_QUARANTINED,
}
TOLD_AS_TEXTS = {events.COMMENT_ADDED, events.COMMENT_WRITTEN}  # the timeline shows the comment itself


def test_every_event_of_a_case_has_words_in_its_timeline():
    kinds = {value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)}
    expected = {kind for kind in kinds if not kind.startswith(OF_NO_CASE)}

    told = set(timeline._TELLERS) | TOLD_AS_TEXTS | FOR_OPERATORS | set(timeline.NOT_TOLD)

    assert expected - told == set()
    assert set(timeline._TELLERS) - kinds == set()


# -- Reaching rows ---------------------------------------------------------------------------------------------------
# Parts of a case that are looked up below a case which the view has already found through `visible_to`.
BELOW_A_CASE = {"case", "case_id", "case__in", "case_id__in", "object_id__in", "pk__in", "filing"}
OF_CASES = {
    "Approval", "Case", "CaseEntity", "CaseTag", "Comment", "Decision", "Draft", "EnforcementAction", "Evidence", "Link", "Notice", "SlaClock", "Strike", "Submission", "Watch",
}  # fmt: skip
# Deliberate: each with why it shows nobody anything they may not see.
WITHOUT = {
    # An inner condition: the same row is tested by its subject's id, and the key's own organization stands beside it.
    ("escalations/api/feed.py", "Case"),
    # Counts of open work by queue, shown to whoever sets queues up; no row leaves.
    ("escalations/views/admin_queues.py", "Case"),
}


def unguarded(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Chains that begin with `Model.objects` of a case or its parts, and neither ask `visible_to` nor stand below a case."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name)):
            continue
        if node.value.id not in OF_CASES:
            continue
        called, keywords, here = set(), set(), parents[node]
        while isinstance(here, ast.Attribute | ast.Call):
            if isinstance(here, ast.Attribute):
                called.add(here.attr)
            else:
                keywords |= {word.arg for word in here.keywords}
            here = parents[here]
        if "visible_to" not in called and not keywords & BELOW_A_CASE:
            yield node.value.id, node.lineno


def test_views_and_the_api_reach_cases_through_visible_to():
    found = [
        f"{path}:{line} {model}.objects"
        for path, tree in modules("views", "api")
        for model, line in unguarded(tree)
        if (path, model) not in WITHOUT
    ]

    assert found == []


def test_the_check_for_visible_to_sees_what_it_is_for():
    tree = ast.parse(
        "a = Case.objects.get(ref=x)\nb = Case.objects.visible_to(u).get(ref=x)\nc = Draft.objects.filter(case=b)"
    )

    assert list(unguarded(tree)) == [("Case", 1)]


# -- Signing in ------------------------------------------------------------------------------------------------------
# What anybody may read without signing in; everything else sends them to the sign-in page or says 401, 403, 404 or 405.
OPEN = {
    "account_signup",  # says that it is closed
    "livez", "readyz", "engine-health",  # for load balancers; they tell no data
    "account_login", "sign-in", "account_inactive", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_email",
    "account_email_verification_sent", "account_logout", "mfa_login_webauthn",
    "developers", "developers-reference", "developers-errors", "developers-changelog", "developers-openapi",
}  # fmt: skip
VALUES = {
    "slug": "esc-1000000", "str": "ESC-1000000", "int": "1", "uuid": str(uuid.uuid4()), "policy_key": "AD-FR-2.1",
    "policy_version": "@v1",
}  # fmt: skip


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """Every address with values filled in, and its name."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern) and "^" not in str(entry.pattern):
            path = before + str(entry.pattern)
            path = re.sub(r"<(\w+):\w+>", lambda found: VALUES[found[1]], path)
            yield path, entry.name or ""


ADDRESSES = sorted(set(addresses(get_resolver())))


def test_there_are_addresses_to_sweep():
    assert len(ADDRESSES) > 80
    assert not [path for path, _name in ADDRESSES if "<" in path]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_but_the_open_pages_answers_whoever_has_not_signed_in(method):
    make_case()
    client = Client(raise_request_exception=False)
    leaks = []
    for path, name in ADDRESSES:
        if name in OPEN:
            continue
        answer = getattr(client, method)(path)
        to_sign_in = answer.status_code == 302 and answer["Location"].startswith(("/accounts/", "/portal/sign-in/"))
        if not to_sign_in and answer.status_code not in (401, 403, 404, 405):
            leaks.append(f"{method} {path} ({name}): {answer.status_code}")

    assert leaks == []


@pytest.mark.django_db
def test_nobody_makes_themselves_an_account():
    known = User.objects.count()
    form = {"email": "stranger@example.test", "password1": "a-long-pass-phrase-7", "password2": "a-long-pass-phrase-7"}

    Client().post("/accounts/signup/", form)

    assert User.objects.count() == known


# -- Cost of lists ---------------------------------------------------------------------------------------------------
LISTS = (
    "/q/?q=is:open", "/q/rows/?q=is:open", "/q/?q=is:open+group:cluster", "/me/", "/policies/", "/admin/people/", "/admin/log/",
    "/admin/access/", "/admin/queues/", "/admin/vendors/", "/palette/?q=", "/practice/", "/inbox/",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("path", LISTS)
def test_a_list_asks_the_database_as_often_for_twelve_rows_as_for_two(path):
    team = make_team()
    queue = make_queue(team=team)
    reader = make_user(roles=[Role.LEAD, Role.ADMIN, Role.AUDITOR], teams=[team])
    client = Client()
    client.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")

    def grow(count: int) -> None:
        for number in range(count):
            case = make_case(queue=queue, title=f"Case {number}", organization=make_vendor())
            if number % 2:
                cases.claim_case(case_id=case.pk, by=reader, at=db_now())
            make_user(teams=[team])
            make_queue(team=make_team())

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path, headers={"HX-Request": "true"} if "/rows/" in path else {})
        assert answer.status_code == 200
        return len(queries)

    grow(2)
    asked()  # what a process keeps after its first request
    few = asked()
    grow(10)

    assert asked() == few
    assert Case.objects.count() == 12


# -- Documents -------------------------------------------------------------------------------------------------------
def test_every_choice_is_in_the_index():
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text()

    assert [page.name for page in folder.glob("*.md") if page.name != "README.md" and page.name not in index] == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/running.md", "docs/adr/README.md"])
def test_what_documents_point_at_is_there(name):
    page = ROOT / name
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    named = re.findall(r"`((?:docs|deploy|config|core|scripts|tests)/[\w./-]+)`", page.read_text())

    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []
    assert [path for path in named if not (ROOT / path).exists()] == []
