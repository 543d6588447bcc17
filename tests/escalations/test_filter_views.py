"""The bar's own answers and the help page, over HTTP."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.roles import Role
from escalations.filters.box import filter_box, recent_filters, remember_filter
from escalations.filters.compiling import compile_filter
from escalations.filters.conditions import FLAGS
from escalations.filters.fields import CASES
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user, make_vendor

pytestmark = pytest.mark.django_db


HX = {"HX-Request": "true"}


@pytest.fixture
def lead(client):
    person = make_user(roles=[Role.LEAD], name="Ana Lead")
    client.force_login(person)
    return person


@pytest.fixture
def vendor_lead(client):
    person = make_user(roles=[Role.VENDOR_LEAD], organization=make_vendor("northgate"))
    client.force_login(person)
    return person


def test_completion_counts_the_present_cases(client, lead):
    make_case(language="es", severity=0)
    make_case(language="es", severity=3)
    make_case(language="pt", severity=0)

    page = client.get(
        reverse("escalations:filter-complete"), {"q": "sev:0 lang:", "cursor": "11"}, headers=HX
    ).content.decode()

    assert 'data-start="11" data-end="11"' in page
    assert page.index('data-insert="es"') < page.index('data-insert="pt"')
    assert '<code>es</code><span class="n num">1</span>' in page


def test_a_bad_filter_is_a_422_that_points(client, lead):
    answer = client.get(reverse("escalations:filter-check"), {"q": "is:open sla:<2x"}, headers=HX)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "is:open <mark>sla:&lt;2x</mark>" in page
    assert "expected a duration such as <code>2h</code>" in page
    assert 'data-start="8" data-end="15"' in page


def test_a_good_filter_says_what_its_times_came_to(client, lead):
    answer = client.get(reverse("escalations:filter-check"), {"q": "created:2026-11-16"}, headers=HX)

    assert answer.status_code == 200
    assert "2026-11-16 00:00 to 2026-11-17 00:00 (UTC)" in answer.content.decode()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", 'a"><img src=x>', "\x00", "a" * 600, "{{7*7}}", "is:"])
def test_hostile_text_is_shown_as_text(client, lead, text):
    for name in ("filter-check", "filter-complete"):
        answer = client.get(reverse(f"escalations:{name}"), {"q": text, "cursor": "-1"}, headers=HX)

        assert answer.status_code in (200, 422)
        assert b"<script>" not in answer.content
        assert b"<img" not in answer.content


def test_flags_are_offered_with_counts(client, lead):
    make_case(reopened_count=1)
    make_case()

    page = client.get(reverse("escalations:filter-complete"), {"q": "is:open is:"}, headers=HX).content.decode()

    assert (
        'data-insert="reopened"><code>reopened</code> <span class="sub">Was closed before</span><span class="n num">1</span>'
        in page
    )
    assert (
        'data-insert="open"><code>open</code> <span class="sub">Not closed</span><span class="n num">2</span>' in page
    )


def test_strangers_are_sent_to_sign_in(client, db):
    for name in ("filter-check", "filter-complete", "filter-help"):
        assert client.get(reverse(f"escalations:{name}")).status_code == 302


def test_the_help_page_lists_every_field_the_reader_may_use(client, lead):
    page = client.get(reverse("escalations:filter-help")).content.decode()

    assert all(f"<code>{field.name}:</code>" in page for field in CASES.fields)
    assert all(f"<code>{flag}</code>" in page for flag in FLAGS)


def test_a_vendor_sees_nothing_of_the_teams_fields(client, vendor_lead):
    page = client.get(reverse("escalations:filter-help")).content.decode()
    offers = client.get(reverse("escalations:filter-complete"), {"q": ""}, headers=HX).content.decode()

    assert "<code>sev:</code>" in page
    for name in ("who", "queue", "team", "tag", "has", "vendor"):
        assert f"<code>{name}:</code>" not in page
        assert f'data-insert="{name}:"' not in offers


def test_completion_counts_only_what_the_vendor_may_see(client, vendor_lead):
    make_case(organization=vendor_lead.organization, language="es")
    make_case(organization=make_vendor("southgate"), language="es")
    make_case(organization=make_vendor("eastgate"), language="xh")

    page = client.get(reverse("escalations:filter-complete"), {"q": "lang:"}, headers=HX).content.decode()

    assert '<code>es</code><span class="n num">1</span>' in page
    assert "xh" not in page


def test_the_bar_shows_chips_that_lead_to_the_changed_text(lead):
    box = filter_box(compile_filter("is:open -lang:es sort:due", viewer=lead, at=NOON))

    page = render_to_string("escalations/filters/_filterbar.html", {"box": box, "action": "/q/"})

    assert 'value="is:open -lang:es sort:due"' in page
    assert 'name="q" value="is:open sort:due" data-chip-remove aria-label="Remove -lang:es"' in page
    assert 'name="q" value="is:open lang:es sort:due" data-chip-negate' in page
    assert 'name="q" value="is:open -lang:es" data-chip-remove' in page


def test_recent_filters_are_kept_newest_first_and_once(lead):
    session: dict[str, object] = {}
    for text in ("lang:es", "sev:1", "NOT lang:es", "lang:es", "lang:", ""):
        remember_filter(session, compile_filter(text, viewer=lead, at=NOON))

    assert recent_filters(session) == ("lang:es", "-lang:es", "sev:1")


def test_the_bars_answers_have_pages_of_their_own(client, lead):
    assert client.get(reverse("escalations:filter-complete"), {"q": "lang:"}).headers["Location"] == "/help/filters/"
    checked = client.get(reverse("escalations:filter-check"), {"q": "sla:<2x"}, follow=True)

    assert checked.status_code == 422
    assert "expected a duration" in checked.content.decode()
