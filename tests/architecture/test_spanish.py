"""The product in Spanish: every word of ours is translated, and pages, refusals and times come out so."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from accounts.models import User
from accounts.roles import Role
from tests.factories.cases import make_case, make_queue
from tests.factories.people import make_user, make_vendor


def test_no_catalogue_lacks_a_word_or_carries_other_places() -> None:
    command = [sys.executable, "scripts/translations.py", "--check"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/q/", "Resumen"),
        ("/me/", "Mis"),
        ("/inbox/", "bandeja"),
        ("/settings/", "Ajustes"),
        ("/help/keys/", "Teclas"),
        ("/policies/", "Políticas"),
        ("/admin/queues/", "Colas"),
        ("/admin/sla/", "Objetivos"),
    ],
)
def test_a_spanish_persons_pages_are_spanish(client: Client, address: str, words: str) -> None:
    make_queue(is_default=True)
    make_case(organization=make_vendor())
    reader = make_user(roles=[Role.LEAD, Role.ADMIN])
    User.objects.filter(pk=reader.pk).update(locale="es")
    client.force_login(reader)

    answer = client.get(address)
    text = answer.content.decode()

    assert answer.status_code == 200
    assert '<html lang="es"' in text
    assert re.search(words, text, re.IGNORECASE)


def test_plurals_and_places_are_filled() -> None:
    with translation.override("es"):
        one = translation.ngettext("%(n)s case", "%(n)s cases", 1) % {"n": 1}
        many = translation.ngettext("%(n)s case", "%(n)s cases", 5) % {"n": 5}

    assert (one, many) == ("1 caso", "5 casos")
