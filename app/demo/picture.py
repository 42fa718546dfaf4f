"""Pictures for the demo: plain colour fields that say that they are samples."""

import io

from PIL import Image, ImageDraw, ImageFont

from app.assets import STATIC

FONT = STATIC / "fonts" / "source-sans-3-600.ttf"  # Pillow's own has no Polish letters


def sample_picture(words: str, *, size: tuple[int, int] = (960, 720)) -> bytes:
    """A JPEG with ``words`` on it; the same words give the same picture."""
    hue = sum(words.encode()) % 360
    image = Image.new("RGB", size, f"hsl({hue}, 30%, 82%)")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, size[0] - 40, size[1] - 40), outline=f"hsl({hue}, 45%, 30%)", width=8)
    draw.line((40, size[1] - 200, size[0] - 40, size[1] - 200), fill=f"hsl({hue}, 45%, 30%)", width=6)
    draw.text((80, size[1] - 170), f"PRZYKŁAD / SAMPLE\n{words}", fill="#1D2A26", font=ImageFont.truetype(FONT, 40))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=80)
    return content.getvalue()
