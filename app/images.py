"""Pictures and documents that people send in: told by their content, cleaned, made small enough to keep.

What is stored says nothing about where it was taken: pictures with any metadata are written anew without it,
upright. Pictures that carry none (as the tablet sends them) stay byte for byte as they came.
"""

import io
from dataclasses import dataclass

import pillow_heif
from flask_babel import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from app.errors import Invalid

LARGEST_MB = 15
MOST_PIXELS = 64_000_000  # a phone's 48 megapixels fit; a decompression bomb does not
LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 320
SMALLEST_SIDE = 8
PDF = "application/pdf"
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})
_HARMLESS_SEGMENTS = frozenset({"APP0", "APP2", "APP14"})  # JFIF, colour profile, Adobe's colour transform

pillow_heif.register_heif_opener()


@dataclass(frozen=True)
class Picture:
    """A picture ready to be stored and shown: JPEG or PNG, upright, without metadata.

    ``thumbnail`` is a JPEG of at most 320 × 320 pixels.
    """

    content: bytes
    mime: str
    width: int
    height: int
    thumbnail: bytes


@dataclass(frozen=True)
class Document:
    """A PDF as it came."""

    content: bytes
    mime: str = PDF


def kind_of(content: bytes) -> str | None:
    """The media type by the first bytes: one of ``FORMATS``, ``application/pdf``, else None."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return "image/heic"
    if b"%PDF-" in content[:1024]:
        return PDF
    return None


def take_image(content: bytes, *, largest_mb: int = LARGEST_MB) -> Picture:
    """Check, clean and measure a picture (JPEG, PNG, WebP, HEIC by content, whatever its name says).

    Raises:
        Invalid: it is empty, too large, no picture, damaged or absurdly big; the sentence says which.
    """
    _check_size(content, largest_mb)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for its whole process
    mime = kind_of(content)
    if mime not in FORMATS:
        raise Invalid(_("This is not a picture. JPEG, PNG, WebP and HEIC are accepted."))
    try:
        with Image.open(io.BytesIO(content), formats=[FORMATS[mime]]) as image:
            if image.width * image.height > MOST_PIXELS or min(image.size) < SMALLEST_SIDE:
                raise Invalid(_("This picture has an unusual size. Send it in another resolution."))
            image.load()
            upright = ImageOps.exif_transpose(image)
            thumbnail = _jpeg(_at_most(upright, THUMBNAIL_SIDE), quality=72)
            if _is_clean(image, mime, content):
                return Picture(content, mime, *image.size, thumbnail)
            kept = _at_most(upright, LONGEST_SIDE)
            if mime == "image/png":
                return Picture(_png(kept), mime, *kept.size, thumbnail)
            return Picture(_jpeg(kept, quality=88), "image/jpeg", *kept.size, thumbnail)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(_("This picture has an unusual size. Send it in another resolution.")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise Invalid(_("This picture is damaged. Take or choose it again.")) from None


def take_document(content: bytes, *, largest_mb: int = LARGEST_MB) -> Picture | Document:
    """A PDF or a picture, told apart by content.

    Raises:
        Invalid: it is neither, or damaged, or too large.
    """
    if kind_of(content) != PDF:
        if kind_of(content) is None and content:
            raise Invalid(_("Only pictures and PDF files are accepted."))
        return take_image(content, largest_mb=largest_mb)
    _check_size(content, largest_mb)
    if b"%%EOF" not in content[-2048:]:
        raise Invalid(_("This PDF is damaged or incomplete. Save it again and send it once more."))
    if b"/Encrypt" in content:
        raise Invalid(_("This PDF is protected by a password. Save it without one."))
    return Document(content)


def _check_size(content: bytes, largest_mb: int) -> None:
    if not content:
        raise Invalid(_("The file is empty. Take or choose it again."))
    if len(content) > largest_mb * 1_000_000:
        raise Invalid(_("The file is too large. At most %(limit)s MB are accepted.", limit=largest_mb))


def _is_clean(image: Image.Image, mime: str, content: bytes) -> bool:
    """Is it a JPEG that may be kept as it is: no metadata in it or after it, upright, not too large?"""
    if mime != "image/jpeg" or max(image.size) > LONGEST_SIDE or image.format != "JPEG":
        return False
    segments: list[tuple[str, bytes]] = getattr(image, "applist", [])
    harmless = all(
        name in _HARMLESS_SEGMENTS and (name != "APP2" or payload.startswith(b"ICC_PROFILE\0"))
        for name, payload in segments
    )
    return harmless and content.endswith(b"\xff\xd9")


def _at_most(image: Image.Image, side: int) -> Image.Image:
    smaller = image.copy()
    smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
    return smaller


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    if image.mode in {"RGBA", "LA", "P", "PA"}:
        layer = image.convert("RGBA")
        image = Image.new("RGB", image.size, "white")
        image.paste(layer, mask=layer)
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality, icc_profile=image.info.get("icc_profile"))
    return out.getvalue()


def _png(image: Image.Image) -> bytes:
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    if image.mode == "P" and (palette := image.getpalette()):
        bare.putpalette(palette)
    out = io.BytesIO()
    bare.save(out, "PNG")
    return out.getvalue()
