"""Every page below a case, with a case that is hidden for each reason there is: the answer is that of a missing one."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import Role
from escalations.models import Case
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_team, make_user, make_vendor

MISSING = "ESC-1000001"


def of_a_case() -> list[str]:
    """Addresses with a case's reference, other parts filled in."""

    def walk(patterns, prefix=""):
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, prefix + str(entry.pattern))
            elif isinstance(entry, URLPattern):
                yield prefix + str(entry.pattern)

    found = sorted({path for path in walk(get_resolver().url_patterns) if "<slug:ref>" in path and "api/" not in path})
    return [re.sub(r"<int:\w+>", "1", path) for path in found]


PATHS = of_a_case()


def test_the_walk_knows_the_pages_of_a_case():
    assert {"c/<slug:ref>/", "c/<slug:ref>/claim/", "c/<slug:ref>/decide/", "q/row/<slug:ref>/"} <= set(PATHS)


def hidden_from_a_specialist() -> dict[str, Case]:
    foreign = make_queue(team=make_team())
    return {
        "a foreign team's queue": make_case(queue=foreign),
        "a compartment": make_case(queue=make_queue(is_default=True), compartments=["CHILD_SAFETY"]),
        "somebody's practice": make_case(
            queue=make_queue(is_default=True), is_practice_for=make_user(), is_sandbox=True
        ),
    }


def hidden_from_a_vendor() -> dict[str, Case]:
    return {"another vendor": make_case(organization=make_vendor())}


# What differs between any two answers: tokens, times, and the reference itself.
NOISE = re.compile(
    r"""datetime="[^"]*"|data-server-time="[^"]*"|(?:value|content)="[A-Za-z0-9]{32,}"|[0-9a-f]{8}-[0-9a-f-]{27}"""
)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["specialist", "vendor lead"])
def test_a_hidden_case_answers_as_a_missing_one(who):
    if who == "specialist":
        cases, user = hidden_from_a_specialist(), make_user()
    else:
        cases, user = hidden_from_a_vendor(), make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor())
    client = Client()
    client.force_login(user)

    def ask(method, path, ref):
        answer = getattr(client, method)("/" + path.replace("<slug:ref>", ref))
        return answer.status_code, NOISE.sub("", answer.content.decode(errors="replace").replace(ref, "REF"))

    different = []
    for path in PATHS:
        for method in ("get", "post"):
            expected = ask(method, path, MISSING)
            assert expected[0] in (302, 403, 404, 405), (method, path)  # 302: the row of a list leads to the case
            different += [(method, path, why) for why, case in cases.items() if ask(method, path, case.ref) != expected]

    assert different == []
