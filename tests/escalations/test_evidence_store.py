from __future__ import annotations

import errno
import io
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from accounts.models import ServiceKey
from core.errors import DomainError, Invalid, StorageFull
from escalations.models import Blob, Upload
from escalations.operations import evidence_store, uploads
from escalations.operations.evidence_store import path_of, preview, store
from tests.factories.people import NOON, make_key

pytestmark = pytest.mark.django_db


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 400), **more: Any) -> bytes:
    image = Image.new("RGB", size, (200, 40, 40))
    image.paste((20, 20, 220), (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


@pytest.fixture
def key() -> ServiceKey:
    return make_key()[0]


def keep(key: ServiceKey, data: bytes, *, at: Any = NOON, claimed: str = "image/jpeg") -> Upload:
    return uploads.keep_upload(chunks=[data], name="a.jpg", claimed_type=claimed, by=key, at=at)


def test_bytes_stand_under_their_hash_and_never_change() -> None:
    stored = store([b"ab", b"c"], claimed_type="text/plain")

    place = path_of(stored.sha256)
    assert place.read_bytes() == b"abc"
    assert place.parts[-4:] == ("sha256", stored.sha256[:2], stored.sha256[2:4], stored.sha256)
    assert place.stat().st_mode & 0o222 == 0
    assert evidence_store.matches(stored.sha256)


def test_a_flipped_byte_is_seen() -> None:
    stored = store([b"the very bytes"])
    place = path_of(stored.sha256)
    place.chmod(0o640)
    place.write_bytes(b"The very bytes")

    assert not evidence_store.matches(stored.sha256)


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    def broken() -> Any:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store(broken())

    assert not list((Path(settings.EVIDENCE_DIR) / "incoming").iterdir())


def test_a_full_disk_refuses_files_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_store.shutil, "disk_usage", lambda _: type("D", (), {"free": 1, "total": 100})())

    with pytest.raises(StorageFull) as refused:
        store([b"x"])

    assert refused.value.status == 507


def test_a_disk_that_fills_up_while_a_file_comes_in_refuses_it_and_keeps_nothing() -> None:
    def filling() -> Any:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFull):
        store(filling())

    assert not list((Path(settings.EVIDENCE_DIR) / "incoming").iterdir())


def test_a_picture_gets_a_grey_blurred_derivative_without_metadata(key: ServiceKey) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    data = picture(exif=exif)
    assert b"secret place" in data

    blob = keep(key, data).blob

    assert (blob.media_type, blob.width, blob.height, blob.preview_state) == ("image/jpeg", 800, 400, "ready")
    assert blob.tile_rgb.startswith("#")
    assert len(blob.tile_rgb) == 7
    with evidence_store.open_blob(blob.blurred_sha256) as file:
        derived = file.read()
    image = Image.open(io.BytesIO(derived))
    assert (image.mode, max(image.size) <= 256) == ("L", True)
    assert b"secret" not in derived
    edges = [image.getpixel((x, image.size[1] // 2)) for x in range(image.size[0])]
    assert max(abs(a - b) for a, b in itertools.pairwise(edges)) < 12
    with evidence_store.open_blob(blob.sha256) as file:
        assert file.read() == data


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_other_pictures_too(key: ServiceKey, kind: str) -> None:
    blob = keep(key, picture(kind), claimed=f"image/{kind.lower()}").blob

    assert blob.preview_state == "ready"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xd8\xff" + b"\x00" * 500, id="a head alone"),
        pytest.param(picture()[:300], id="cut off"),
        pytest.param(picture("PNG")[:60], id="cut off PNG"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_kept_without_a_preview(key: ServiceKey, data: bytes) -> None:
    claimed = "image/png" if data.startswith(b"\x89") else "image/jpeg"

    blob = keep(key, data, claimed=claimed).blob

    assert (blob.preview_state, blob.blurred_sha256) == ("failed", "")
    assert evidence_store.matches(blob.sha256)


def test_f72_a_picture_of_too_many_pixels_costs_the_child_and_not_us(key: ServiceKey) -> None:
    header = picture("PNG", size=(10, 10))
    bomb = header[:16] + (60_000).to_bytes(4, "big") * 2 + header[24:]

    assert preview(store([bomb], claimed_type="image/png").sha256) is None


def test_uploads_nobody_attached_are_dropped_with_their_bytes(key: ServiceKey) -> None:
    old = keep(key, picture(), at=NOON)
    fresh = keep(key, b"words", at=NOON + timedelta(hours=20), claimed="text/plain")

    gone = uploads.forget_stale(NOON + timedelta(hours=25))

    assert gone == 1
    assert list(Upload.objects.all()) == [fresh]
    assert list(Blob.objects.all()) == [fresh.blob]
    assert not path_of(old.blob.sha256).exists()
    assert not path_of(old.blob.blurred_sha256).exists()
    assert path_of(fresh.blob.sha256).exists()


def test_bytes_that_another_upload_has_too_stay(key: ServiceKey) -> None:
    keep(key, b"shared", at=NOON, claimed="text/plain")
    keep(make_key()[0], b"shared", at=NOON + timedelta(hours=20), claimed="text/plain")

    uploads.forget_stale(NOON + timedelta(hours=25))

    assert Blob.objects.count() == 1
    assert evidence_store.matches(Blob.objects.get().sha256)


def test_an_upload_taken_by_a_submission_is_taken_once(key: ServiceKey) -> None:
    upload = keep(key, b"x", claimed="text/plain")
    wanted = [str(upload.public_id).upper(), "not-an-id"]

    first = uploads.take_uploads(wanted, by=key, at=NOON)
    second = uploads.take_uploads(wanted, by=key, at=NOON)

    assert [file.name for file in first.values()] == ["a.jpg"]
    assert second == {}


@pytest.mark.parametrize("claimed", ["image/png", "video/mp4", "audio/mpeg"])
def test_words_are_not_taken_for_media(key: ServiceKey, claimed: str) -> None:
    with pytest.raises(DomainError) as refused:
        keep(key, b"just words", claimed=claimed)

    assert refused.value.given_code == "type_mismatch"


def test_an_empty_file_is_refused(key: ServiceKey) -> None:
    with pytest.raises(Invalid):
        keep(key, b"")
