"""Pictures and documents sent in: told by content, cleaned of position, refused with a precise sentence."""

import io
from collections.abc import Iterator

import pillow_heif
import pytest
from flask import Flask
from flask_babel import force_locale
from PIL import Image, ImageFont

from app.demo.picture import FONT
from app.errors import Invalid
from app.images import Document, Picture, kind_of, take_document, take_image

WARSAW = {1: "N", 2: (52.0, 13.0, 47.0), 3: "E", 4: (21.0, 0.0, 44.0)}
GPS = 0x8825
ORIENTATION = 0x0112


@pytest.fixture
def dialect() -> str:
    """One is enough: nothing here asks a database."""
    return "sqlite"


def picture(width: int = 60, height: int = 40, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def with_position(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS).update(WARSAW)
    return exif


@pytest.fixture(autouse=True)
def _words(app: object) -> None:
    """Sentences need an application."""


def test_a_picture_without_metadata_stays_as_it_came() -> None:
    sent = picture()
    taken = take_image(sent)
    assert (taken.content, taken.mime, taken.width, taken.height) == (sent, "image/jpeg", 60, 40)


def test_the_position_is_stripped_and_the_picture_turned_upright() -> None:
    taken = take_image(picture(exif=with_position(orientation=6)))
    kept = Image.open(io.BytesIO(taken.content))
    assert not kept.getexif()
    assert b"GPS" not in taken.content
    assert (taken.width, taken.height) == kept.size == (40, 60)


def test_a_png_loses_its_metadata_but_not_its_kind() -> None:
    taken = take_image(picture(kind="PNG", exif=with_position()))
    assert taken.mime == "image/png"
    assert not Image.open(io.BytesIO(taken.content)).getexif()


def test_metadata_behind_the_picture_is_stripped() -> None:
    assert b"52.23,21.01" not in take_image(picture() + b"52.23,21.01").content


def test_heic_from_a_phone_is_read_and_kept_as_jpeg() -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "olive")).save(out)
    assert kind_of(out.getvalue()) == "image/heic"
    taken = take_image(out.getvalue())
    assert (taken.mime, taken.width, taken.height) == ("image/jpeg", 64, 48)


def test_a_huge_photo_is_kept_smaller_and_has_a_small_thumbnail() -> None:
    taken = take_image(picture(4000, 3000))
    assert (taken.width, taken.height) == (2560, 1920)
    assert max(Image.open(io.BytesIO(taken.thumbnail)).size) == 320
    assert len(taken.thumbnail) < 12_000


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    """The refusals below are quoted in English."""
    with force_locale("en"):
        yield


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_png_is_understood(kind: str) -> None:
    out = io.BytesIO()
    Image.new(kind, (20, 20)).save(out, "PNG")
    assert take_image(out.getvalue()).mime == "image/png"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"GIF89a" + b"\0" * 100, "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (b"\xff\xd8\xff" + b"\x01" * 500, "damaged"),
        (picture(400, 300)[:2000], "damaged"),
        (picture(4, 4), "unusual size"),
    ],
)
def test_what_is_no_sound_picture_is_refused(content: bytes, part: str) -> None:
    with pytest.raises(Invalid, match=part):
        take_image(content)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    with pytest.raises(Invalid, match="unusual size"):
        take_image(out.getvalue())


def test_a_file_above_the_limit_is_refused() -> None:
    with pytest.raises(Invalid, match="At most 1 MB"):
        take_image(picture() + b"\0" * 1_000_000, largest_mb=1)


def test_a_pdf_stays_as_it_came() -> None:
    content = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    assert take_document(content) == Document(content)
    assert isinstance(take_document(picture()), Picture)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"%PDF-1.7\ncut off", "incomplete"),
        (b"%PDF-1.7\ntrailer<</Encrypt 3 0 R>>\n%%EOF", "password"),
        (b"MZ\x90\0 a program", "Only pictures and PDF"),
        (b"", "empty"),
    ],
)
def test_what_is_no_sound_document_is_refused(content: bytes, part: str) -> None:
    with pytest.raises(Invalid, match=part):
        take_document(content)


def test_the_demos_pictures_have_polish_letters() -> None:
    font = ImageFont.truetype(FONT, 40)
    nothing = bytes(font.getmask("\U000f0000"))
    assert all(bytes(font.getmask(letter)) != nothing for letter in "ĄĆĘŁŃÓŚŹŻąćęłńóśźż")
