"""Rows of one story: words and pictures that are nearly the same (QUE-11)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image, ImageDraw

from escalations.models import Case
from escalations.operations import evidence, uploads
from escalations.selectors import likeness
from escalations.selectors.queue import grouped
from tests.factories.cases import make_case
from tests.factories.people import NOON, make_user

AD = "Orbix Yield advert with a doctored news clip promises {} % a day, account {}"


def picture(kind: str = "png", *, mark: bool = False, turned: bool = False) -> bytes:
    drawn = Image.new("RGB", (256, 256), "white")
    pen = ImageDraw.Draw(drawn)
    for number in range(40):
        x, y = (number * 73) % 230, (number * 131) % 230
        pen.rectangle((x, y, x + 20 + number, y + 30), fill=(number * 6 % 256, number * 29 % 256, number * 53 % 256))
    if mark:
        pen.text((10, 10), "copy", fill="black")
    out = io.BytesIO()
    drawn = drawn.transpose(Image.Transpose.ROTATE_90) if turned else drawn
    drawn.save(out, kind, **({"quality": 70} if kind == "jpeg" else {}))
    return out.getvalue()


def rows_of(*cases: Case) -> list[Case]:
    return list(cases)


def stories(*cases: Case) -> list[set[str]]:
    found = grouped(rows_of(*cases))  # type: ignore[arg-type]  # a case has the id and the reference of its row
    return [{group.first.ref, *(row.ref for row in group.others)} for group in found]


def test_counters_and_case_do_not_tell_texts_apart_and_other_words_do() -> None:
    texts = {
        1: likeness.normal_text(AD.format(8, "4711"), "Please take it down."),
        2: likeness.normal_text(AD.format(12, "93").upper(), "Please take it down now."),
        3: likeness.normal_text("A teacher is threatened in comments below her video", "Please look at the account."),
        4: likeness.normal_text("Spam", ""),
        5: likeness.normal_text("Spam", ""),
    }
    assert likeness.near_texts(texts) == [(1, 2)]


def test_pictures_are_alike_up_to_thirty_one_bits() -> None:
    base = int("f0" * 32, 16)
    near, far = base ^ ((1 << 31) - 1), base ^ ((1 << 32) - 1)
    assert likeness.near_pictures([(f"{base:064x}", 1), (f"{near:064x}", 2)]) == [(1, 2)]
    assert likeness.near_pictures([(f"{base:064x}", 1), (f"{far:064x}", 2), ("", 3), ("", 4)]) == []


@pytest.mark.django_db
def test_cases_with_nearly_the_same_words_stand_together() -> None:
    one, other = (make_case(title=AD.format(n, n * 97), order_at=NOON + timedelta(hours=n)) for n in (1, 2))
    apart = make_case(title="A teacher is threatened in the comments below her video", ask="Look at the account first.")
    assert stories(one, other, apart) == [{one.ref, other.ref}, {apart.ref}]


@pytest.mark.django_db
def test_cases_with_nearly_the_same_picture_stand_together() -> None:
    by = make_user()
    titles = ("First still of the clip", "Seen again in another group", "Turned by a quarter, which is another picture")
    cases = [make_case(title=title, ask=title * 3) for title in titles]
    files = (picture(), picture("jpeg", mark=True), picture(turned=True))
    for case, content in zip(cases, files, strict=True):
        claimed = "image/jpeg" if content.startswith(b"\xff\xd8") else "image/png"
        upload = uploads.keep_upload(chunks=[content], name="still", claimed_type=claimed, by=by, at=NOON)
        item = evidence.add_file(case_id=case.pk, upload_id=upload.public_id, by=by, at=NOON)
        assert item.blob is not None
        assert len(item.blob.perceptual_hash) == 64
    assert stories(*cases) == [{cases[0].ref, cases[1].ref}, {cases[2].ref}]
