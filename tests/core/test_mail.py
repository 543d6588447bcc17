"""Reply addresses: ours alone, for one case and one person, and whole after a server changed their case."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import mail


@pytest.fixture(autouse=True)
def _domain(settings):
    settings.MAIL_DOMAIN = "cases.example.test"


@given(case_id=st.integers(1, 2**47), user_id=st.integers(1, 2**47))
def test_what_was_put_in_comes_out(case_id, user_id):
    address = mail.reply_address(case_id=case_id, user_id=user_id)

    assert mail.read_reply_address(address) == (case_id, user_id)
    assert mail.read_reply_address(f"Case <{address.upper()}>") == (case_id, user_id)
    assert len(address.partition("@")[0]) <= 64


@given(text=st.text(string.ascii_lowercase + string.digits + "+.=", max_size=60))
def test_a_made_up_token_is_forged(text):
    with pytest.raises(mail.ForgedAddress):
        mail.read_reply_address(f"reply+{text}@cases.example.test")


def test_a_changed_character_is_forged_and_an_old_key_still_reads(settings):
    address = mail.reply_address(case_id=7, user_id=9)
    changed = address.replace(address[8], "b" if address[8] != "b" else "c", 1)
    with pytest.raises(mail.ForgedAddress):
        mail.read_reply_address(changed)

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    assert mail.read_reply_address(address) == (7, 9)


@pytest.mark.parametrize("address", ["", "cases@cases.example.test", "reply+abc@elsewhere.test", "no address"])
def test_other_addresses_are_none_of_ours(address):
    assert mail.read_reply_address(address) is None
