"""Shield, opt-outs, working hours, holidays and languages of a person (SET-1, SET-2)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accounts.availability import holidays_of, is_at_work
from accounts.models import Skill
from accounts.operations import people
from accounts.shielding import Start, shield_of
from audit.models import Event
from escalations.forms.acts import AssignForm
from escalations.lifecycle import Harm
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user

pytestmark = pytest.mark.django_db
OFFICE = {"days": [0, 1, 2, 3, 4], "from": "09:00", "to": "17:30"}
NIGHTS = {"days": [4], "from": "22:00", "to": "06:00"}
PROFILE = {"display_name": "Ana", "time_zone": "Europe/Dublin", "hour12": "0", "week_starts_on": "1", "locale": "en"}
SHIELD = {f"start_{name}": "tile" for name in ("g0", "g1", "g2", "g3", "unknown")} | {"blur_px": "0"}


@pytest.fixture
def ana(client):
    user = make_user()
    client.force_login(user)
    return user


# -- Working hours and holidays ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hours", "moment", "zone", "works"),
    [
        pytest.param({}, datetime(2026, 11, 22, 3, tzinfo=UTC), "UTC", True, id="no hours named: always"),
        pytest.param(OFFICE, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "UTC", True, id="Monday as it begins"),
        pytest.param(OFFICE, datetime(2026, 11, 23, 8, 59, tzinfo=UTC), "UTC", False, id="a minute before"),
        pytest.param(OFFICE, datetime(2026, 11, 23, 17, 30, tzinfo=UTC), "UTC", False, id="as it ends"),
        pytest.param(OFFICE, datetime(2026, 11, 22, 12, tzinfo=UTC), "UTC", False, id="Sunday"),
        pytest.param(OFFICE, datetime(2026, 11, 23, 1, tzinfo=UTC), "Asia/Singapore", True, id="in their own zone"),
        pytest.param(NIGHTS, datetime(2026, 11, 27, 23, tzinfo=UTC), "UTC", True, id="Friday night"),
        pytest.param(NIGHTS, datetime(2026, 11, 28, 5, 59, tzinfo=UTC), "UTC", True, id="until Saturday morning"),
        pytest.param(NIGHTS, datetime(2026, 11, 28, 23, tzinfo=UTC), "UTC", False, id="not Saturday night"),
        pytest.param(NIGHTS, datetime(2026, 11, 27, 5, tzinfo=UTC), "UTC", False, id="not Friday morning"),
    ],
)
def test_hours_are_read_in_the_persons_zone(hours, moment, zone, works):
    assert is_at_work(time_zone=zone, hours=hours, country="", at=moment) is works


def test_a_public_holiday_is_no_working_day_there_alone():
    st_stephens = datetime(2028, 12, 26, 12, tzinfo=UTC)

    assert date(2028, 12, 26) in holidays_of("IE", 2028)
    assert not is_at_work(time_zone="Europe/Dublin", hours=OFFICE, country="IE", at=st_stephens)
    assert is_at_work(time_zone="Europe/Dublin", hours=OFFICE, country="", at=st_stephens)
    assert is_at_work(time_zone="Europe/Dublin", hours=OFFICE, country="SG", at=st_stephens)


def test_hours_and_country_are_saved_and_shown_again(client, ana):
    given = PROFILE | {"working_days": ["4", "0"], "works_from": "09:00", "works_to": "17:30", "holidays_country": "IE"}

    assert client.post("/settings/profile/", given).status_code == 302
    page = client.get("/settings/profile/").content.decode()

    ana.refresh_from_db()
    assert ana.working_hours == {"days": [0, 4], "from": "09:00", "to": "17:30"}
    assert ana.holidays_country == "IE"
    assert 'value="17:30"' in page
    assert '<option value="IE" selected>Ireland' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"working_days": ["0"]}, "works_from"),
        ({"working_days": ["0"], "works_from": "09:00"}, "works_to"),
        ({"works_from": "09:00", "works_to": "17:00"}, "working_days"),
        ({"working_days": ["0"], "works_from": "09:00", "works_to": "09:00"}, "works_to"),
        ({"working_days": ["7"], "works_from": "09:00", "works_to": "10:00"}, "working_days"),
        ({"works_from": "25:00"}, "works_from"),
        ({"holidays_country": "ZZ"}, "holidays_country"),
    ],
)
def test_hours_that_do_not_fit_together_are_refused_by_their_field(client, ana, changes, field):
    answer = client.post("/settings/profile/", PROFILE | changes)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


# -- Who is available --------------------------------------------------------------------------------------------------
def test_who_assigns_reads_that_somebody_is_not_available_and_never_why():
    case = make_case(harm=Harm.GRAPHIC_VIOLENCE)
    lead = make_user(name="Ravi", roles=["LD"])
    away, spared, other = (make_user(name=name, roles=["LD"]) for name in ("Away", "Spared", "Other"))
    people.save_settings(user=away, at=NOON, working_hours={"days": [0], "from": "01:00", "to": "02:00"})
    people.save_settings(user=spared, at=NOON, harm_opt_outs=["graphic_violence"])
    people.save_settings(user=other, at=NOON, harm_opt_outs=["spam"])

    form = AssignForm(viewer=lead, at=NOON, cases=[case])

    said = {label for _value, label in form.fields["assignee"].choices}
    assert said == {"Ravi", "Away (not available now)", "Spared (not available now)", "Other"}


# -- Shield ------------------------------------------------------------------------------------------------------------
def test_without_choices_nothing_is_loaded_and_nothing_filtered():
    shield = shield_of({})

    assert {shield.start_of(tier, is_known=True) for tier in range(4)} == {Start.TILE}
    assert shield.start_of(0, is_known=False) == Start.TILE
    assert shield.filters(2, is_known=True) == ""


@pytest.mark.parametrize("name", ["g2", "g3", "unknown"])
def test_nothing_kept_makes_graphic_or_unrated_pictures_show_themselves(name):
    shield = shield_of({f"start_{name}": "shown"})

    tier = {"g2": 2, "g3": 3, "unknown": 2}[name]
    assert shield.start_of(tier, is_known=name != "unknown") == Start.TILE


def test_a_rated_harmless_picture_needs_no_filter_and_an_unrated_one_does():
    shield = shield_of({"greyscale": True, "blur_px": 12})

    assert shield.filters(0, is_known=True) == ""
    assert shield.filters(1, is_known=True) == "grey blur-12"
    assert shield.filters(0, is_known=False) == "grey blur-12"


@pytest.mark.parametrize(
    "kept", [{"blur_px": 49}, {"blur_px": -1}, {"blur_px": True}, {"blur_px": "4"}, {"greyscale": 1}]
)
def test_what_is_not_allowed_counts_as_not_chosen(kept):
    assert shield_of(kept) == shield_of({})


def test_shield_and_opt_outs_are_saved_and_the_log_says_no_more_than_that(client, ana):
    given = SHIELD | {"start_g2": "blurred", "greyscale": "on", "blur_px": "8", "harm_opt_outs": ["terrorism", "hate"]}

    assert client.post("/settings/wellness/", given).status_code == 302

    ana.refresh_from_db()
    assert ana.harm_opt_outs == ["hate", "terrorism"]
    assert ana.shield.start_of(3, is_known=True) == Start.TILE
    assert ana.shield.start_of(2, is_known=True) == Start.BLURRED
    assert ana.shield.filters(2, is_known=True) == "grey blur-8"
    assert Event.objects.filter(kind="user.changed").latest("id").data == {"fields": ["wellness"]}


@pytest.mark.parametrize(
    "changes", [{"start_g2": "shown"}, {"start_unknown": "shown"}, {"blur_px": "49"}, {"harm_opt_outs": ["everything"]}]
)
def test_a_shield_below_the_floor_is_refused(client, ana, changes):
    assert client.post("/settings/wellness/", SHIELD | changes).status_code == 422

    ana.refresh_from_db()
    assert ana.shield_settings == {}


def test_only_the_person_sees_their_opt_outs(client, ana):
    people.save_settings(user=ana, at=NOON, harm_opt_outs=["terrorism"])
    client.force_login(make_user(roles=["AD"]))

    page = client.get(f"/admin/people/{ana.pk}/").content.decode()

    assert "terrorism" not in page.lower()
    assert "Dangerous organizations" not in page


# -- Languages ---------------------------------------------------------------------------------------------------------
def test_languages_are_saved_with_their_level_and_other_skills_stay(client, ana):
    people.set_skills(
        user=ana,
        skills=[("language", "de", 2, None), ("language", "pt", 3, date(2027, 1, 1)), ("policy", "ads", 4, None)],
        by=None,
        at=NOON,
    )
    given = {"language_1": "es", "level_1": "5", "language_3": "pt", "level_3": "4", "language_2": "", "level_2": "1"}

    assert client.post("/settings/languages/", given).status_code == 302

    held = {(s.kind, s.value, s.level, s.certified_until_on) for s in Skill.objects.filter(user=ana)}
    assert held == {("language", "es", 5, None), ("language", "pt", 4, date(2027, 1, 1)), ("policy", "ads", 4, None)}


def test_a_language_twice_or_unknown_is_refused(client, ana):
    twice = client.post("/settings/languages/", {"language_1": "es", "language_2": "es"})
    unknown = client.post("/settings/languages/", {"language_1": "klingon"})

    assert (twice.status_code, unknown.status_code) == (422, 422)
    assert not Skill.objects.filter(user=ana).exists()


def test_a_language_that_is_on_no_list_but_held_is_kept_and_shown(client, ana):
    people.set_skills(user=ana, skills=[("language", "qtv", 4, None)], by=None, at=NOON)

    page = client.get("/settings/languages/").content.decode()

    assert '<option value="qtv" selected>' in page
